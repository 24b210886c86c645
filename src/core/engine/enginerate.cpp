// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/insist.h"
#include "engine/section.h"
#include "job/errors.h"
#include "logging.h"

namespace Millwright {

// --- Settings ---------------------------------------------------------------------------------

void Engine::changeRateLimit(const std::function<void(RateLimit &)> &change)
{
    if (isCalledByPolicy("setRateLimit"))
        return;
    std::unique_ptr<RateLimiter> old; // destroyed after the section: it may be the user's
    Section section(*this);
    const qint64 now = steadyNow();
    RateLimit limit = m_rateLimit;
    change(limit);
    if (m_bucket && limit.isLimited()) {
        m_bucket->change(limit, now);
    } else {
        old = std::move(m_limiter);
        m_bucket = nullptr;
        if (limit.isLimited()) {
            auto bucket = std::make_unique<TokenBucket>(limit, now);
            m_bucket = bucket.get();
            m_limiter = std::move(bucket);
        }
    }
    m_rateLimit = limit;
    admitDelayed(now, section);
    callNext(section);
    closeIfDrained(section);
}

void Engine::setRateLimiter(const RateLimiterBuilder &builder)
{
    if (isCalledByPolicy("setRateLimiter"))
        return;
    std::unique_ptr<RateLimiter> limiter = builder ? builder() : nullptr;
    if (builder && !limiter) {
        qCWarning(lcMillwright,
                  "Factory \"%s\": its RateLimiterBuilder returned nullptr, so there is no limit. "
                  "Return a limiter, as customLimiter<YourLimiter>() does.",
                  qUtf8Printable(m_name));
    }
    Section section(*this);
    m_limiter.swap(limiter); // the old one is destroyed after the lock was released
    m_bucket = nullptr;
    m_rateLimit = {};
    admitDelayed(steadyNow(), section);
    callNext(section);
    closeIfDrained(section);
}

void Engine::setRateLimitMode(RateLimitMode mode)
{
    if (isCalledByPolicy("setRateLimitMode"))
        return;
    Section section(*this);
    m_rateLimitMode = mode;
}

RateLimit Engine::rateLimit() const
{
    return read([this] { return m_rateLimit; });
}

RateLimitMode Engine::rateLimitMode() const
{
    return read([this] { return m_rateLimitMode; });
}

// --- Jobs -------------------------------------------------------------------------------------

// The limiter comes before the router, so that a job that is over the limit costs no worker its
// turn. A job that is shed takes no token.
Refusal Engine::admitLimited(AbstractJob &job, WorkerSlot *target, Section &section)
{
    const qint64 now = steadyNow();
    admitDelayed(now, section); // the alarm may be late, and those who wait go first
    const qint64 next = nextToken(now, section);
    if (next <= now && m_awaitingToken == 0) {
        const Refusal refused = admitNow(job, target, section);
        if (!refused)
            takeToken(now, section);
        return refused;
    }
    if (m_rateLimitMode == RateLimitMode::Reject || next == Never)
        return DiscardReason::RateLimited;
    job.m_slot = target;
    return awaitToken(job, next, section);
}

// A delayed job counts as waiting in the factory's queue, but is the last in line there: where there
// are too many, one of the delayed is shed, for the others have their tokens.
Refusal Engine::awaitToken(AbstractJob &job, qint64 next, Section &section)
{
    const bool full = m_limit >= 0 && isWaitingAtLeast(totalLimit());
    if (full && mayNotEnter(job, nullptr))
        return turnAway(job, job.m_slot, false, section);

    if (!m_tokenQueue)
        m_tokenQueue = m_queueBuilder();
    if (job.expiry())
        m_due.makeRoom();
    job.m_place = AbstractJob::Place::TokenQueue;
    job.m_order = ++m_order;
    m_tokenQueue->push(job);
    ++m_delayed;
    ++m_awaitingToken;
    awaitEnd(job, job.expiry(), section);
    if (full && m_mode == DiscardMode::Oldest) {
        if (AbstractJob *victim = m_tokenQueue->victim()) {
            removeWaiting(*victim, section);
            if (victim == &job)
                return turnAway(job, job.m_slot, false, section);
            shed(*victim, false, section);
        }
    }
    m_tokenAt = next;
    alarmBy(m_tokenAt, section);
    return {};
}

// Delayed jobs for which there are tokens now go on to the router.
void Engine::admitDelayed(qint64 now, Section &section)
{
    constexpr int MostAtOnce = 1024; // some 100 µs under the lock

    m_tokenAt = Never;
    for (int admitted = 0; m_awaitingToken > 0; ++admitted) {
        const qint64 next = nextToken(now, section);
        if (next == Never) {
            discardDelayed(DiscardReason::RateLimited, section);
            return;
        }
        if (next > now || admitted == MostAtOnce) {
            m_tokenAt = next;
            alarmBy(m_tokenAt, section);
            return;
        }
        m_tokenQueue->m_now = now;
        AbstractJob *job = m_tokenQueue->pop();
        leaveQueue(*job, section);
        takeToken(now, section);
        insist([&] { place(*job, destinationOf(*job, targetOf(*job, section)), section); });
        callNext(section);
    }
}

void Engine::discardDelayed(DiscardReason reason, Section &section)
{
    while (m_awaitingToken > 0) {
        AbstractJob *job = m_tokenQueue->pop();
        leaveQueue(*job, section);
        section.discard(*job, reason);
    }
}

// Without taking a token.
Engine::Outlook Engine::outlook(Section &section)
{
    if (!m_limiter && m_awaitingToken == 0)
        return {Admission::Open, Never};
    const qint64 now = steadyNow();
    const qint64 next = nextToken(now, section);
    if (next <= now && m_awaitingToken == 0)
        return {Admission::Open, Never};
    const bool isClosed = m_rateLimitMode == RateLimitMode::Reject || next == Never;
    return {isClosed ? Admission::Closed : Admission::Delayed, next};
}

void Engine::onTokenDue()
{
    Section section(*this);
    admitDelayed(steadyNow(), section);
    callNext(section);
    closeIfDrained(section);
}

qint64 Engine::nextToken(qint64 now, Section &section)
{
    if (!m_limiter)
        return now;
    try {
        return m_limiter->nextAvailable(now);
    } catch (...) {
        sayLimiterThrew(section);
        return now;
    }
}

void Engine::takeToken(qint64 now, Section &section)
{
    if (!m_limiter)
        return;
    try {
        m_limiter->acquire(now);
    } catch (...) {
        sayLimiterThrew(section);
    }
}

void Engine::sayLimiterThrew(Section &section)
{
    section.say(QtCriticalMsg,
                QStringLiteral("The rate limiter of factory \"%1\" threw \"%2\"; the job goes "
                               "ahead. Rate limiters must not throw.")
                    .arg(m_name, errorText(std::current_exception())));
}

} // namespace Millwright
