// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../supervision/retrypolicy.h"

#include <QtCore/qstring.h>

#include <chrono>
#include <optional>

namespace Millwright {

//! What can be said about one job when it is submitted. The defaults cost nothing.
struct JobOptions
{
    //! A job that has waited this long is discarded (`TtlExpired`) and never started. Zero, the
    //! default, means that it waits as long as it takes; less than that, as what is left of a time that is
    //! over, that it is refused.
    std::chrono::nanoseconds timeToLive = std::chrono::nanoseconds::zero();
    //! Obeyed by queues that know priorities, such as `priorityQueue()`, and by load shedding. Left
    //! open, it is what `Factory::setPriorityManager()` says, or else `Normal`.
    std::optional<Priority> priority = {};
    //! A job that is not discardable is never shed by load; it may exceed the queue limit. Left open,
    //! it is what the priority manager says, or else true.
    std::optional<bool> discardable = {};
    //! Whether and when the job is tried again. Left open, it is what `FactoryBase::retryPolicy()` says
    //! at the time when an attempt has failed.
    std::optional<RetryPolicy> retry = {};
    //! Free text for people: shown in logs and dashboards beside the key.
    QString label = {};
};

} // namespace Millwright
