// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/section.h"
#include "engine/stucknews.h"
#include "job/errors.h"
#include "supervision/givenup.h"

#include <algorithm>

namespace Millwright {

namespace {

// Why a worker that hangs has failed.
QString noSignOfLife()
{
    return QStringLiteral("it gave no sign of life");
}

} // namespace

// --- Replacing --------------------------------------------------------------------------------

// Those who are still where they were seen. Not more threads than allowed are left behind.
void Engine::condemn(qint64 now, StuckNews &news, Section &section)
{
    if (m_lifeTimeout == 0 || m_deadMansSwitch.action == StuckAction::Log)
        return;
    const auto isHeld = [&](Vigil &vigil, int worker) {
        if (m_condemned.size() < std::size_t(m_deadMansSwitch.maximumCondemned))
            return false;
        if (!std::exchange(vigil.isHeld, true)) {
            section.say(
                QtWarningMsg,
                QStringLiteral(
                    "Factory \"%1\": worker %2 stays stuck, for %3 threads are left behind "
                    "already. Find out why they hang, or raise "
                    "DeadMansSwitch::maximumCondemned.")
                    .arg(m_name, QString::number(worker), QString::number(m_condemned.size())));
        }
        noteStarted(*m_slots[std::size_t(worker)], section); // it has been tried
        return true;
    };
    for (const int worker : news.overdue) {
        const WorkerSlot &slot = *m_slots[std::size_t(worker)];
        Incarnation *incarnation = slot.incarnation.get();
        if (!incarnation || incarnation->vigil.condemnAt == 0 || !isStuck(slot))
            continue; // it has come back, or lived on the thread of another one
        if (incarnation->suspended)
            replaceSuspended(*incarnation, now, news, section);
        else if (!isHeld(incarnation->vigil, worker))
            condemnThread(incarnation->station, worker, incarnation, now, news, section);
    }
    for (const auto &station : news.deaf) {
        const int worker = m_expected.contains(*station) ? dutyOf(*station) : -1;
        if (worker >= 0 && station->vigil.condemnAt > 0 && !isHeld(station->vigil, worker))
            condemnThread(*station, worker, nullptr, now, news, section);
    }
    if (!news.overdue.empty() || !news.deaf.empty()) { // who is held, or has just come back
        m_lifeAt = std::min(m_lifeAt, now + m_lifeTimeout / 4);
        alarmBy(m_lifeAt, section);
    }
    closeIfDrained(section);
}

// Like a worker whose grace period is over, whatever the dead man's switch says.
bool Engine::abandon(int worker, const Incarnation *meant)
{
    if (isCalledByPolicy("replaceWorker"))
        return false;
    const auto incarnationOf = [&]() -> Incarnation * {
        if (m_discarding || worker < 0 || std::size_t(worker) >= m_slots.size())
            return nullptr;
        Incarnation *incarnation = m_slots[std::size_t(worker)]->incarnation.get();
        const bool isMeant = incarnation && (!meant || incarnation == meant);
        return isMeant && m_engaged.contains(*incarnation) ? incarnation : nullptr;
    };
    StuckNews news;
    AbstractJob *job = nullptr;
    quint64 order = 0; // of this attempt
    read([&] {
        const Incarnation *incarnation = incarnationOf();
        job = incarnation ? incarnation->hand.running() : nullptr;
        order = job ? job->order() : 0;
        for (Incarnation *i = m_engaged.first(); job && i; i = m_engaged.next(*i)) {
            if (&i->station == &incarnation->station) // they may be lost together
                news.keep(i->hand.running());
        }
    });
    if (!job)
        return false;
    for (auto &[kept, key] : news.jobs)
        key = keyTextOf(*kept);
    {
        Section section(*this);
        Incarnation *incarnation = incarnationOf();
        if (!incarnation || incarnation->hand.running() != job || job->order() != order)
            return false; // it has come back
        const qint64 now = m_clock->now();
        if (incarnation->suspended)
            replaceSuspended(*incarnation, now, news, section);
        else
            condemnThread(incarnation->station, worker, incarnation, now, news, section);
        closeIfDrained(section); // with this job the last one may have gone
    }
    leaveBehind(news);
    return true;
}

// The job of this worker goes on for ever, but its thread is free, and can take leave of it in order.
void Engine::replaceSuspended(Incarnation &incarnation, qint64 now, StuckNews &news,
                              Section &section)
{
    WorkerSlot &slot = *incarnation.slot;
    AbstractJob *job = seize(incarnation);
    replaceWorker(slot, noSignOfLife(), now, section);
    releaseKeysOf(incarnation, section);
    noteLoad(slot);
    if (job)
        lose(incarnation, *job, now, news, section);
    callNext(section);
}

// The thread does not come back, and with it all who live there. Fresh ones take over their ids and
// what waits for them: no object can be taken away from a thread that does not give it.
void Engine::condemnThread(Station &hung, int worker, Incarnation *cause, qint64 now,
                           StuckNews &news, Section &section)
{
    struct Displaced
    {
        WorkerSlot &slot;
        WorkerState state;
        Incarnation *old;
        AbstractJob *lost;
    };
    const std::shared_ptr<Station> station = hung.shared_from_this();
    std::vector<Displaced> displaced;
    TakenBack jobs;
    for (const auto &slot : m_slots) {
        if (slot->station != station.get())
            continue;
        displaced.push_back({*slot, slot->state, slot->incarnation.get(), nullptr});
        if (slot->incarnation && m_engaged.contains(*slot->incarnation))
            takeBack(*slot->incarnation, jobs);
    }
    putBack(jobs, section);

    station->givenUp = true;
    m_expected.remove(*station);
    std::erase(m_stations, station);
    m_isRehousing = true;
    for (auto &[slot, state, old, lost] : displaced) {
        if (old && m_engaged.contains(*old))
            lost = seize(*old);
        detach(slot);
    }
    if (station->activity == Station::Activity::Serving)
        --m_serving;
    if (m_called == station.get())
        m_called = nullptr;
    if (m_pinged == station.get())
        m_pinged = nullptr;

    for (const auto &[slot, state, old, lost] : displaced) {
        if (slot.leaving && slot.ownSize == 0) {
            if (state == WorkerState::CrashLooping)
                m_starts.erase({slot.history->startAt, slot.id});
            noteStarted(slot, section);
            continue;
        }
        slot.station = &stationFor(slot, section);
        ++slot.station->hosted;
        if (state == WorkerState::CrashLooping) {
            enter(slot, state);
            if (!m_starts.contains({slot.history->startAt, slot.id})) // it was about to start
                awaitStart(slot, section);
        } else if (state == WorkerState::Starting) {
            addChore(slot, state, section);
        } else if (slot.id == worker) {
            replaceWorker(slot, noSignOfLife(), now, section);
        } else { // it could not help it
            if (state != WorkerState::Restarting)
                owe(slot);
            addChore(slot, WorkerState::Restarting, section);
        }
    }
    for (const auto &[slot, state, old, lost] : displaced) {
        if (old)
            releaseKeysOf(*old, section);
        noteLoad(slot);
    }
    m_condemned.push_back(station);
    news.condemned.push_back(station);
    const QString text = QStringLiteral("its thread was left behind (%1 of at most %2)")
                             .arg(m_condemned.size())
                             .arg(m_deadMansSwitch.maximumCondemned);
    section.say(QtWarningMsg, QStringLiteral("Factory \"%1\": worker %2 is replaced; %3.")
                                  .arg(m_name, QString::number(worker), text));
    log(FactoryEvent::WorkerCondemned, worker, {}, text, now);
    for (const auto &[slot, state, old, lost] : displaced) {
        if (lost)
            lose(*old, *lost, now, news, section);
    }
    if (m_terminates && cause && cause->hand.count().running())
        news.terminated.push_back(station);
    noteStarted(*m_slots[std::size_t(worker)], section); // it has been tried
    if (m_closing && m_stations.empty()) {
        m_ended = true;
        proceed(section);
    }
    callNext(section);
}

void Engine::lose(Incarnation &incarnation, AbstractJob &job, qint64 now, const StuckNews &news,
                  Section &section)
{
    const QString key = news.keyOf(&job);
    const qint64 elapsed = std::max<qint64>(
        0, now - incarnation.startedAt.load(std::memory_order_relaxed));
    section.say(QtWarningMsg,
                QStringLiteral("Factory \"%1\": job \"%2\" of worker %3 is lost, %4 ms "
                               "after its start.")
                    .arg(m_name, key, QString::number(incarnation.id),
                         QString::number(elapsed / 1'000'000)));
    if (m_discarding) {
        m_lostAtEnd.append({incarnation.id, key, job.label(), std::chrono::nanoseconds(elapsed)});
    }
    endLost(incarnation, job, key, now, section);
}

AbstractJob *Engine::seize(Incarnation &incarnation)
{
    account(incarnation);
    forgetSuspended(incarnation);
    const Hand::Count count = incarnation.hand.seize();
    // What was settled since is settled; what runs is lost.
    const int late = count.settled() - incarnation.accounted;
    incarnation.slot->completed += late;
    m_counters.completed += late;
    m_dealt -= count.end();
    incarnation.slot->dealt = 0;
    disengage(incarnation);
    if (!count.running())
        return nullptr;
    AbstractJob *job = incarnation.hand.at(count.settled());
    job->ref();
    return job;
}

// Of a hand that was seized: jobs of these keys need not wait for it any more.
void Engine::releaseKeysOf(Incarnation &incarnation, Section &section)
{
    // What it had not started was taken back, or it was alone.
    Q_ASSERT(m_unclaimed != &incarnation);
    const Hand::Count count = incarnation.hand.count();
    for (int i = 0; i < count.claimed(); ++i) {
        AbstractJob *job = incarnation.hand.at(i);
        if (job && job->m_key) {
            uncountKey(*job, Standing::WithHolder);
            releaseKey(*job, section);
        }
    }
}

// Its station is given up, and with it the worker that was there.
void Engine::detach(WorkerSlot &slot)
{
    Station &station = *slot.station;
    if (slot.incarnation) {
        m_tended.remove(*slot.incarnation);
        endSlice(*slot.incarnation);
        slot.incarnation->slot = nullptr;
        station.left.push_back(std::move(slot.incarnation));
    }
    station.chores.remove(slot);
    enter(slot, WorkerState::Absent);
    relist(slot);
    slot.station = nullptr;
    --station.hosted;
}

// The job that was called off has come to an end, but the request for interruption cannot be taken back,
// and is not meant for other jobs: the thread ends, and all who live there get fresh ones elsewhere, as
// soon as they have nothing to do.
void Engine::retire(Station &station, Section &section)
{
    station.closing = true;
    m_isRehousing = true;
    for (const auto &slot : m_slots) {
        if (slot->station != &station)
            continue;
        if (slot->state == WorkerState::Idle
            || (slot->state == WorkerState::Busy && !m_engaged.contains(*slot->incarnation))) {
            addChore(*slot, WorkerState::Stopping, section);
        } else if (!slot->incarnation) {
            const bool isStarting = station.chores.contains(*slot);
            station.chores.remove(*slot);
            move(*slot, section);
            if (isStarting)
                addChore(*slot, slot->state, section);
        }
    }
}

// --- Coming back ------------------------------------------------------------------------------

// The thread of a station that was given up: its workers are destroyed where they have lived.
Order Engine::comeBack(Station &station)
{
    std::vector<std::shared_ptr<Incarnation>> left;
    {
        Section section(*this);
        left.swap(station.left);
        const std::span<Incarnation *const> atWork = station.atWork();
        station.putDown();
        for (const Incarnation *incarnation : atWork)
            station.settle(incarnation->hand.settledJobs());
        section.release(station.settled());
    }
    left.clear();
    Section section(*this);
    noteReturn(station, section);
    return {Order::Close};
}

void Engine::terminated(Station &station)
{
    std::vector<std::shared_ptr<Incarnation>> left;
    {
        Section section(*this);
        if (!station.givenUp)
            return;
        left.swap(station.left);
        station.putDown();
        noteReturn(station, section);
    }
    keepForever(std::move(left));
}

void Engine::noteReturn(Station &station, Section &section)
{
    const auto it = std::find_if(m_condemned.begin(), m_condemned.end(),
                                 [&](const auto &other) { return other.get() == &station; });
    if (it == m_condemned.end())
        return; // the factory is over
    const qint64 now = m_clock->now();
    m_ending.push_back(std::move(*it));
    m_condemned.erase(it);
    log(FactoryEvent::ThreadReturned, -1, {}, {}, now);
    m_reapAt = std::min(m_reapAt, now + SweepInterval);
    alarmBy(m_reapAt, section);
    lookSoon(section); // who is stuck may be replaced now
}

} // namespace Millwright
