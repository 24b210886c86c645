// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../types.h"

#include <QtCore/qstringlist.h>

#include <chrono>

namespace Millwright {

//! Whether a job is tried again when an attempt at it has failed, and when.
//! \code
//! factory.submit(url, {}, {.retry = RetryPolicy{.maximumAttempts = 4, .backoff = 200ms}});
//! \endcode
//!
//! A retried job is the same job with a higher `Job::attempt()`; it keeps its future, its label and
//! its time to live, stands in line anew, and takes no token of a rate limit again. While it waits for
//! its next attempt it counts as waiting, but not towards the queue limit. A job whose message was
//! taken out by `Job::takeMessage()` is not retried, since nothing is left to try it with; nor is one
//! whose future was canceled or whose time to live would be over before its next attempt, or any once the
//! factory stops. What has failed for good is found among the `FactoryBase::deadLetters()`.
struct RetryPolicy
{
    //! How often the job may be tried in all. 1, the default: never again; above 65,535: for ever.
    int maximumAttempts = 1;
    //! The wait before the second attempt. It grows by `backoffFactor` with every further one. After
    //! a `RetryOn::Loadshed` it is never shorter than `ShortestShedBackoff`.
    std::chrono::nanoseconds backoff = std::chrono::nanoseconds::zero();
    double backoffFactor = 2.0;
    std::chrono::nanoseconds maximumBackoff = std::chrono::minutes(1);
    //! 0 to 1: each wait is made shorter by a random part of it, up to this share, so that jobs that
    //! have failed together are not all tried again together. None by default.
    double jitter = 0;
    //! After which failures. The default is exceptions alone.
    //!
    //! With `Loadshed`, a job that would be refused or shed for the queue limit waits and tries to enter
    //! again: `dispatch()` says that it was accepted. How many jobs wait like that is not
    //! limited but by the attempts that they have. The last attempt ends as `Discarded` (`Loadshed`).
    //!
    //! With `WorkerLost`, a job may do its work twice: the worker that was given up may still be at
    //! it. It keeps the message meanwhile, so before each attempt a copy is made for the next one, on
    //! the worker's thread. Jobs whose message can only be moved are not retried after
    //! that; the factory warns once.
    RetryOutcomes on = RetryOn::Failed;

    static constexpr std::chrono::milliseconds ShortestShedBackoff{1};

    //! The wait before the attempt that follows attempt number `attempt` (1 for the first). `chance`,
    //! 0 to 1, is how much of the jitter is used.
    [[nodiscard]] MILLWRIGHT_CORE_EXPORT std::chrono::nanoseconds backoffAfter(
        int attempt, double chance = 0) const;
    //! The nearest policy that makes sense, and what was wrong with this one.
    [[nodiscard]] MILLWRIGHT_CORE_EXPORT RetryPolicy corrected(QStringList *complaints) const;

    bool operator==(const RetryPolicy &) const = default;
};

} // namespace Millwright
