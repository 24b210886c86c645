// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/insist.h"
#include "engine/section.h"
#include "job/errors.h"
#include "logging.h"
#include "milliseconds.h"
#include "statistics/telllayer.h"

#include <algorithm>

namespace Millwright {

// --- Submitting -------------------------------------------------------------------------------

Refusal Engine::submit(AbstractJob &job, std::chrono::milliseconds patience)
{
    if (m_mutex.isMine())
        return refuseOwn(job);
    if (m_keepsKeyOrder)
        m_keys.prefetch(job.keyHash(), m_waitingPlace != WaitingPlace::AtWorkers);
    stamp(job);
    const std::shared_ptr<StatisticsLayer> layer = statisticsLayer();
    if (layer)
        tellLayer(layer.get(), &StatisticsLayer::jobSubmitted, job);
    const bool mayWait = patience.count() > 0;
    bool waits = false;
    RoomSeeker seeker(job);
    Refusal refused;
    std::shared_ptr<const DiscardHandler> handler;
    {
        Section section(*this);
        refused = mayWait ? admitPatiently(seeker, job, section) : admit(job, nullptr, section);
        waits = mayWait && refused == DiscardReason::Loadshed;
        if (refused && !waits)
            handler = m_discardHandler;
    }
    if (waits)
        return waitForRoom(seeker, job, deadlineIn(patience), layer.get());
    if (refused)
        reportRefused(job, *refused, std::move(handler), layer.get());
    return refused;
}

// Of a policy of this factory.
Q_NEVER_INLINE Refusal Engine::refuseOwn(AbstractJob &job)
{
    qCCritical(
        lcMillwright,
        "A router, queue or limiter of factory \"%s\" dispatched a job to its own factory; it "
        "was refused. Dispatch from a worker or a handler instead.",
        qUtf8Printable(m_name));
    ++m_counters.submitted;
    ++m_counters.discardedBy[std::size_t(DiscardReason::Loadshed)];
    endDiscarded(job, DiscardReason::Loadshed); // the handler is not for use under the lock
    return DiscardReason::Loadshed;
}

void Engine::submitToAll(std::span<AbstractJob *const> jobs, std::span<Refusal> refused)
{
    if (m_mutex.isMine()) {
        for (std::size_t id = 0; id < jobs.size(); ++id)
            refused[id] = submit(*jobs[id]); // says what is wrong
        return;
    }

    const std::shared_ptr<StatisticsLayer> layer = statisticsLayer();
    for (AbstractJob *job : jobs) {
        stamp(*job);
        job->m_isPinned = true;
        tellLayer(layer.get(), &StatisticsLayer::jobSubmitted, *job);
    }
    std::shared_ptr<const DiscardHandler> handler;
    std::size_t tried = 0;
    std::exception_ptr error;
    {
        Section section(*this);
        try {
            for (; tried < jobs.size(); ++tried) {
                WorkerSlot *slot = tried < std::size_t(m_workerCount) ? m_slots[tried].get()
                                                                      : nullptr;
                refused[tried] = admit(*jobs[tried], slot, section);
            }
        } catch (...) {
            error = std::current_exception();
        }
        handler = m_discardHandler;
    }
    for (std::size_t id = 0; id < tried; ++id) {
        if (refused[id])
            reportRefused(*jobs[id], *refused[id], handler, layer.get());
    }
    if (error)
        std::rethrow_exception(error);
}

void Engine::stamp(AbstractJob &job) const
{
    job.m_submitted = m_clock->now();
    if (job.expiry() != 0) { // so far a time to live
        qint64 &expiry = job.m_extras->expiry;
        constexpr qint64 LongAgo = 1; // whatever the clock of another thread says
        if (expiry < 0)
            expiry = LongAgo;
        else
            expiry = expiry < Never - job.m_submitted ? expiry + job.m_submitted : 0;
    }
}

// For this worker, or the one that the router chooses.
Refusal Engine::admit(AbstractJob &job, WorkerSlot *target, Section &section)
{
    const Refusal refused = tryAdmit(job, target, section);
    count(refused);
    return refused;
}

void Engine::count(Refusal refused)
{
    ++m_counters.submitted;
    if (refused)
        ++m_counters.discardedBy[std::size_t(*refused)];
}

Refusal Engine::tryAdmit(AbstractJob &job, WorkerSlot *target, Section &section)
{
    if (job.m_asynchronous && !m_asynchronous) {
        m_asynchronous = true;
        m_meanRunTime = -1; // says nothing of how long a worker is busy
    }
    if (m_state > FactoryState::Running)
        return DiscardReason::Shutdown;
    if (job.m_extras)
        return admitInTime(job, target, section);
    return m_limiter || m_awaitingToken > 0 ? admitLimited(job, target, section)
                                            : admitNow(job, target, section);
}

// One that comes too late takes nobody's place, and no token.
Q_NEVER_INLINE Refusal Engine::admitInTime(AbstractJob &job, WorkerSlot *target, Section &section)
{
    if (isTooLate(job))
        return DiscardReason::TtlExpired;
    return m_limiter || m_awaitingToken > 0 ? admitLimited(job, target, section)
                                            : admitNow(job, target, section);
}

Refusal Engine::admitNow(AbstractJob &job, WorkerSlot *target, Section &section)
{
    const Destination destination = destinationOf(job, target ? target : route(job, section));
    const bool full = m_limit >= 0 && isFull(destination);
    if (full && mayNotEnter(job, destination.slot))
        return turnAway(job, destination.slot, true, section);

    place(job, destination, section);
    if (full && m_mode == DiscardMode::Oldest) {
        takeBackOlder(job, section);
        if (AbstractJob *victim = victimFor(job)) {
            removeWaiting(*victim, section);
            if (victim == &job)
                return turnAway(job, job.m_slot, true, section);
            shed(*victim, true, section);
        }
    }
    // The time may be a little past, or far for a job that has waited for room; then it is left to the next look.
    if (m_called && (m_queued + m_ownQueued > m_doubtBeyond || isCallLate(job.m_submitted)))
        doubtCall();
    callNext(section);
    return {};
}

// The next one is called although the last one, which would do that, has not come.
void Engine::doubtCall()
{
    // Still the burst, or is the call late?
    m_isBurst = m_isBurst && m_queued + m_ownQueued > m_doubtBeyond;
    m_called = nullptr;
    ++m_doubted;
}

// Now that there is no room.
bool Engine::mayNotEnter(const AbstractJob &job, WorkerSlot *target)
{
    noteLackOfRoom();
    if (!m_patient)
        return m_mode == DiscardMode::Newest && job.m_discardable;
    if (target && m_waitingPlace == WaitingPlace::AtWorkers) {
        m_patient->chosen = target;
        m_patient->workerCount = m_workerCount;
    }
    return true;
}

// Where no other job waits in a queue, what is older stands in hands.
void Engine::takeBackOlder(const AbstractJob &job, Section &section)
{
    if (job.m_slot && m_waitingPlace == WaitingPlace::AtWorkers) {
        const WorkerSlot &slot = *job.m_slot;
        if (slot.ownSize + slot.parkedSize > 1 || !slot.incarnation)
            return;
        TakenBack jobs;
        takeBack(*slot.incarnation, jobs);
        putBack(jobs, section);
    } else if (waitingInQueues() - m_delayed == 1) {
        takeBackAll(section);
    }
}

// The job to give up now that this one waits. nullptr when none may be discarded.
AbstractJob *Engine::victimFor(AbstractJob &job)
{
    if (m_waitingPlace != WaitingPlace::AtWorkers) {
        AbstractJob *victim = m_shedable.first();
        if (m_waitingPlace == WaitingPlace::InFactory)
            victim = ShedList::firstOf(victim, m_queue->victim());
        return victim;
    }
    AbstractJob *victim = queueOf(job.m_slot).victim();
    if (job.m_place != AbstractJob::Place::Parked)
        return victim;
    AbstractJob *parked = job.m_key->parked.first();
    if (parked->m_slot != job.m_slot || !parked->m_discardable)
        parked = &job;
    return parked->m_discardable ? ShedList::firstOf(victim, parked) : victim;
}

// The worker that the job was made for, if it is still there; otherwise whom the router chooses.
WorkerSlot *Engine::targetOf(const AbstractJob &job, Section &section)
{
    const bool stays = job.m_isPinned && job.m_slot && job.m_slot->id < m_workerCount;
    return stays ? job.m_slot : route(job, section);
}

WorkerSlot *Engine::route(const AbstractJob &job, Section &section)
{
    if (m_workerCount == 0)
        return nullptr;
    try {
        const Route route = m_router->route(job, Workers(*this));
        if (route.isToQueue())
            return nullptr;
        int worker = route.worker();
        if (worker >= m_workerCount)
            worker %= m_workerCount;
        WorkerSlot *slot = m_slots[std::size_t(worker)].get();
        return slot->state == WorkerState::CrashLooping ? nullptr : slot; // whoever is free first
    } catch (...) {
        sayRouterThrew(section);
        return nullptr;
    }
}

Q_NEVER_INLINE void Engine::sayRouterThrew(Section &section) const
{
    section.say(QtCriticalMsg,
                QStringLiteral("The router of factory \"%1\" threw \"%2\"; the job waits in the "
                               "factory's queue. Routers must not throw.")
                    .arg(m_name, errorText(std::current_exception())));
}

// The limit is for jobs that wait. A job that a free worker is about to take does not.
bool Engine::isFull(Destination destination) const
{
    const WorkerSlot *slot = destination.slot;
    const bool isBehindItsKey = destination.key && !destination.key->isUnused();
    if (slot && !isBehindItsKey && isAtRest(*slot) && slot->ownSize == 0)
        return false;
    if (slot && m_waitingPlace == WaitingPlace::AtWorkers)
        return waitingAt(*slot) >= m_limit;
    // Where it is for anybody it runs at once, unless all who are free are for others: those in the queue,
    // and those that another worker has in hand and may not come to.
    const bool isForAnybody = !slot && !isBehindItsKey;
    const bool isCrowded = m_waitingPlace == WaitingPlace::AtWorkers
                               ? m_queued + waitingInHands(Origin::Queue) - takenAtOnce()
                                     >= queueShare()
                               : isWaitingAtLeast(m_limit);
    return isCrowded && !(isForAnybody && takenAtOnce() < workersReady());
}

// Where jobs wait at the workers, the factory's queue stands in for the queues of those that are not
// available.
qsizetype Engine::queueShare() const
{
    return qsizetype(limitOf(m_limit, std::max<int>(1, m_crashLooping)));
}

// Without the job that it is about to take.
qsizetype Engine::waitingAt(const WorkerSlot &slot) const
{
    qsizetype waiting = slot.ownSize + slot.parkedSize;
    if (slot.incarnation && m_batches.contains(*slot.incarnation))
        waiting += slot.incarnation->waitingInHand();
    return waiting - (isAtRest(slot) && slot.ownSize > 0 ? 1 : 0);
}

// Without the jobs that are taken by free workers.
bool Engine::isWaitingAtLeast(qint64 count) const
{
    const qint64 waiting = waitingInQueues() - backingOff() - (mayRun() ? m_idleWithOwn : 0);
    // Cheap, and never too low: what is in hands was all waiting when it was dealt.
    if (waiting - std::min<qint64>(runnable(), workersReady()) + m_dealt < count)
        return false;
    return waiting + waitingInHands() - takenAtOnce() >= count;
}

// By free workers, in the queue or in the hand of another one.
qint64 Engine::takenAtOnce() const
{
    const qint64 ready = workersReady();
    return runnable() < ready ? std::min<qint64>(runnable() + movableInHands(), ready) : ready;
}

// It takes a job as soon as it has one.
bool Engine::isAtRest(const WorkerSlot &slot) const
{
    if (!mayRun() || !slot.station || slot.station->isAtWork())
        return false;
    const WorkerSlot *next = slot.station->ready.first();
    return next ? next == &slot : slot.isFree;
}

// --- Waiting ----------------------------------------------------------------------------------

Queue &Engine::ownQueueOf(WorkerSlot &slot)
{
    if (!slot.ownQueue)
        slot.ownQueue = m_queueBuilder();
    return *slot.ownQueue;
}

// Whether the jobs of this queue share their limit with those of others, and may have to be shed.
bool Engine::isShedListed(const WorkerSlot *slot) const
{
    return m_keepsShedList && (slot || m_waitingPlace == WaitingPlace::Anywhere);
}

// Where it throws, nothing has happened.
void Engine::enqueue(AbstractJob &job, WorkerSlot *slot, End end, Section &section)
{
    prepareKey(job);
    if (job.expiry())
        m_due.makeRoom();
    job.m_slot = slot;
    job.m_place = slot ? AbstractJob::Place::OwnQueue : AbstractJob::Place::Queue;
    if (job.m_order == 0)
        job.m_order = ++m_order;
    if (isShedListed(slot))
        m_shedable.add(job);
    else
        m_shedable.remove(job);
    try {
        if (end == End::Front)
            queueOf(slot).pushFront(job);
        else
            queueOf(slot).push(job);
    } catch (...) {
        m_shedable.remove(job);
        throw;
    }
    countKey(job, slot);
    if (slot) {
        ++m_ownQueued;
        if (++slot->ownSize == 1 && slot->station)
            relist(*slot);
        noteLoadBeyondLimit(*slot);
        noteLoad(*slot);
    } else {
        ++m_queued;
    }
    awaitEnd(job, job.expiry(), section);
}

void Engine::delay(AbstractJob &job, qint64 until, Section &section)
{
    if (!job.m_isPinned)
        job.m_slot = nullptr;
    job.m_place = AbstractJob::Place::Delayed;
    job.m_order = ++m_order; // by which it can be canceled; it gets another one when it is over
    ++m_delayed;
    awaitEnd(job, job.expiry() ? std::min(job.expiry(), until) : until, section);
}

// From now on the job can end although nobody runs it.
void Engine::listEnd(AbstractJob &job, qint64 due, Section &section)
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
        uncountKey(job, Standing::InQueue);
        break;
    case AbstractJob::Place::OwnQueue:
        --m_ownQueued;
        uncountKey(job, Standing::WithHolder);
        if (--slot->ownSize == 0)
            ownQueueEmptied(*slot, section);
        noteLoad(*slot);
        break;
    case AbstractJob::Place::Parked:
        leaveParked(job);
        break;
    case AbstractJob::Place::TokenQueue:
        --m_awaitingToken;
        --m_delayed;
        break;
    case AbstractJob::Place::Delayed:
        --m_delayed;
        break;
    case AbstractJob::Place::Running:
        Q_UNREACHABLE();
    }
    forgetWaiting(job);
    m_shedable.remove(job);
    releaseKey(job, section);
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
    if (job.m_place == AbstractJob::Place::TokenQueue)
        m_tokenQueue->remove(job);
    else if (job.m_place == AbstractJob::Place::Queue
             || job.m_place == AbstractJob::Place::OwnQueue)
        queueOf(job.m_slot).remove(job);
    leaveQueue(job, section);
}

