// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../types.h"

#include <QtCore/qstring.h>

#include <chrono>
#include <optional>

namespace Millwright {

//! Whether a job that has failed is tried again.
//!
//! A retried job is the same job with a higher `Job::attempt()`; it keeps its future, its label and
//! its time to live. A job whose message was taken out by `Job::takeMessage()` is not retried, since
//! nothing is left to try it with.
struct RetryPolicy
{
    //! How often the job may run in all. 1, the default, means never again.
    int maximumAttempts = 1;
    //! The wait before the second attempt. It grows by `backoffFactor` with every further one.
    std::chrono::nanoseconds backoff = std::chrono::nanoseconds::zero();
    double backoffFactor = 2.0;
    std::chrono::nanoseconds maximumBackoff = std::chrono::minutes(1);

    //! The wait before the attempt that follows attempt number `attempt` (1 for the first).
    [[nodiscard]] MILLWRIGHT_CORE_EXPORT std::chrono::nanoseconds backoffAfter(int attempt) const;

    bool operator==(const RetryPolicy &) const = default;
};

//! What can be said about one job when it is submitted. The defaults cost nothing.
struct JobOptions
{
    //! A job that has waited this long is discarded (`TtlExpired`) and never started. Zero, the
    //! default, means that it waits as long as it takes.
    std::chrono::nanoseconds timeToLive = std::chrono::nanoseconds::zero();
    //! Obeyed by queues that know priorities, such as `priorityQueue()`, and by load shedding. Left
    //! open, it is what `Factory::setPriorityManager()` says, or else `Normal`.
    std::optional<Priority> priority = {};
    //! A job that is not discardable is never shed by load; it may exceed the queue limit. Left open,
    //! it is what the priority manager says, or else true.
    std::optional<bool> discardable = {};
    RetryPolicy retry = {};
    //! Free text for people: shown in logs and dashboards beside the key.
    QString label = {};
};

} // namespace Millwright
