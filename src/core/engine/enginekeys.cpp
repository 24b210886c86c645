// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/insist.h"
#include "engine/section.h"
#include "prefetch.h"

namespace Millwright {

// --- Order within a key -----------------------------------------------------------------------

// Jobs of one key run one after the other, in their order, if the router wants it. Wherever they are,
// they stand in one line: with the holder, in its hand and its own queue; then the parked; then those
// in the factory's queue.

// The jobs of the job's key. Whoever asks has to know where they are.
KeyUse *Engine::useOf(const AbstractJob &job)
{
    KeyUse *use = m_keys.find(job.keyHash());
    if (use && use->queued > 0)
        claimKeys();
    return use;
}

// Where a job is to wait that the router has sent to `target`.
Engine::Destination Engine::destinationOf(const AbstractJob &job, WorkerSlot *target)
{
    if (!m_keepsKeyOrder || job.m_isPinned)
        return {target};
    KeyUse *use = useOf(job);
    if (!use)
        return {target};
    if (use->queued > 0 || !target) // whoever takes it from the queue will look
        return {nullptr, false, use};
    const bool isParked = !use->parked.isEmpty() || (use->holder != target && use->held() > 0);
    return {target, isParked, use};
}

void Engine::place(AbstractJob &job, const Destination &destination, Section &section)
{
    job.m_key = destination.key; // need not be looked up again
    if (destination.isParked)
        park(job, destination.slot, section);
    else
        enqueue(job, destination.slot, End::Back, section);
}

// Lets a job wait until the holder of its key is done. nullptr: then it goes to the factory's queue.
void Engine::park(AbstractJob &job, WorkerSlot *slot, Section &section)
{
    prepareKey(job);
    if (job.expiry())
        m_due.makeRoom();
    KeyUse &use = *job.m_key;
    if (job.m_order == 0)
        job.m_order = ++m_order;
    job.m_slot = slot;
    job.m_place = AbstractJob::Place::Parked;
    use.parked.append(job);
    use.isAwaited = true;
    ++m_parked;
    if (slot) {
        ++slot->parkedSize;
        noteLoadBeyondLimit(*slot);
        noteLoad(*slot);
    }
    if (m_keepsShedList)
        m_shedable.add(job);
    awaitEnd(job, job.expiry(), section);
}

void Engine::leaveParked(AbstractJob &job)
{
    job.m_key->parked.remove(job);
    --m_parked;
    if (job.m_slot) {
        --job.m_slot->parkedSize;
        noteLoad(*job.m_slot);
    }
}

void Engine::prepareKey(AbstractJob &job)
{
    if (m_keepsKeyOrder && !job.m_isPinned && !job.m_key)
        job.m_key = &m_keys.findOrAdd(job.keyHash());
}

// The job joins those of its key that wait in a queue.
void Engine::countKey(AbstractJob &job, WorkerSlot *slot)
{
    if (!job.m_key)
        return;
    KeyUse &use = *job.m_key;
    if (slot) {
        Q_ASSERT(use.held() == 0 || use.holder == slot);
        use.holder = slot;
        ++use.given;
    } else {
        ++use.queued;
        if (!use.isAwaited) // the line may be with a worker
            use.isAwaited = true;
    }
    noteRunnable(use);
}

void Engine::noteRunnable(KeyUse &use)
{
    const bool isRunnable = use.queued > 0 && use.held() == 0;
    if (isRunnable != std::exchange(use.isRunnable, isRunnable))
        m_runnableKeys += isRunnable ? 1 : -1;
}

void Engine::uncountKey(AbstractJob &job, Standing standing)
{
    if (!job.m_key)
        return;
    KeyUse &use = *job.m_key;
    if (standing == Standing::WithHolder) {
        Q_ASSERT(use.held() > 0);
        ++use.done;
        if (!use.isAwaited)
            return;
    } else {
        --use.queued;
    }
    noteRunnable(use);
}

// The job is no longer one of its key: it has been done, or has ended otherwise.
void Engine::releaseKey(AbstractJob &job, Section &section)
{
    KeyUse *use = std::exchange(job.m_key, nullptr);
    if (!use || !use->isAwaited || use->held() > 0)
        return;
    if (!use->parked.isEmpty())
        unpark(*use, section);
    else if (use->queued == 0)
        use->isAwaited = false;
}

void Engine::unpark(KeyUse &use, Section &section)
{
    while (AbstractJob *job = use.parked.first()) {
        WorkerSlot *target = job->m_slot && use.queued == 0 ? route(*job, section) : nullptr;
        if (!target && use.held() == 0) { // to the queue, and so do those that must not overtake it
            JobList jobs;
            while ((job = use.parked.first())) {
                leaveParked(*job);
                forgetWaiting(*job);
                jobs.append(*job);
            }
            enqueueFirst(jobs, section);
            break;
        }
        if (!target || (use.held() > 0 && use.holder != target))
            break;
        leaveParked(*job);
        forgetWaiting(*job);
        insist([&] { enqueue(*job, target, End::Back, section); });
    }
    callNext(section);
}

// True if the keys of so many jobs are not claimed as they are taken from the factory's queue: if those are all
// that there are, none can be in the way of another. They count as waiting in the queue as before,
// until somebody asks for one of them, and mostly until they are done: it takes as long as all the rest to
// bring their keys into the cache, and everybody else waits for that.
bool Engine::postponeClaims(int count)
{
    if (count != m_queued || m_ownQueued > 0 || m_engagedCount > 0 || count < FewestClaimedLater)
        return false;
    if (m_promptClaims == 0)
        return true;
    --m_promptClaims;
    return false;
}

// All of them come into the cache at the same time.
void Engine::prefetchKeys(std::span<AbstractJob *const> jobs)
{
    for (const AbstractJob *job : jobs)
        prefetch(&job->m_key);
    for (const AbstractJob *job : jobs) {
        if (job->m_key)
            prefetchForWriting(job->m_key, sizeof(KeyUse));
    }
}

// Somebody wants to know who has the keys of the jobs that were taken last.
void Engine::claimKeys()
{
    const Incarnation *incarnation = std::exchange(m_unclaimed, nullptr);
    if (!incarnation)
        return;
    m_unclaimedKeys = 0;
    m_latestPromptClaims = std::min(2 * m_latestPromptClaims + 1, MostPromptClaims);
    m_promptClaims = m_latestPromptClaims;
    const std::span<AbstractJob *const> jobs = incarnation->hand.dealtJobs();
    prefetchKeys(jobs);
    for (const AbstractJob *job : jobs) {
        if (!job->m_key)
            continue;
        KeyUse &use = *job->m_key;
        Q_ASSERT(use.held() == 0 || use.holder == incarnation->slot);
        --use.queued;
        use.holder = incarnation->slot;
        ++use.given;
        noteRunnable(use);
    }
}

// And now it does not matter any more: they are done.
void Engine::releaseUnclaimed(std::span<AbstractJob *const> done)
{
    m_unclaimed = nullptr;
    m_unclaimedKeys = 0;
    m_latestPromptClaims /= 2;
    for (const AbstractJob *job : done) {
        if (job->m_key)
            prefetchForWriting(job->m_key, sizeof(KeyUse) / 2);
    }
    for (AbstractJob *job : done) {
        if (KeyUse *use = std::exchange(job->m_key, nullptr)) {
            --use->queued;
            noteRunnable(*use);
        }
    }
}

// A job that this worker has taken from the factory's queue. False if it has to go elsewhere because
// another one is busy with its key, and has gone there.
bool Engine::claimKey(AbstractJob &job, WorkerSlot &slot, Section &section)
{
    KeyUse &use = *job.m_key;
    --use.queued;
    // It must not overtake others of its key in the worker's own queue.
    const bool isNext = use.held() == 0 || (use.holder == &slot && slot.ownSize == 0);
    if (use.parked.isEmpty() && isNext) {
        use.holder = &slot;
        ++use.given;
        noteRunnable(use);
        return true;
    }
    forgetWaiting(job);
    if (use.parked.isEmpty() && !use.holder->leaving)
        insist([&] { enqueue(job, use.holder, End::Back, section); });
    else
        insist([&] { park(job, nullptr, section); });
    return false;
}

} // namespace Millwright
