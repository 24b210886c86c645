// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/engine.h"
#include "job/errors.h"
#include "logging.h"

#include <algorithm>

namespace Millwright {

// --- The critical section ---------------------------------------------------------------------

Engine::Section::Section(Engine &engine) : m_engine(engine)
{
    m_engine.m_mutex.lock();
}

Engine::Section::~Section()
{
    m_engine.publish();
    std::shared_ptr<EngineObserver> observer;
    if (m_engine.m_observer && !m_engine.m_observed.load(std::memory_order_relaxed)
        && !m_engine.m_observed.exchange(true, std::memory_order_acq_rel)) {
        observer = m_engine.m_observer;
    }
    const qint64 alarmAt = m_engine.m_alarmAt;
    const bool tells = !m_discarded.isEmpty() || !m_canceled.isEmpty();
    if (tells)
        ++m_engine.m_telling;
    m_engine.m_mutex.unlock();

    for (const auto &station : m_opens)
        station->open(m_engine.shared_from_this());
    for (const auto &station : m_rings)
        station->ring();
    for (const auto &station : m_closes)
        station->close();
    if (m_alarm)
        m_engine.m_clock->setAlarm(m_engine.weak_from_this(), alarmAt);
    for (AbstractJob *job : m_settled) {
        if (job)
            job->unref();
    }
    if (m_released)
        m_released->unref();
    while (AbstractJob *job = m_discarded.takeFirst()) {
        report(*job, m_reason, m_handler);
        job->unref();
    }
    while (AbstractJob *job = m_canceled.takeFirst()) {
        job->cancel();
        job->unref();
    }
    for (const auto &[type, text] : m_said) {
        if (type == QtCriticalMsg)
            qCCritical(lcMillwright, "%ls", qUtf16Printable(text));
        else
            qCWarning(lcMillwright, "%ls", qUtf16Printable(text));
    }
    if (tells && --m_engine.m_telling == 0 && m_engine.m_ended) {
        Section last(m_engine);
        m_engine.stopIfTold(last);
    }
    if (m_stopped)
        m_engine.announceStopped();
    if (observer)
        observer->engineChanged();
}

void Engine::Section::discard(AbstractJob &job, DiscardReason reason)
{
    Q_ASSERT(m_discarded.isEmpty() || m_reason == reason);
    m_reason = reason;
    m_handler = m_engine.m_discardHandler;
    m_discarded.append(job);
    ++m_engine.m_counters.discardedBy[std::size_t(reason)];
}

void Engine::Section::cancel(AbstractJob &job)
{
    m_canceled.append(job);
    ++m_engine.m_counters.canceled;
}

// Discards a job for its owner: tells the handler, then ends the job's future. No lock held.
void Engine::report(AbstractJob &job, DiscardReason reason,
                    const std::shared_ptr<const DiscardHandler> &handler)
{
    if (handler && *handler) {
        try {
            (*handler)(job, reason);
        } catch (...) {
            qCWarning(lcMillwright, "A discard handler threw \"%ls\"; handlers must not throw.",
                      qUtf16Printable(errorText(std::current_exception())));
        }
    }
    job.reject(std::make_exception_ptr(JobDiscarded(reason)));
}

// --- Submitting -------------------------------------------------------------------------------

std::optional<DiscardReason> Engine::submit(AbstractJob &job)
{
    if (m_mutex.isMine()) {
        qCCritical(
            lcMillwright,
            "A router or queue of factory \"%ls\" dispatched a job to its own factory; it was "
            "refused. Dispatch from a worker or a handler instead.",
            qUtf16Printable(m_name));
        ++m_counters.submitted;
        ++m_counters.discardedBy[std::size_t(DiscardReason::Loadshed)];
        report(job, DiscardReason::Loadshed, nullptr); // the handler is not for use under the lock
        return DiscardReason::Loadshed;
    }

    job.m_submitted = m_clock->now();
    if (job.expiry() > 0) { // so far a time to live
        qint64 &expiry = job.m_extras->expiry;
        expiry = expiry < Never - job.m_submitted ? expiry + job.m_submitted : 0;
    }

    std::optional<DiscardReason> refused;
    std::shared_ptr<const DiscardHandler> handler;
    {
        Section section(*this);
        ++m_counters.submitted;
        refused = admit(job, section);
        if (refused) {
            ++m_counters.discardedBy[std::size_t(*refused)];
            handler = m_discardHandler;
        }
    }
    if (refused)
        report(job, *refused, handler);
    return refused;
}

std::optional<DiscardReason> Engine::admit(AbstractJob &job, Section &section)
{
    if (m_state > FactoryState::Running)
        return DiscardReason::Shutdown;

    WorkerSlot *slot = route(job, section);
    const bool full = isFull(slot);
    if (full && m_mode == DiscardMode::Newest && job.m_discardable)
        return DiscardReason::Loadshed;

    enqueue(job, slot, End::Back, section);
    if (full && m_mode == DiscardMode::Oldest) {
        if (m_queued == 1 && !slot)
            takeBackAll(section); // what is older stands in hands
        if (AbstractJob *victim = queueOf(slot).shed()) {
            leaveQueue(*victim, section);
            if (victim == &job)
                return DiscardReason::Loadshed;
            section.discard(*victim, DiscardReason::Loadshed);
        }
    }
    callNext(section);
    return std::nullopt;
}

WorkerSlot *Engine::route(const AbstractJob &job, Section &section)
{
    if (m_workerCount == 0)
        return nullptr;
    try {
        const Route route = m_router->route(job, Workers(*this));
        return route.isToQueue() ? nullptr
                                 : m_slots[std::size_t(route.worker() % m_workerCount)].get();
    } catch (...) {
        section.say(
            QtCriticalMsg,
            QStringLiteral("The router of factory \"%1\" threw \"%2\"; the job waits in the "
                           "factory's queue. Routers must not throw.")
                .arg(m_name, errorText(std::current_exception())));
        return nullptr;
    }
}

// The limit is for jobs that wait. A job that a free worker is about to take does not, so every
// free worker is room for one job more.
bool Engine::isFull(const WorkerSlot *slot) const
{
    if (m_limit < 0)
        return false;
    if (slot) {
        qsizetype waiting = slot->ownSize;
        if (slot->incarnation)
            waiting += slot->incarnation->hand.count().waiting();
        const bool isAtRest = m_freeSlots.contains(*slot)
                              || (slot->station && slot->station->ready.contains(*slot));
        return waiting - (mayRun() && isAtRest ? 1 : 0) >= m_limit;
    }
    const qsizetype waiting = m_queued + m_delayed - workersReady();
    return waiting + m_dealt >= m_limit // cheap, and never too low
           && waiting + waitingInHands() >= m_limit;
}

// --- Waiting ----------------------------------------------------------------------------------

Queue &Engine::queueOf(WorkerSlot *slot)
{
    if (!slot)
        return *m_queue;
    if (!slot->ownQueue)
        slot->ownQueue = m_queueBuilder();
    return *slot->ownQueue;
}

void Engine::enqueue(AbstractJob &job, WorkerSlot *slot, End end, Section &section)
{
    job.m_slot = slot;
    job.m_place = slot ? AbstractJob::Place::OwnQueue : AbstractJob::Place::Queue;
    if (end == End::Front) {
        queueOf(slot).pushFront(job);
    } else {
        job.m_order = ++m_order;
        queueOf(slot).push(job);
    }
    if (slot) {
        ++m_ownQueued;
        if (++slot->ownSize == 1 && slot->station)
            relist(*slot);
    } else {
        ++m_queued;
    }
    awaitEnd(job, job.expiry(), section);
}

void Engine::delay(AbstractJob &job, qint64 until, Section &section)
{
    job.m_slot = nullptr;
    job.m_place = AbstractJob::Place::Delayed;
    ++m_delayed;
    awaitEnd(job, job.expiry() ? std::min(job.expiry(), until) : until, section);
}

// From now on the job can end although nobody runs it.
void Engine::awaitEnd(AbstractJob &job, qint64 due, Section &section)
{
    if (due) {
        m_due.insert(job, due);
        alarmBy(due, section);
    }
    if (job.m_promised) {
        m_promised.append(*job.promiseLink());
        if (m_sweepAt == Never) {
            m_sweepAt = m_clock->now() + SweepInterval;
            alarmBy(m_sweepAt, section);
        }
    }
}

void Engine::leaveQueue(AbstractJob &job, Section &section)
{
    WorkerSlot *slot = job.m_slot;
    switch (job.m_place) {
    case AbstractJob::Place::Queue:
        --m_queued;
        break;
    case AbstractJob::Place::OwnQueue:
        --m_ownQueued;
        if (--slot->ownSize == 0)
            ownQueueEmptied(*slot, section);
        break;
    case AbstractJob::Place::Delayed:
        --m_delayed;
        break;
    }
    forgetWaiting(job);
}

// A worker that was only kept for the jobs of its own may go.
void Engine::ownQueueEmptied(WorkerSlot &slot, Section &section)
{
    if (!slot.station)
        return;
    relist(slot);
    if (slot.leaving && slot.state == WorkerState::Idle)
        dismiss(slot, section);
}

void Engine::forgetWaiting(AbstractJob &job)
{
    m_due.remove(job);
    if (job.m_promised)
        m_promised.remove(*job.promiseLink());
}

void Engine::removeWaiting(AbstractJob &job, Section &section)
{
    if (job.m_place != AbstractJob::Place::Delayed)
        queueOf(job.m_slot).remove(job);
    leaveQueue(job, section);
}

// Asks the router again about all jobs that wait in one queue, in their order.
void Engine::reroute(WorkerSlot *slot, Section &section)
{
    JobList jobs;
    while (AbstractJob *job = queueOf(slot).pop()) {
        leaveQueue(*job, section);
        jobs.append(*job);
    }
    while (AbstractJob *job = jobs.takeFirst())
        enqueue(*job, route(*job, section), End::Back, section);
}

void Engine::discardWaiting(Section &section)
{
    const auto discardAll = [&](WorkerSlot *slot) {
        while (AbstractJob *job = queueOf(slot).pop()) {
            leaveQueue(*job, section);
            section.discard(*job, DiscardReason::Shutdown);
        }
    };
    takeBackAll(section);
    discardAll(nullptr);
    for (const auto &slot : m_slots) {
        if (slot->ownSize > 0)
            discardAll(slot.get());
    }
    while (AbstractJob *job = m_due.first()) { // only delayed jobs are left
        removeWaiting(*job, section);
        section.discard(*job, DiscardReason::Shutdown);
    }
}

} // namespace Millwright
