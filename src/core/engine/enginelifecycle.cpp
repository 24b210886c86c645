// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/section.h"
#include "job/errors.h"
#include "logging.h"
#include "statistics/telllayer.h"
#include "supervision/givenup.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qthread.h>

#include <algorithm>
#include <iterator>

namespace Millwright {

// --- Lifecycle --------------------------------------------------------------------------------

bool Engine::start()
{
    if (isCalledByPolicy("start"))
        return false;
    Section section(*this);
    if (m_state != FactoryState::Idle) {
        section.say(
            QtWarningMsg,
            QStringLiteral("Factory \"%1\": start() was ignored, it is %2. A factory starts "
                           "once.")
                .arg(m_name, nameOf(m_state)));
        return false;
    }
    setState(FactoryState::Starting, section);
    m_unstarted = m_workerCount;
    for (int id = 0; id < m_workerCount; ++id)
        m_slots[std::size_t(id)]->awaited = true;
    fillSlots(section);
    if (m_workerCount == 0)
        proceed(section);
    return true;
}

void Engine::drain()
{
    if (isCalledByPolicy("drain"))
        return;
    Section section(*this);
    if (m_state == FactoryState::Idle) {
        stop(section); // there is nobody to do the work
    } else if (m_state < FactoryState::Draining) {
        setState(FactoryState::Draining, section);
        proceed(section);
    }
}

void Engine::stop()
{
    if (isCalledByPolicy("stop"))
        return;
    Section section(*this);
    stop(section);
}

void Engine::fail(const QString &error)
{
    Section section(*this);
    if (m_state != FactoryState::Idle)
        return;
    m_error = error;
    stop(section);
}

void Engine::stop(Section &section)
{
    if (isOver() || m_discarding)
        return;
    m_discarding = true;
    if (m_state != FactoryState::Draining)
        setState(FactoryState::Draining, section);
    discardWaiting(section);
    if (!m_closing)
        close(section);
    proceed(section);
}

// Enters the next stage of life, as soon as the last one is over and its hook has ended.
void Engine::proceed(Section &section)
{
    if (isHookPending())
        return;
    if (m_state != FactoryState::Idle && !m_opened && !m_closing && m_unstarted == 0) {
        if (callHook(UserCall::OnStarted, section))
            return;
        openForWork(section);
    }
    if (m_state == FactoryState::Draining && m_opened && callHook(UserCall::OnDraining, section))
        return;
    closeIfDrained(section);
    // Elsewhere, a handler may still be told of a job: not when the factory has stopped.
    if (!m_ended || m_telling > 0 || !m_calls.empty() || isOver())
        return;
    if (m_opened && callHook(UserCall::OnStopped, section))
        return;
    setState(m_error.isEmpty() ? FactoryState::Stopped : FactoryState::Failed, section);
    section.stopped();
}

void Engine::closeIfDrained(Section &section)
{
    if (m_state == FactoryState::Draining && !m_closing && !isHookPending() && m_engagedCount == 0
        && waitingInQueues() == 0) {
        close(section);
    }
}

// Nothing waits any more. Every worker goes as soon as it has nothing to do, and with the last of
// their threads the factory has stopped.
void Engine::close(Section &section)
{
    m_closing = true;
    for (const auto &slot : m_slots)
        dismiss(*slot, section);
    const auto stations = m_stations; // those without a thread end at once
    for (const auto &station : stations) {
        station->closing = true;
        if (station->absent) {
            summon(*station, section);
            continue;
        }
        if (station->activity == Station::Activity::Serving)
            continue; // looks by itself; its event loop may be one of a job's own
        station->activity = Station::Activity::Called;
        relist(*station);
        expect(*station, section);
        section.close(*station); // even if it was rung: without an application no bell is heard
    }
    if (m_stations.empty()) {
        m_ended = true;
        proceed(section);
    }
}

// The thread of this station is about to end.
void Engine::end(Station &station, Section &section)
{
    --m_serving;
    const auto it = std::find_if(m_stations.begin(), m_stations.end(),
                                 [&](const auto &other) { return other.get() == &station; });
    if (m_pinged == &station)
        m_pinged = nullptr;
    m_expected.remove(station); // it has come for the last time
    m_ending.push_back(std::move(*it));
    *it = std::move(m_stations.back());
    m_stations.pop_back();
    if (m_closing && m_stations.empty()) {
        m_ended = true;
        proceed(section);
    } else {
        m_reapAt = std::min(m_reapAt, m_clock->now() + SweepInterval);
        alarmBy(m_reapAt, section);
    }
}

void Engine::setState(FactoryState state, Section &section)
{
    m_state = state;
    section.setNews();
    log(FactoryEvent::StateChanged, -1, {}, nameOf(state), m_clock->now());
}

// Without the lock, after the state has become Stopped and everybody was told of the jobs that have ended.
void Engine::announceStopped()
{
    std::vector<QPromise<void>> promises;
    {
        const QMutexLocker locker(&m_stopMutex);
        m_stopped = true;
        m_stopCondition.wakeAll();
        promises.swap(m_stopPromises);
    }
    for (QPromise<void> &promise : promises)
        promise.finish();
}

QFuture<void> Engine::whenStopped()
{
    QPromise<void> promise;
    promise.start();
    QFuture<void> future = promise.future();
    const QMutexLocker locker(&m_stopMutex);
    if (m_stopped)
        promise.finish();
    else
        m_stopPromises.push_back(std::move(promise));
    return future;
}

bool Engine::waitForStopped(QDeadlineTimer deadline)
{
    if (isCalledByPolicy("waitForStopped"))
        return false;
    Telling::endAllOf(*this); // who is just being told of something would wait for himself
    QMutexLocker locker(&m_stopMutex);
    while (!m_stopped) {
        if (!m_stopCondition.wait(&m_stopMutex, deadline))
            return m_stopped;
    }
    return true;
}

StopReport Engine::stop(QDeadlineTimer deadline)
{
    if (isCalledByPolicy("stop"))
        return {};
    stop();
    StopReport report;
    if (!waitForStopped(deadline))
        report = giveUp();

    std::vector<std::shared_ptr<Station>> ending;
    std::vector<std::shared_ptr<Station>> condemned;
    {
        Section section(*this);
        ending.swap(m_ending);
        condemned.swap(m_condemned);
        report.unfinished += std::exchange(m_lostAtEnd, {});
    }
    for (auto &station : condemned)
        keepUntilEnded(std::move(station));
    for (auto &station : ending) {
        if (station->isCurrent() || !station->join(deadline))
            keepUntilEnded(std::move(station));
    }
    m_executor->join(deadline);
    return report;
}

StopReport Engine::giveUp()
{
    struct Lost
    {
        UnfinishedJob what;
        AbstractJob *job;
        bool isAwaited = false; // its thread does something else
    };
    StopReport report;
    std::vector<Lost> unfinished;
    std::vector<std::shared_ptr<Station>> stations;
    {
        Section section(*this);
        if (isOver())
            return {};
        const qint64 now = m_clock->now();
        discardWaiting(section);
        for (const auto &slot : m_slots) {
            if (!slot->incarnation)
                continue;
            Lost lost{{slot->id, {}, {}, {}}, nullptr};
            bool holdsUp = !slot->station->chores.contains(*slot); // or another one does
            if (Incarnation &incarnation = *slot->incarnation; m_engaged.contains(incarnation)) {
                holdsUp = holdsUp && isAt(incarnation);
                lost.isAwaited = incarnation.suspended;
                lost.job = seize(incarnation);
                if (lost.job) {
                    ++m_counters.lost;
                    incarnation.report.abandon();
                    lost.what.elapsed = std::chrono::nanoseconds(std::max<qint64>(
                        0, now - incarnation.startedAt.load(std::memory_order_relaxed)));
                }
            }
            if (lost.job || holdsUp)
                unfinished.push_back(std::move(lost));
            detach(*slot);
        }
        for (const auto &station : m_stations) {
            station->givenUp = true;
            m_expected.remove(*station);
        }
        stations.swap(m_stations);
        m_closing = true;
        report.calls = abandonCalls();
        setState(m_error.isEmpty() ? FactoryState::Stopped : FactoryState::Failed, section);
    }

    const std::shared_ptr<StatisticsLayer> layer = statisticsLayer();
    // A job that would end if it were asked to, or that waits for a thread that waits for its worker.
    const QCoreApplication *application = QCoreApplication::instance();
    QString hint;
    if (application && application->thread() == QThread::currentThread()) {
        hint = QStringLiteral(
            " If it asks Job::isCanceled(), cancelJobs() after stop() lets it "
            "end sooner. If it waits for this thread, as in a Qt::BlockingQueuedConnection, "
            "neither can go on: use a Qt::QueuedConnection there, or call stop() "
            "without a deadline and go on when its future ends.");
    }
    for (auto &[what, job, isAwaited] : unfinished) {
        if (job) {
            what.key = keyTextOf(*job);
            what.label = job->label();
            qCWarning(
                lcMillwright,
                "Factory \"%s\": worker %d has not finished job \"%s\" by the deadline (%lld ms "
                "so far); its thread was given up.%s",
                qUtf8Printable(m_name), what.worker, qUtf8Printable(what.key),
                qlonglong(what.elapsed.count() / 1'000'000),
                qUtf8Printable(isAwaited ? QString() : std::exchange(hint, {}))); // once
            tellLayer(layer.get(), &StatisticsLayer::jobLost, *job, what.worker);
            {
                Section section(*this); // who has seen the future end finds the dead letter
                bury(letterOf(*job, what.key, Outcome::WorkerLost,
                              errorText(std::make_exception_ptr(WorkerLost())), what.worker,
                              m_clock->now()),
                     nullptr, section);
            }
            job->reject(std::make_exception_ptr(WorkerLost()));
            job->unref();
        } else {
            qCWarning(
                lcMillwright,
                "Factory \"%s\": worker %d has not come to its end by the deadline; its thread "
                "was given up.",
                qUtf8Printable(m_name), what.worker);
        }
        report.unfinished.append(std::move(what));
    }
    for (const QString &call : report.calls) {
        qCWarning(lcMillwright,
                  "Factory \"%s\": %s has not ended by the deadline; it was given up.",
                  qUtf8Printable(m_name), qUtf8Printable(call));
    }
    for (auto &station : stations) {
        station->requestInterruption();
        station->close();
        keepUntilEnded(std::move(station));
    }
    announceStopped(); // now that every job has ended
    return report;
}

// Threads that were told to end are joined here, outside the lock.
void Engine::reap()
{
    std::vector<std::shared_ptr<Station>> ending;
    {
        Section section(*this);
        section.setQuiet();
        ending.swap(m_ending);
    }
    std::erase_if(ending, [](const auto &station) { return station->join(QDeadlineTimer(0)); });
    if (ending.empty())
        return;
    Section section(*this);
    section.setQuiet();
    if (isOver()) { // nobody will come for them
        for (auto &station : ending)
            keepUntilEnded(std::move(station));
        return;
    }
    m_ending.insert(m_ending.end(), std::make_move_iterator(ending.begin()),
                    std::make_move_iterator(ending.end()));
    m_reapAt = m_clock->now() + SweepInterval;
    alarmBy(m_reapAt, section);
}

} // namespace Millwright
