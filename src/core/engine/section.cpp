// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/section.h"

#include "engine/insist.h"
#include "job/errors.h"
#include "logging.h"
#include "prefetch.h"
#include "statistics/telllayer.h"

#include <optional>

namespace Millwright {

Q_NEVER_INLINE Engine::Section::Rest::~Rest() = default;

// Releases the lock, and then does what could not be done under it.
Q_NEVER_INLINE void Engine::Section::leave()
{
    if (!m_quiet)
        m_engine.awaitSample(*this);
    m_engine.noteCongestion();
    m_engine.m_published.state.release(m_engine.m_state);
    const std::unique_ptr<RoomNews> room = m_engine.m_roomIsWatched ? m_engine.findRoom(*this)
                                                                    : nullptr;
    std::shared_ptr<EngineObserver> observer;
    if (!m_engine.m_observed.load(std::memory_order_relaxed)
        && !m_engine.m_observed.exchange(true, std::memory_order_acq_rel)) {
        observer = m_engine.m_observer;
    }
    const qint64 alarmAt = m_engine.m_alarmAt;
    std::shared_ptr<Engine> kept; // while those are called who may destroy the factory
    if (room || m_rest)
        kept = m_engine.weak_from_this().lock();
    std::optional<Telling> telling;
    if (m_rest && m_rest->tells) {
        ++m_engine.m_telling;
        telling.emplace(m_engine);
    }
    m_engine.m_mutex.unlock();

    if (m_rest || m_ring)
        call();
    if (m_called) {
        Section later(m_engine);
        later.setQuiet();
        if (m_engine.m_called == m_called)
            m_engine.watch(later);
    }
    if (m_alarm)
        insist([&] { m_engine.m_clock->setAlarm(m_engine.weak_from_this(), alarmAt); });
    constexpr std::size_t PrefetchDistance = 4; // jobs
    for (const std::span<AbstractJob *const> jobs : m_settled) {
        for (std::size_t i = 0; i < jobs.size(); ++i) {
            if (i + PrefetchDistance < jobs.size())
                prefetchForWriting(jobs[i + PrefetchDistance], sizeof(AbstractJob));
            if (AbstractJob *job = jobs[i])
                job->unref();
        }
    }
    if (m_released)
        m_released->unref();
    if (room)
        room->tell();
    if (m_rest)
        tell();
    if (telling && !telling->isOver)
        m_engine.told();
    if (m_rest && m_rest->stopped)
        m_engine.announceStopped();
    if (observer)
        insist([&] { observer->engineChanged(); });
}

void Engine::Section::ring(Station &station)
{
    m_hasNews = true;
    if (m_ring)
        rest().rings.push_back(station.shared_from_this());
    else
        m_ring = station.shared_from_this();
}

void Engine::Section::discard(AbstractJob &job, DiscardReason reason)
{
    Rest &rest = told();
    job.m_discardReason = quint8(reason);
    rest.handler = m_engine.m_discardHandler;
    rest.discarded.append(job);
    ++m_engine.m_counters.discardedBy[std::size_t(reason)];
}

void Engine::Section::cancel(AbstractJob &job)
{
    told().canceled.append(job);
    ++m_engine.m_counters.canceled;
}

void Engine::Section::lose(AbstractJob &job, int worker)
{
    told().lost.push_back({AbstractJob::Pointer(&job), {.worker = worker}, {}});
    ++m_engine.m_counters.lost;
}

void Engine::Section::retried(AbstractJob &job, const JobRun &run, const std::exception_ptr &error)
{
    if (!m_engine.m_layer)
        return;
    job.ref();
    told().retried.push_back({AbstractJob::Pointer(&job), run, error});
}

void Engine::Section::makeRoomForRetried()
{
    if (!m_engine.m_layer)
        return;
    std::vector<Attempt> &retried = told().retried;
    if (retried.size() == retried.capacity())
        retried.reserve(2 * retried.size() + 1);
}

void Engine::Section::drop(AbstractJob::Pointer job)
{
    if (job)
        rest().dropped.push_back(std::move(job));
}

void Engine::Section::started(int worker, bool isReplacement)
{
    told().startedWorker = worker;
    rest().isReplacement = isReplacement;
}

void Engine::Section::crashLooping(int worker, std::chrono::nanoseconds wait)
{
    told().crashLooping.emplace_back(worker, wait);
}

Engine::Section::Rest &Engine::Section::told()
{
    Rest &rest = this->rest();
    if (!std::exchange(rest.tells, true))
        rest.layer = m_engine.m_layer;
    return rest;
}

void Engine::Section::call()
{
    if (m_rest) {
        for (const auto &station : m_rest->opens) {
            if (!station->open(m_engine.shared_from_this()))
                m_engine.notOpened(*station);
        }
    }
    if (m_ring)
        ringNow(*m_ring);
    if (m_rest) {
        for (const auto &station : m_rest->rings)
            ringNow(*station);
        for (const auto &station : m_rest->closes)
            insist([&] { station->close(); });
        for (auto &task : m_rest->tasks)
            m_engine.m_executor->execute(std::move(task));
    }
}

void Engine::Section::ringNow(Station &station)
{
    bool comes = false;
    insist([&] { comes = station.ring(); });
    if (comes && m_called == &station)
        m_called = nullptr;
}

void Engine::Section::tell()
{
    if (m_rest->tells || m_rest->stopped || !m_rest->said.empty())
        Clock::passOnWatch();
    StatisticsLayer *layer = m_rest->layer.get();
    for (const auto &[job, run, error] : m_rest->retried)
        tellLayer(layer, &StatisticsLayer::jobRetried, *job, run, error);
    while (AbstractJob *job = m_rest->discarded.takeFirst()) {
        const auto reason = DiscardReason(job->m_discardReason);
        tellLayer(layer, &StatisticsLayer::jobDiscarded, *job, reason);
        m_engine.reportDiscarded(*job, reason, m_rest->handler);
    }
    while (AbstractJob *job = m_rest->canceled.takeFirst()) {
        tellLayer(layer, &StatisticsLayer::jobCanceled, *job);
        job->cancel();
        job->unref();
    }
    for (const auto &[job, run, error] : m_rest->lost) {
        tellLayer(layer, &StatisticsLayer::jobLost, *job, run.worker);
        job->reject(std::make_exception_ptr(WorkerLost()));
    }
    m_rest->lost.clear();
    m_rest->retried.clear();
    m_rest->dropped.clear();
    if (m_rest->startedWorker >= 0) {
        tellLayer(layer,
                  m_rest->isReplacement ? &StatisticsLayer::workerRestarted
                                        : &StatisticsLayer::workerStarted,
                  m_rest->startedWorker);
    }
    for (const auto &[worker, wait] : m_rest->crashLooping)
        tellLayer(layer, &StatisticsLayer::workerCrashLooping, worker, wait);
    if (m_rest->ping >= 0)
        tellLayer(layer, &StatisticsLayer::pinged, std::chrono::nanoseconds(m_rest->ping));
    if (m_rest->sample && layer)
        tellLayer(layer, &StatisticsLayer::sampled, m_engine.snapshot(false));
    for (const auto &[type, text] : m_rest->said) {
        if (type == QtCriticalMsg)
            qCCritical(lcMillwright, "%s", qUtf8Printable(text));
        else if (type == QtInfoMsg)
            qCInfo(lcMillwright, "%s", qUtf8Printable(text));
        else
            qCWarning(lcMillwright, "%s", qUtf8Printable(text));
    }
}

} // namespace Millwright
