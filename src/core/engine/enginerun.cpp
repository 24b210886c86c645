// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/section.h"
#include "job/failure.h"
#include "logging.h"
#include "statistics/telllayer.h"

#include <QtCore/qscopeguard.h>

namespace Millwright {

namespace {

// Runs a job during which the thread may be terminated.
void runTerminable(Incarnation &incarnation, AbstractJob &job, void (AbstractJob::*run)(QObject *))
{
    incarnation.station.setTerminable(true);
    const auto restore = qScopeGuard([&] { incarnation.station.setTerminable(false); });
    (job.*run)(incarnation.worker.get());
}

} // namespace

// --- One job ----------------------------------------------------------------------------------

AbstractJob *Engine::begin(Incarnation &incarnation)
{
    for (;;) {
        // Before the job counts as running, so that nobody takes the time of another one for its.
        incarnation.startedAt.store(incarnation.now, std::memory_order_relaxed);
        AbstractJob *job = incarnation.hand.claim();
        if (!job)
            return nullptr;
        if ((job->m_extras || job->m_promised) && !mayStart(incarnation, *job))
            continue;
        // Clocks of two threads may differ a little, but nothing happens to a job before it was submitted.
        job->m_routed = std::max(incarnation.takenAt, job->m_submitted);
        incarnation.now = std::max(incarnation.now, job->m_routed);
        job->m_started = incarnation.now;
        job->m_report = &incarnation.report;
        job->m_place = AbstractJob::Place::Running;
        if (job->m_extras || m_keepsSpares.load(std::memory_order_relaxed))
            keepSpare(incarnation, *job);
        return job;
    }
}

// A claimed job that may have had enough of waiting. False if it has ended.
Q_NEVER_INLINE bool Engine::mayStart(Incarnation &incarnation, AbstractJob &job)
{
    if (job.expiry() != 0) // what came before it on this thread may have taken long
        incarnation.now = m_clock->now();
    if (job.isExpired(incarnation.now)) {
        endUnrun(incarnation, job, Outcome::Discarded);
        return false;
    }
    if (job.m_promised && job.promiseLink()->isCancelRequested()) {
        endUnrun(incarnation, job, Outcome::Canceled);
        return false;
    }
    return true;
}

std::unique_ptr<Failure> Engine::execute(Incarnation &incarnation, AbstractJob &job)
{
    return attempt([&] {
        if (incarnation.terminable)
            runTerminable(incarnation, job, &AbstractJob::run);
        else
            job.run(incarnation.worker.get());
    });
}

void Engine::finish(Incarnation &incarnation, AbstractJob &job, const Failure *failure)
{
    incarnation.now = std::max(incarnation.now, m_clock->now());
    const Hand::Count count = incarnation.hand.count();
    if (failure || count.isCalledOff() || job.m_promised || isTraced()) {
        if (!isCompleted(incarnation, job, failure))
            return;
    }
    // The statistics first, then the counters, then the future: who has seen the later ones finds
    // the job in the earlier ones, too.
    if (!count.isSeized())
        incarnation.statistics->record(job.m_submitted, job.m_started, incarnation.now);
    if (!incarnation.hand.complete()) { // called off or given up meanwhile
        endUnrun(incarnation, job, Outcome::Canceled);
        return;
    }
    if (hasLayer())
        tellCompleted(incarnation, job);
    if (job.m_promised)
        job.deliver();
}

// What process() has come back from. False if that was the end of it in another way.
Q_NEVER_INLINE bool Engine::isCompleted(Incarnation &incarnation, AbstractJob &job,
                                        const Failure *failure)
{
    const bool isCanceled = incarnation.hand.count().isCalledOff()
                            || (job.m_promised && job.promiseLink()->isCancelRequested());
    const Outcome outcome = isCanceled ? Outcome::Canceled
                            : failure  ? Outcome::Failed
                                       : Outcome::Completed;
    if (isTraced())
        trace(incarnation, job, outcome);
    if (failure)
        endFailed(incarnation, job, *failure);
    else if (isCanceled)
        endUnrun(incarnation, job, outcome);
    return outcome == Outcome::Completed;
}

Q_NEVER_INLINE void Engine::tellCompleted(Incarnation &incarnation, const AbstractJob &job)
{
    tellLayer(layerOf(incarnation), &StatisticsLayer::jobCompleted, job, runOf(incarnation, job));
}

// Lock held. The running job ends in another way than by completing; false if it was given up.
bool Engine::settle(Incarnation &incarnation, Section &section)
{
    if (m_unclaimed == &incarnation)
        claimKeys();
    account(incarnation);
    const int index = incarnation.hand.count().settled();
    AbstractJob *job = incarnation.hand.at(index);
    if (!incarnation.hand.settle())
        return false;
    ++incarnation.accounted;
    incarnation.hand.forget(index);
    uncountKey(*job, Standing::WithHolder);
    releaseKey(*job, section);
    return true;
}

// Ends a claimed job that completes nothing. Who has seized it is through with it once the lock is free.
Q_NEVER_INLINE void Engine::endUnrun(Incarnation &incarnation, AbstractJob &job, Outcome outcome)
{
    Section section(*this);
    const bool isCanceled = outcome == Outcome::Canceled || incarnation.hand.count().isCalledOff();
    if (!incarnation.slot || !settle(incarnation, section))
        section.release(job);
    else if (isCanceled)
        section.cancel(job);
    else
        section.discard(job, DiscardReason::TtlExpired);
}

// Workers pause because jobs fail, which may be nobody's fault: files are missing, servers do not answer.
Q_NEVER_INLINE void Engine::adviseToKeep(Section &section)
{
    if (std::exchange(m_hasAdvised, true))
        return;
    section.say(QtInfoMsg,
                QStringLiteral(
                    "Factory \"%1\": a worker whose job fails is replaced, and pauses where that "
                    "is too often. If failed jobs say nothing about their workers, keep them: "
                    "set onFailure to OnFailure::KeepWorker (in QML failureAction to "
                    "Factory.KeepWorker).")
                    .arg(m_name));
}

Q_NEVER_INLINE void Engine::endFailed(Incarnation &incarnation, AbstractJob &job,
                                      const Failure &failure)
{
    const QString key = keyTextOf(job);
    const auto &[error, text] = failure;
    const JobRun run = runOf(incarnation, job);
    bool given = false; // to somebody else
    bool retried = false;
    {
        Section section(*this);
        if (!incarnation.slot || !settle(incarnation, section)) {
            section.release(job);
            return;
        }
        WorkerSlot &slot = *incarnation.slot;
        if (m_onFailure == OnFailure::ReplaceWorker) {
            TakenBack jobs;
            takeBack(incarnation, jobs);
            putBack(jobs, section);
            replaceWorker(slot, text, incarnation.now, section);
            if (slot.history->startAt > incarnation.now)
                adviseToKeep(section);
        }
        if (incarnation.hand.count().isCalledOff()
            || (job.m_promised && job.promiseLink()->isCancelRequested())) {
            section.cancel(job);
            given = true;
        } else {
            job.ref(); // its next attempt may end before the layer is told of this one
            retried = retry(job, RetryOn::Failed, incarnation.now, section);
            given = retried;
            if (!retried) {
                ++m_counters.failed;
                ++slot.failed;
                bury(letterOf(job, key, Outcome::Failed, text, slot.id, incarnation.now),
                     AbstractJob::Pointer(&job), section);
            }
            log(retried ? FactoryEvent::JobRetried : FactoryEvent::JobFailed, slot.id, key, text,
                incarnation.now);
        }
    }
    StatisticsLayer *layer = layerOf(incarnation);
    if (retried) {
        tellLayer(layer, &StatisticsLayer::jobRetried, job, run, error);
        job.unref();
    }
    if (!given) {
        qCDebug(lcJobs, "Factory \"%s\": job \"%s\" failed: %s", qUtf8Printable(m_name),
                qUtf8Printable(key), qUtf8Printable(text));
        tellLayer(layer, &StatisticsLayer::jobFailed, job, run, error);
        job.reject(error);
        job.unref();
    }
}

} // namespace Millwright