// Asks the router again about all jobs that wait in one queue, in their order. Where that is the queue
// of a worker in a crash loop, the router is not asked: whoever is free takes them.
void Engine::reroute(WorkerSlot *slot, Section &section)
{
    JobList jobs;
    JobList parked; // behind those
    JobList first; // the queue has later jobs of their keys
    JobList firstParked;
    while (AbstractJob *job = queueOf(slot).pop()) {
        KeyUse *use = slot ? job->m_key : nullptr;
        const bool goesFirst = use && use->queued > 0;
        while (AbstractJob *later = use ? use->parked.first() : nullptr) {
            leaveParked(*later);
            forgetWaiting(*later);
            later->m_key = nullptr;
            (goesFirst ? firstParked : parked).append(*later);
        }
        leaveQueue(*job, section);
        (goesFirst ? first : jobs).append(*job);
    }
    enqueueFirst(firstParked, section);
    enqueueFirst(first, section);
    const bool isMissing = slot && slot->state == WorkerState::CrashLooping;
    for (JobList *list : {&jobs, &parked}) {
        while (AbstractJob *job = list->takeFirst()) {
            const bool isForAnybody = isMissing && !job->m_isPinned;
            WorkerSlot *target = isForAnybody ? nullptr : targetOf(*job, section);
            insist([&] { place(*job, destinationOf(*job, target), section); });
        }
    }
}

// Before all others in the factory's queue.
void Engine::enqueueFirst(JobList &jobs, Section &section)
{
    while (AbstractJob *job = jobs.last()) {
        jobs.remove(*job);
        insist([&] { enqueue(*job, nullptr, End::Front, section); });
    }
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
    JobList parked;
    m_keys.forEach([&](KeyUse &use) {
        while (AbstractJob *job = use.parked.first()) {
            leaveParked(*job);
            parked.append(*job);
        }
    });
    while (AbstractJob *job = parked.takeFirst()) {
        job->m_key = nullptr;
        forgetWaiting(*job);
        m_shedable.remove(*job);
        section.discard(*job, DiscardReason::Shutdown);
    }
    discardAll(nullptr);
    for (const auto &slot : m_slots) {
        if (slot->ownSize > 0)
            discardAll(slot.get());
    }
    discardDelayed(DiscardReason::Shutdown, section);
    while (AbstractJob *job = m_due.first()) { // only jobs to be retried are left
        removeWaiting(*job, section);
        section.discard(*job, DiscardReason::Shutdown);
    }
}

} // namespace Millwright
