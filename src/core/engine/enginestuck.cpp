// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/section.h"
#include "engine/stucknews.h"
#include "logging.h"
#include "statistics/telllayer.h"

#include <algorithm>

namespace Millwright {

struct Engine::Judgement
{
    bool isNews = false;
    bool isToBeCalledOff = false;
    bool isOverdue = false;
};

// --- Settings ---------------------------------------------------------------------------------

void Engine::changeDeadMansSwitch(const std::function<void(DeadMansSwitch &)> &change)
{
    if (isCalledByPolicy("setDeadMansSwitch"))
        return;
    constexpr std::chrono::milliseconds Longest = std::chrono::hours(24 * 365);
    using std::chrono::milliseconds;
    Section section(*this);
    DeadMansSwitch wanted = m_deadMansSwitch;
    change(wanted);
    DeadMansSwitch used = wanted;
    used.timeout = std::max(milliseconds(0), wanted.timeout);
    used.gracePeriod = std::max(milliseconds(0), wanted.gracePeriod);
    used.maximumCondemned = std::max(0, wanted.maximumCondemned);
    if (used != wanted) {
        section.say(QtWarningMsg,
                    QStringLiteral(
                        "Factory \"%1\": the dead man's switch has a timeout of %2 ms, a grace "
                        "period of %3 ms and a maximum of %4 condemned threads; %5 ms, %6 ms and "
                        "%7 are used. None may be negative; a timeout of 0 switches off.")
                        .arg(m_name)
                        .arg(wanted.timeout.count())
                        .arg(wanted.gracePeriod.count())
                        .arg(wanted.maximumCondemned)
                        .arg(used.timeout.count())
                        .arg(used.gracePeriod.count())
                        .arg(used.maximumCondemned));
    }
    m_deadMansSwitch = used;
    m_lifeTimeout = std::chrono::nanoseconds(std::min(used.timeout, Longest)).count();
    m_gracePeriod = std::chrono::nanoseconds(std::min(used.gracePeriod, Longest)).count();
    m_terminates = m_lifeTimeout > 0 && used.action == StuckAction::Terminate;
    m_lifeAt = Never;
    for (const auto &station : m_stations) {
        if (station->activity != Station::Activity::Quiet)
            expect(*station, section);
    }
    lookSoon(section);
}

DeadMansSwitch Engine::deadMansSwitch() const
{
    return read([this] { return m_deadMansSwitch; });
}

// --- Looking ----------------------------------------------------------------------------------

// Lock held. Somebody has begun something from which he may not come back. While nobody has, nobody
// looks.
void Engine::watchLife(Section &section)
{
    if (m_lifeTimeout > 0 && m_lifeAt == Never) {
        m_lifeAt = m_clock->now() + m_lifeTimeout / 4;
        alarmBy(m_lifeAt, section);
    }
}

void Engine::lookSoon(Section &section)
{
    if (m_lifeTimeout > 0 && !(m_engaged.isEmpty() && m_tended.isEmpty() && m_expected.isEmpty())) {
        m_lifeAt = m_clock->now();
        alarmBy(m_lifeAt, section);
    }
}

// Lock held. The thread was called, or has gone to its events, and will come if none of these hangs.
void Engine::expect(Station &station, Section &section)
{
    if (m_lifeTimeout == 0 || m_expected.contains(station))
        return;
    station.expectedSince = m_clock->now();
    station.vigil = {};
    m_expected.append(station);
    watchLife(section);
}

void Engine::checkLife()
{
    StuckNews news;
    {
        Section section(*this);
        if (m_lifeTimeout > 0 && !isOver())
            look(m_clock->now(), news, section);
        if (news.isEmpty())
            section.setQuiet();
    }
    carryOut(news);
    if (!news.isEmpty())
        tell(news);
}

// No lock: those that were called off.
void Engine::carryOut(const StuckNews &news)
{
    for (const auto &station : news.interrupted)
        station->requestInterruption();
    if (!news.calledOff.empty())
        Clock::passOnWatch();
    for (AbstractJob *job : news.calledOff)
        job->callOff();
}

void Engine::look(qint64 now, StuckNews &news, Section &section)
{
    std::vector<Incarnation *> engaged; // not all of them stay where one of them is called off
    for (Incarnation *i = m_engaged.first(); i; i = m_engaged.next(*i)) {
        if (isAt(*i))
            engaged.push_back(i);
    }
    for (Incarnation *i : engaged)
        lookAt(*i, now, news, section);
    for (Incarnation *i = m_tended.first(); i; i = m_tended.next(*i))
        lookAt(*i, now, news, section);
    for (Station *station = m_expected.first(); station; station = m_expected.next(*station))
        lookAt(*station, now, news);
    if (m_lifeAt != Never)
        alarmBy(m_lifeAt, section);
}

// Of several hands, the thread is at the one that was begun last.
bool Engine::isAt(const Incarnation &incarnation) const
{
    const auto hands = incarnation.station.atWork();
    if (incarnation.suspended || hands.empty())
        return true;
    const Incarnation *begun = hands.front();
    for (const Incarnation *hand : hands.subspan(1)) {
        if (hand->hand.count().claimed() > 0)
            begun = hand;
    }
    return begun == &incarnation;
}

void Engine::lookAt(Incarnation &incarnation, qint64 now, StuckNews &news, Section &section)
{
    AbstractJob *running = incarnation.hand.running(); // until now
    const Judgement judgement = judge(incarnation.vigil, signOfLife(incarnation, now), now);
    if (judgement.isNews)
        report(incarnation, now, news);
    if (judgement.isToBeCalledOff)
        callOff(incarnation, running, news, section);
    if (!judgement.isOverdue)
        return;
    news.overdue.push_back(incarnation.id);
    for (Incarnation *i = m_engaged.first(); i; i = m_engaged.next(*i)) {
        if (&i->station == &incarnation.station) // they may be lost together
            news.keep(i->hand.running());
    }
}

// A thread that is in nothing that the engine has given it, and should come for something.
void Engine::lookAt(Station &station, qint64 now, StuckNews &news)
{
    bool isBusy = station.isAtWork();
    for (const Incarnation *i = m_tended.first(); i && !isBusy; i = m_tended.next(*i))
        isBusy = &i->station == &station;
    const int worker = isBusy ? -1 : dutyOf(station);
    if (worker < 0)
        station.expectedSince = now;
    const Judgement judgement = judge(station.vigil, station.expectedSince, now);
    if (judgement.isNews) {
        ++m_counters.stuck;
        news.stuck.push_back({worker, StuckCase::InEvents, nullptr, now - station.expectedSince});
    }
    if (!judgement.isOverdue)
        return;
    news.deaf.push_back(station.shared_from_this());
    for (Incarnation *i = m_engaged.first(); i; i = m_engaged.next(*i)) {
        if (&i->station == &station)
            news.keep(i->hand.running());
    }
}

// What is to be done about somebody who has given the last sign of life at that time.
Engine::Judgement Engine::judge(Vigil &vigil, qint64 sign, qint64 now)
{
    sign = std::max(sign, m_lifeFrom);
    if (vigil.isReported && sign > vigil.sign) {
        vigil.isReported = vigil.isHeld = false;
        vigil.condemnAt = 0;
    }
    vigil.sign = sign;

    Judgement judgement;
    const qint64 later = now + m_lifeTimeout / 4;
    const qint64 due = sign + m_lifeTimeout;
    if (now < due) {
        const qint64 soonest = now + std::max(m_lifeTimeout / 16, ShortestInterval);
        m_lifeAt = std::min(m_lifeAt, std::max(std::min(due, later), soonest));
        return judgement;
    }
    judgement.isNews = !std::exchange(vigil.isReported, true);
    if (m_deadMansSwitch.action == StuckAction::Log) {
        m_lifeAt = std::min(m_lifeAt, later);
        return judgement;
    }
    if (vigil.condemnAt == 0) {
        vigil.condemnAt = now + m_gracePeriod;
        judgement.isToBeCalledOff = true;
    }
    judgement.isOverdue = now >= vigil.condemnAt;
    if (!judgement.isOverdue)
        m_lifeAt = std::min(m_lifeAt, vigil.condemnAt);
    return judgement;
}

// Where a job has begun is known of the first in a hand, and long jobs are alone there. Of others it is
// known when they were first seen.
qint64 Engine::signOfLife(Incarnation &incarnation, qint64 now) const
{
    Vigil &vigil = incarnation.vigil;
    if (m_tended.contains(incarnation)) {
        if (vigil.since != incarnation.tendedSince)
            vigil = {.since = incarnation.tendedSince};
        return vigil.since;
    }
    const Hand::Count count = incarnation.hand.count();
    if (vigil.deal != incarnation.deal || vigil.claimed != count.claimed()
        || vigil.settled != count.settled()) {
        vigil = {.deal = incarnation.deal, .claimed = count.claimed(), .settled = count.settled()};
        vigil.since = count.running() && count.claimed() == 1 && !incarnation.isBehind
                          ? incarnation.startedAt.load(std::memory_order_relaxed)
                          : now;
    }
    return count.running() ? std::max(vigil.since, incarnation.report.lastHeartbeat())
                           : vigil.since;
}

// The worker for which the thread should come, or the last one that it had, if it should end; -1 if there
// is nothing to come for.
int Engine::dutyOf(const Station &station) const
{
    if (const WorkerSlot *slot = station.chores.first())
        return slot->id;
    if (const Incarnation *ended = station.ended.first())
        return ended->id;
    if (station.closing && station.hosted == 0)
        return station.lastWorker;
    if (!mayRun())
        return -1;
    if (const WorkerSlot *slot = station.ready.first())
        return slot->id;
    return m_queued > 0 ? station.parked.first() : -1;
}

// Whether it was found stuck, and nothing has happened since.
bool Engine::isStuck(const WorkerSlot &slot) const
{
    if (m_lifeTimeout == 0 || !slot.station)
        return false;
    const Station &station = *slot.station;
    if (m_expected.contains(station) && station.vigil.isReported
        && (station.chores.contains(slot) || station.ready.contains(slot)
            || dutyOf(station) == slot.id)) {
        return true;
    }
    if (!slot.incarnation || !slot.incarnation->vigil.isReported)
        return false;
    const Incarnation &incarnation = *slot.incarnation;
    const Vigil &vigil = incarnation.vigil;
    if (m_tended.contains(incarnation))
        return vigil.since == incarnation.tendedSince;
    const Hand::Count count = incarnation.hand.count();
    return m_engaged.contains(incarnation) && vigil.deal == incarnation.deal
           && vigil.claimed == count.claimed() && vigil.settled == count.settled()
           && (!count.running() || incarnation.report.lastHeartbeat() <= vigil.sign);
}

void Engine::report(Incarnation &incarnation, qint64 now, StuckNews &news)
{
    ++m_counters.stuck;
    StuckCase found{.worker = incarnation.id,
                    .where = incarnation.isGoing ? StuckCase::InEnd : StuckCase::InStart,
                    .job = nullptr,
                    .elapsed = now - incarnation.vigil.sign};
    if (!m_tended.contains(incarnation)) {
        const Hand::Count count = incarnation.hand.count();
        found.where = count.running() ? StuckCase::InJob : StuckCase::AfterJob;
        const int index = count.running() ? count.settled() : count.settled() - 1;
        if (index >= 0)
            found.job = incarnation.hand.at(index);
        news.keep(found.job);
        // A job that waits for a future does so for one of a job that waits, too.
        if (found.where == StuckCase::InJob && !incarnation.suspended && m_free == 0
            && !m_promised.isEmpty() && !std::exchange(m_warnedOfSelfWait, true)) {
            news.selfWaiter = incarnation.id;
            news.waiting = exactGlance().waiting;
        }
    }
    news.stuck.push_back(std::move(found));
}

// Asks the running job to come to an end. What follows a job, and the start and the end of a worker, are
// nothing that could be asked.
bool Engine::interrupt(int worker)
{
    if (isCalledByPolicy("interruptWorker"))
        return false;
    StuckNews news;
    {
        Section section(*this);
        if (isOver() || worker < 0 || std::size_t(worker) >= m_slots.size())
            return false;
        Incarnation *incarnation = m_slots[std::size_t(worker)]->incarnation.get();
        if (!incarnation || !m_engaged.contains(*incarnation)
            || !callOff(*incarnation, incarnation->hand.running(), news, section)) {
            return false;
        }
    }
    carryOut(news);
    return true;
}

// False if the worker does not run this job any more, or if that is nothing that could be called off.
bool Engine::callOff(Incarnation &incarnation, AbstractJob *meant, StuckNews &news,
                     Section &section)
{
    if (!meant || m_tended.contains(incarnation))
        return false;
    TakenBack jobs; // no other job is to be run on a thread that is interrupted
    takeBack(incarnation, jobs);
    for (Incarnation *other : incarnation.station.atWork()) {
        if (!incarnation.suspended && other != &incarnation && m_engaged.contains(*other))
            takeBack(*other, jobs);
    }
    putBack(jobs, section);
    // Until now another one may have followed.
    AbstractJob *job = incarnation.hand.running();
    if (job != meant || !incarnation.hand.callOff())
        return false;
    incarnation.report.callOff(job->order());
    if (incarnation.suspended) {
        news.keep(job);
        news.calledOff.push_back(job);
    } else {
        incarnation.station.interrupted = true;
        news.interrupted.push_back(incarnation.station.shared_from_this());
    }
    return true;
}

// --- Telling ----------------------------------------------------------------------------------

// Of those who are stuck, and then does what is to be done about those who have been too long.
void Engine::tell(StuckNews &news)
{
    Clock::passOnWatch();
    for (auto &[job, key] : news.jobs)
        key = keyTextOf(*job);
    const std::shared_ptr<StatisticsLayer> layer = statisticsLayer();
    const std::shared_ptr<EngineObserver> observer = read([this] { return m_observer; });
    for (const StuckCase &found : news.stuck) {
        const QString key = news.keyOf(found.job);
        const std::chrono::nanoseconds elapsed(found.elapsed);
        tellLayer(layer.get(), &StatisticsLayer::workerStuck, found.worker, key, elapsed);
        if (observer)
            observer->workerStuck(found.worker, key, elapsed);
    }
    {
        Section section(*this);
        const qint64 now = m_clock->now();
        for (const StuckCase &found : news.stuck) {
            const QString key = news.keyOf(found.job);
            const QString text = textOf(found, key);
            section.say(QtWarningMsg, QStringLiteral("Factory \"%1\": worker %2 is stuck: %3.")
                                          .arg(m_name, QString::number(found.worker), text));
            log(FactoryEvent::WorkerStuck, found.worker, key, text, now);
        }
        if (news.selfWaiter >= 0) {
            section.say(
                QtWarningMsg,
                QStringLiteral("Factory \"%1\": all workers are busy, and %2 jobs wait. If worker "
                               "%3 waits for a job of its own factory, it waits for itself: let "
                               "process() return a QFuture, or give such jobs to another factory.")
                    .arg(m_name, QString::number(news.waiting), QString::number(news.selfWaiter)));
        }
        if (!isOver())
            condemn(now, news, section);
    }
    leaveBehind(news);
}

// No lock: those threads that were condemned.
void Engine::leaveBehind(const StuckNews &news)
{
    for (const auto &station : news.condemned) {
        station->requestInterruption();
        station->close();
    }
    for (const auto &station : news.terminated)
        station->terminate();
}

QString Engine::textOf(const StuckCase &found, const QString &key)
{
    const QString time = QString::number(found.elapsed / 1'000'000);
    switch (found.where) {
    case StuckCase::InJob:
        return QStringLiteral("job \"%1\" has given no sign of life for %2 ms").arg(key, time);
    case StuckCase::AfterJob:
        return QStringLiteral(
                   "what follows job \"%1\" on its thread, a continuation of the future, a "
                   "handler or the statistics layer, has not ended for %2 ms")
            .arg(key, time);
    case StuckCase::InStart:
        return QStringLiteral("its constructor or starting() has not ended for %1 ms").arg(time);
    case StuckCase::InEnd:
        return QStringLiteral("stopping() or its destructor has not ended for %1 ms").arg(time);
    case StuckCase::InEvents:
        return QStringLiteral(
                   "its thread has not come to what waits for it for %1 ms, so a slot, a "
                   "timer or another event there does not end")
            .arg(time);
    }
    return {};
}

} // namespace Millwright
