// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/insist.h"
#include "engine/section.h"
#include "job/errors.h"
#include "logging.h"

#include <algorithm>

namespace Millwright {

// --- Trying again -----------------------------------------------------------------------------

void Engine::changeRetryPolicy(const std::function<void(RetryPolicy &)> &change)
{
    if (isCalledByPolicy("setRetryPolicy"))
        return;
    Section section(*this);
    change(m_retryPolicy);
    m_keepsSpares.store(m_retryPolicy.on.testFlag(RetryOn::WorkerLost), std::memory_order_relaxed);
}

RetryPolicy Engine::retryPolicy() const
{
    return read([this] { return m_retryPolicy; });
}

const RetryPolicy &Engine::policyOf(const AbstractJob &job) const
{
    return job.m_extras && job.m_extras->retry ? *job.m_extras->retry : m_retryPolicy;
}

// Lets a job whose attempt has failed wait for the next one, if it has one. It is in no queue and no
// hand.
bool Engine::retry(AbstractJob &job, RetryOn outcome, qint64 now, Section &section)
{
    constexpr quint16 LastNumber = std::numeric_limits<quint16>::max();

    const RetryPolicy &policy = policyOf(job);
    if (m_discarding || job.m_messageTaken || !policy.on.testFlag(outcome)
        || job.m_attempt >= policy.maximumAttempts) {
        return false;
    }
    const double chance = double(m_random()) / double(std::minstd_rand::max());
    std::chrono::nanoseconds backoff = policy.backoffAfter(job.m_attempt, chance);
    if (outcome == RetryOn::Loadshed)
        backoff = std::max<std::chrono::nanoseconds>(backoff, RetryPolicy::ShortestShedBackoff);
    const qint64 next = now < Never - backoff.count() ? now + backoff.count() : Never - 1;
    if (job.isExpired(next)) // by then
        return false;

    insist([&] {
        job.extras().awaitsRoom = outcome == RetryOn::Loadshed;
        m_due.makeRoom();
    });
    job.m_attempt = std::min(job.m_attempt, quint16(LastNumber - 1)) + 1;
    job.m_order = 0; // so far
    job.m_routed = job.m_started = 0;
    ++m_counters.retried;
    if (backoff.count() > 0)
        delay(job, next, section);
    else
        insist([&] { place(job, destinationOf(job, targetOf(job, section)), section); });
    callNext(section);
    return true;
}

// --- No room ----------------------------------------------------------------------------------

// There is no room for this job, which `isAdmitted` by the rate limit. Refused it is the caller's;
// otherwise it waits for its next attempt, and takes up no room meanwhile. Where it throws, nothing has
// happened.
Refusal Engine::turnAway(AbstractJob &job, WorkerSlot *target, bool isAdmitted, Section &section)
{
    const RetryPolicy &policy = policyOf(job);
    if (!policy.on.testFlag(RetryOn::Loadshed) || m_patient)
        return DiscardReason::Loadshed;
    section.makeRoomForRetried();
    m_due.makeRoom();
    const qint64 now = std::max(m_clock->now(), job.m_submitted);
    const JobRun run{.attempt = job.m_attempt, .submitted = job.m_submitted, .finished = now};
    if (job.m_isPinned)
        job.m_slot = target;
    AbstractJob::Extras &extras = job.extras();
    extras.isAdmitted = isAdmitted;
    extras.isExhausted = !retry(job, RetryOn::Loadshed, now, section);
    if (extras.isExhausted)
        return DiscardReason::Loadshed;
    section.retried(job, run, std::make_exception_ptr(JobDiscarded(DiscardReason::Loadshed)));
    return {};
}

// A job has made room for another one.
void Engine::shed(AbstractJob &job, bool isAdmitted, Section &section)
{
    Refusal reason;
    insist([&] { reason = turnAway(job, job.m_slot, isAdmitted, section); });
    if (reason)
        section.discard(job, *reason);
}

// The backoff of a job that found no room is over. It stands in line for a token only if it did not
// have one.
void Engine::reenter(AbstractJob &job, Section &section)
{
    WorkerSlot *target = job.m_isPinned ? targetOf(job, section) : nullptr;
    const bool asksLimiter = !job.m_extras->isAdmitted && (m_limiter || m_awaitingToken > 0);
    const Refusal refused = asksLimiter ? admitLimited(job, target, section)
                                        : admitNow(job, target, section);
    if (refused)
        section.discard(job, *refused);
}

// --- Lost workers -----------------------------------------------------------------------------

// Worker's thread, no lock: the job is about to run. If its worker is lost, so is this job with its
// message, and a copy goes on in its place.
void Engine::keepSpare(Incarnation &incarnation, AbstractJob &job)
{
    const bool isWanted = job.m_extras && job.m_extras->retry
                              ? job.m_extras->retry->on.testFlag(RetryOn::WorkerLost)
                              : m_keepsSpares.load(std::memory_order_relaxed);
    if (!isWanted || job.m_messageTaken)
        return;
    AbstractJob::Pointer spare;
    QString why = QStringLiteral("its message can only be moved");
    try {
        spare = job.makeSpare();
    } catch (...) {
        why = QStringLiteral("copying it threw \"%1\"").arg(errorText(std::current_exception()));
    }
    if (!spare) {
        if (!m_saidNoSpare.exchange(true)) {
            qCWarning(
                lcMillwright,
                "Factory \"%s\": the retry policy of job \"%s\" asks for another attempt when "
                "its worker is lost, but there will be none: %s. Wrap the message in a "
                "std::shared_ptr.",
                qUtf8Printable(m_name), qUtf8Printable(keyTextOf(job)), qUtf8Printable(why));
        }
        return;
    }
    AbstractJob::Extras &extras = spare->extras();
    extras.expiry = job.expiry();
    if (job.m_extras)
        extras.isAdmitted = job.m_extras->isAdmitted;
    spare->m_attempt = job.m_attempt;
    spare->m_submitted = job.m_submitted;
    spare->m_routed = job.m_routed;
    spare->m_started = job.m_started;
    spare->m_slot = job.m_slot;
    spare->m_isPinned = job.m_isPinned;
    incarnation.spare.store(spare.release(), std::memory_order_release);
}

void Engine::endLost(Incarnation &incarnation, AbstractJob &job, const QString &key, qint64 now,
                     Section &section)
{
    incarnation.report.abandon();
    if (isTraced())
        traceLost(incarnation, job, key, now);
    const auto error = std::make_exception_ptr(WorkerLost());
    const QString text = errorText(error);
    AbstractJob::Pointer spare = incarnation.takeSpare();
    const bool isCanceled = incarnation.canceled == job.order()
                            || (job.m_promised && job.promiseLink()->isCancelRequested());
    if (spare && !isCanceled) {
        const JobRun run{incarnation.id,  spare->m_attempt, spare->m_submitted,
                         spare->m_routed, spare->m_started, std::max(now, spare->m_started)};
        spare->m_routed = spare->m_started = 0;
        if (retry(*spare, RetryOn::WorkerLost, now, section)) {
            spare->takeOver(job);
            log(FactoryEvent::JobRetried, incarnation.id, key, text, now);
            section.retried(*spare.release(), run, error);
            section.drop(AbstractJob::Pointer(&job));
            return;
        }
    }
    log(FactoryEvent::JobLost, incarnation.id, key, text, now);
    bury(letterOf(job, key, Outcome::WorkerLost, text, incarnation.id, now), std::move(spare),
         section);
    section.lose(job, incarnation.id);
}

} // namespace Millwright
