// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/section.h"
#include "engine/stucknews.h"

#include <algorithm>

namespace Millwright {

// --- The jobs there are -----------------------------------------------------------------------

//! With a reference of its own, for its key is asked for without the lock.
struct Engine::ListedJob
{
    AbstractJob::Pointer job;
    JobSnapshot seen;
};

// Lock held. Calls visit(job, state, worker), until it returns false, for what is in no hand.
template<typename Visit>
void Engine::forEachWaiting(const Visit &visit)
{
    const auto inQueue = [&](const Queue &queue, JobState state, int worker) {
        return queue.forEach([&](AbstractJob &job) { return visit(job, state, worker); });
    };
    if (m_queued > 0 && !inQueue(*m_queue, JobState::Waiting, -1))
        return;
    if (m_ownQueued > 0) {
        for (const auto &slot : m_slots) {
            if (slot->ownSize > 0 && !inQueue(*slot->ownQueue, JobState::Waiting, slot->id))
                return;
        }
    }
    bool goesOn = true;
    if (m_parked > 0) {
        m_keys.forEach([&](const KeyUse &use) {
            for (AbstractJob *job = use.parked.first(); job && goesOn; job = JobList::next(*job))
                goesOn = visit(*job, JobState::Waiting, job->m_slot ? job->m_slot->id : -1);
        });
    }
    if (!goesOn)
        return;
    if (m_awaitingToken > 0 && !inQueue(*m_tokenQueue, JobState::RateLimited, -1))
        return;
    if (backingOff() > 0) {
        for (AbstractJob *job : m_due.jobs()) {
            if (job->m_place == AbstractJob::Place::Delayed
                && !visit(*job, JobState::BackingOff, -1))
                return;
        }
    }
}

std::vector<Engine::ListedJob> Engine::list(qsizetype mostWaiting)
{
    mostWaiting = std::max<qsizetype>(0, mostWaiting);
    const qint64 now = m_clock->now();
    std::vector<ListedJob> listed;
    std::vector<std::pair<AbstractJob *, int>> inHands; // and with which worker
    read([&] {
        const auto add = [&](AbstractJob &job, JobState state, int worker) -> JobSnapshot & {
            job.ref();
            ListedJob &entry = listed.emplace_back(AbstractJob::Pointer(&job), JobSnapshot());
            JobSnapshot &seen = entry.seen;
            seen.id = job.m_order;
            seen.state = state;
            seen.worker = worker;
            seen.label = job.label();
            seen.priority = job.priority();
            seen.attempt = job.m_attempt;
            seen.age = std::chrono::nanoseconds(std::max<qint64>(0, now - job.m_submitted));
            if (job.expiry() != 0 && state != JobState::Running)
                seen.timeToLive = std::chrono::nanoseconds(std::max<qint64>(0, job.expiry() - now));
            if (state == JobState::BackingOff)
                seen.untilAttempt = std::chrono::nanoseconds(
                    std::max<qint64>(0, job.m_extras->due - now));
            return seen;
        };
        listed.reserve(std::size_t(m_engagedCount)
                       + std::size_t(std::min<qint64>(mostWaiting, exactGlance().waiting)));
        for (const auto &slot : m_slots) {
            const Incarnation *incarnation = slot->incarnation.get();
            if (!incarnation || !m_engaged.contains(*incarnation))
                continue;
            const Hand::Count count = incarnation->hand.count(); // once: none is missed, none twice
            if (count.running()) {
                AbstractJob &job = *incarnation->hand.at(count.settled());
                JobSnapshot &seen = add(job, JobState::Running, slot->id);
                const qint64 start = incarnation->startedAt.load(std::memory_order_relaxed);
                seen.elapsed = std::chrono::nanoseconds(std::max<qint64>(0, now - start));
                seen.progress = incarnation->report.progressOf(job.order());
                seen.stuck = isStuck(*slot);
            }
            for (int index = count.claimed(); index < count.end(); ++index)
                inHands.emplace_back(incarnation->hand.at(index), slot->id);
        }
        qsizetype room = mostWaiting;
        for (const auto &[job, worker] : inHands) {
            if (room-- <= 0)
                break;
            add(*job, JobState::Waiting, worker);
        }
        if (room > 0) {
            forEachWaiting([&](AbstractJob &job, JobState state, int worker) {
                add(job, state, worker);
                return --room > 0;
            });
        }
    });
    for (ListedJob &entry : listed)
        entry.seen.key = keyTextOf(*entry.job); // the user's code: not under the lock
    return listed;
}

QList<JobSnapshot> Engine::jobs(qsizetype mostWaiting)
{
    QList<JobSnapshot> jobs;
    for (ListedJob &entry : list(mostWaiting))
        jobs.append(std::move(entry.seen));
    return jobs;
}

// --- Canceling them ---------------------------------------------------------------------------

bool Engine::cancelJob(quint64 id)
{
    return cancelJobs(std::vector{id}) > 0;
}

int Engine::cancelJobs(const JobFilter &filter)
{
    std::vector<quint64> ids;
    for (const ListedJob &entry : list(std::numeric_limits<qsizetype>::max())) {
        if (filter(entry.seen))
            ids.push_back(entry.seen.id);
    }
    return cancelJobs(std::move(ids));
}

int Engine::cancelJobs(std::vector<quint64> ids)
{
    if (isCalledByPolicy("cancelJob") || ids.empty())
        return 0;
    std::sort(ids.begin(), ids.end());
    std::vector<AbstractJob *> found;
    found.reserve(ids.size());
    const auto isMeant = [&](const AbstractJob *job) {
        return job && std::binary_search(ids.begin(), ids.end(), job->order());
    };
    StuckNews news;
    int canceled = 0;
    {
        Section section(*this);
        if (isOver())
            return 0;
        TakenBack unstarted;
        std::vector<std::pair<Incarnation *, AbstractJob *>> running;
        for (Incarnation *i = m_engaged.first(), *next = nullptr; i; i = next) {
            next = m_engaged.next(*i);
            const Hand::Count count = i->hand.count();
            for (int index = count.settled(); index < count.end(); ++index) {
                if (isMeant(i->hand.at(index))) {
                    takeBack(*i, unstarted);
                    break;
                }
            }
            if (AbstractJob *job = i->hand.running(); isMeant(job))
                running.emplace_back(i, job); // which no other one of the hand can follow any more
        }
        putBack(unstarted, section);
        for (const auto &[incarnation, job] : running) {
            if (!callOff(*incarnation, job, news, section))
                continue;
            incarnation->canceled = job->order();
            ++canceled;
        }
        forEachWaiting([&](AbstractJob &job, JobState, int) {
            if (isMeant(&job))
                found.push_back(&job);
            return found.size() < ids.size();
        });
        for (AbstractJob *job : found) {
            removeWaiting(*job, section);
            section.cancel(*job);
        }
        closeIfDrained(section);
        callNext(section);
    }
    carryOut(news);
    return canceled + int(found.size());
}

// --- What workers do --------------------------------------------------------------------------

void Engine::beginTrace()
{
    if (m_tracers.fetch_add(1) == 0)
        m_trace.begin(m_clock->now());
}

void Engine::endTrace()
{
    int tracers = m_tracers.load();
    while (tracers > 0 && !m_tracers.compare_exchange_weak(tracers, tracers - 1)) {}
    if (tracers == 1)
        m_trace.clear();
}

QList<TraceSpan> Engine::trace(quint64 since) const
{
    QList<TraceSpan> spans = m_trace.since(since);
    const qint64 beginning = m_trace.beginning();
    read([&] {
        for (const auto &slot : m_slots) {
            if (!slot->incarnation)
                continue;
            const TraceSlice &slice = slot->incarnation->slice;
            const TraceSpan span{.worker = slot->id,
                                 .start = slice.start.load(std::memory_order_relaxed),
                                 .end = slice.end.load(std::memory_order_relaxed),
                                 .jobs = slice.jobs.load(std::memory_order_relaxed)};
            if (span.jobs > 0 && span.end >= span.start && span.end >= beginning)
                spans.append(span);
        }
    });
    return spans;
}

// On the worker's thread: the job has run, and has not been told of yet.
void Engine::trace(Incarnation &incarnation, const AbstractJob &job, Outcome outcome) noexcept
{
    if (incarnation.hand.count().isSeized()) // endLost() tells of it
        return;
    constexpr auto Relaxed = std::memory_order_relaxed;
    TraceSlice &slice = incarnation.slice;
    const qint64 start = job.m_started;
    const qint64 end = incarnation.now;
    const int jobs = slice.jobs.load(Relaxed);
    const bool isShort = outcome == Outcome::Completed && end - start < TraceLog::ShortJob;
    if (isShort && jobs > 0 && start - slice.end.load(Relaxed) < TraceLog::ShortJob
        && end - slice.start.load(Relaxed) < TraceLog::LongestSlice) {
        slice.end.store(end, Relaxed);
        slice.jobs.store(jobs + 1, Relaxed);
        return;
    }
    endSlice(incarnation);
    try {
        if (!isShort) {
            m_trace.add({.worker = incarnation.id,
                         .start = start,
                         .end = end,
                         .key = keyTextOf(job),
                         .label = job.label(),
                         .outcome = outcome});
        }
    } catch (const std::bad_alloc &) {
        // There is a gap.
    }
    if (isShort) {
        slice.start.store(start, Relaxed);
        slice.end.store(end, Relaxed);
        slice.jobs.store(1, Relaxed);
    }
}

// The worker does nothing any more.
void Engine::endSlice(Incarnation &incarnation) noexcept
{
    constexpr auto Relaxed = std::memory_order_relaxed;
    TraceSlice &slice = incarnation.slice;
    const int jobs = slice.jobs.exchange(0, Relaxed);
    if (jobs == 0 || m_tracers.load(Relaxed) == 0)
        return;
    try {
        m_trace.add({.worker = incarnation.id,
                     .start = slice.start.load(Relaxed),
                     .end = slice.end.load(Relaxed),
                     .jobs = jobs});
    } catch (const std::bad_alloc &) {
        // There is a gap.
    }
}

// Lock held.
void Engine::traceLost(const Incarnation &incarnation, const AbstractJob &job, const QString &key,
                       qint64 now) noexcept
{
    try {
        const qint64 start = incarnation.startedAt.load(std::memory_order_relaxed);
        m_trace.add({.worker = incarnation.id,
                     .start = start,
                     .end = std::max(start, now), // it may have been started since
                     .key = key,
                     .label = job.label(),
                     .outcome = Outcome::WorkerLost});
    } catch (const std::bad_alloc &) {
        // There is a gap.
    }
}

// Jobs may have to be shed from now on: those that wait already, too. Once in the life of a factory, and takes
// time in proportion to what waits.
void Engine::listForShedding()
{
    std::vector<AbstractJob *> jobs;
    forEachWaiting([&](AbstractJob &job, JobState state, int) {
        const bool isShared = job.m_place != AbstractJob::Place::Queue
                              || m_waitingPlace == WaitingPlace::Anywhere;
        if (state == JobState::Waiting && isShared)
            jobs.push_back(&job);
        return true;
    });
    const auto isBefore = [](const AbstractJob *a, const AbstractJob *b) {
        return a->m_order < b->m_order;
    };
    if (!std::is_sorted(jobs.begin(), jobs.end(), isBefore))
        std::sort(jobs.begin(), jobs.end(), isBefore);
    for (AbstractJob *job : jobs)
        m_shedable.add(*job);
}

} // namespace Millwright
