// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "routing/ratelimiter.h"

#include <algorithm>

namespace Millwright {

RateLimiter::RateLimiter() = default;

RateLimiter::~RateLimiter() = default;

TokenBucket::TokenBucket(const RateLimit &limit, qint64 now) : m_refilled(now)
{
    adopt(limit);
    m_tokens = limit.initial < 0 ? m_maximum : std::min(limit.initial, m_maximum);
}

void TokenBucket::adopt(const RateLimit &limit)
{
    m_refill = std::max<qint64>(0, limit.refill);
    m_interval = std::max<qint64>(1, limit.interval.count());
    m_maximum = limit.maximum < 0 ? m_refill : limit.maximum;
}

void TokenBucket::change(const RateLimit &limit, qint64 now)
{
    refill(now);
    adopt(limit);
    m_tokens = std::min(m_tokens, m_maximum);
    m_refilled = std::max(m_refilled, now - m_interval);
}

// No product here can overflow: what would is more than fits in.
void TokenBucket::refill(qint64 now)
{
    if (now - m_refilled < m_interval)
        return;
    const qint64 intervals = (now - m_refilled) / m_interval;
    m_refilled += intervals * m_interval;
    const qint64 room = m_maximum - m_tokens;
    const bool fills = m_refill > 0 && intervals > room / m_refill;
    m_tokens = fills ? m_maximum : m_tokens + intervals * m_refill;
}

qint64 TokenBucket::nextAvailable(qint64 now)
{
    refill(now);
    if (m_tokens > 0)
        return now;
    if (m_refill == 0 || m_maximum == 0 || m_interval >= Never - m_refilled)
        return Never;
    return m_refilled + m_interval;
}

void TokenBucket::acquire(qint64)
{
    --m_tokens;
}

} // namespace Millwright
