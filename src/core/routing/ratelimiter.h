// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../types.h"

#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <type_traits>

namespace Millwright {

//! How often jobs may be accepted: a bucket of tokens, of which each accepted job takes one.
//!
//! `refill` tokens come at the end of every `interval`, counted from the construction of the
//! factory, exactly: nothing is rounded, and intervals of a few nanoseconds are as good as others.
//! What does not fit into the bucket is lost.
//! \code
//! .rateLimit = {.refill = 1, .interval = 10ms}                // one job every 10 ms
//! .rateLimit = {.refill = 1, .interval = 10ms, .maximum = 50} // the same, after a pause up to 50
//! \endcode
struct RateLimit
{
    //! The number of tokens that come with each interval. 0: none comes, only the initial ones can
    //! be used. Negative numbers count as 0.
    qint64 refill = 1;
    //! Zero, the default (as any negative time), means that there is no limit.
    std::chrono::nanoseconds interval = std::chrono::nanoseconds::zero();
    //! How many tokens the bucket holds, which is how many jobs may come at once. Negative, the
    //! default: as many as `refill`. 0: no job is ever accepted.
    qint64 maximum = -1;
    //! How many tokens are in the bucket at first; no more than `maximum`. Negative, the default: it
    //! is full.
    qint64 initial = -1;

    [[nodiscard]] bool isLimited() const { return interval > std::chrono::nanoseconds::zero(); }

    bool operator==(const RateLimit &) const = default;
};

//! Decides when jobs may be accepted.
//!
//! Derive from it to write a limiter. The factory calls it one call at a time, under its lock, so a
//! limiter needs no lock of its own, must be quick, must not throw, and must not call the factory.
//! Times are those of the factory's clock: monotonic, in nanoseconds.
class MILLWRIGHT_CORE_EXPORT RateLimiter
{
public:
    //! A time that never comes.
    static constexpr qint64 Never = std::numeric_limits<qint64>::max();

    RateLimiter();
    virtual ~RateLimiter();

    //! When the next job may be accepted: `now` (or any time before) if at once, or a time to come,
    //! at which the factory asks again if jobs wait for it. `Never` refuses the job even where jobs
    //! would be delayed, and discards those that are.
    [[nodiscard]] virtual qint64 nextAvailable(qint64 now) = 0;
    //! A job was accepted, after `nextAvailable(now)` has said that it may be.
    virtual void acquire(qint64 now) = 0;

private:
    Q_DISABLE_COPY_MOVE(RateLimiter)
};

//! The limiter that a `RateLimit` describes.
class MILLWRIGHT_CORE_EXPORT TokenBucket final : public RateLimiter
{
public:
    TokenBucket(const RateLimit &limit, qint64 now);

    [[nodiscard]] qint64 nextAvailable(qint64 now) override;
    void acquire(qint64 now) override;

    //! The tokens that are there stay, as far as they fit in; of the time since the last ones came
    //! up to one new interval counts. `initial` means nothing here.
    void change(const RateLimit &limit, qint64 now);

private:
    void adopt(const RateLimit &limit);
    void refill(qint64 now);

    qint64 m_refill = 0;
    qint64 m_interval = 1;
    qint64 m_maximum = 0;
    qint64 m_tokens = 0;
    qint64 m_refilled; // the end of the last interval that is accounted for
};

//! Makes the limiter of a factory.
using RateLimiterBuilder = std::function<std::unique_ptr<RateLimiter>()>;

//! A `RateLimiterBuilder` for a limiter class of your own, with its constructor's arguments.
template<typename L, typename... Arguments>
[[nodiscard]] RateLimiterBuilder customLimiter(Arguments... arguments)
{
    static_assert(std::is_base_of_v<RateLimiter, L>,
                  "customLimiter<L>(): L must derive from Millwright::RateLimiter.");
    return [arguments...] { return std::make_unique<L>(arguments...); };
}

} // namespace Millwright
