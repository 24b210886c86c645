// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "millwright_global.h"

#include <QtCore/qflags.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qstring.h>

namespace Millwright {
Q_NAMESPACE_EXPORT(MILLWRIGHT_CORE_EXPORT)

//! How urgent a job is. Queues that know priorities serve `Highest` first and keep the order of
//! submission within a level. The default is `Normal`.
enum class Priority : int { Highest, High, Important, Normal, BestEffort };
Q_ENUM_NS(Priority)
inline constexpr int PriorityLevels = 5;

//! How a job ended. Every job given to a factory has exactly one.
enum class Outcome : int { Completed, Failed, Discarded, Canceled, WorkerLost };
Q_ENUM_NS(Outcome)

//! Why a job was discarded.
enum class DiscardReason : int {
    TtlExpired, //!< its time to live passed before a worker could start it
    Loadshed, //!< the queue limit was reached
    RateLimited, //!< the rate limit was reached
    Shutdown, //!< the factory is stopping, or has stopped
};
Q_ENUM_NS(DiscardReason)
inline constexpr int DiscardReasons = 4;

//! Which job is shed when the queue limit is reached.
enum class DiscardMode : int {
    Newest, //!< the job that has just been submitted is refused
    Oldest, //!< the oldest waiting job of the lowest priority makes room
};
Q_ENUM_NS(DiscardMode)

//! What becomes of a job that is over the rate limit.
enum class RateLimitMode : int {
    Reject, //!< it is discarded at once: `DiscardReason::RateLimited`
    Delay, //!< it waits until the limit allows it
};
Q_ENUM_NS(RateLimitMode)

//! What becomes of a worker when an exception leaves its `process()`.
enum class OnFailure : int {
    ReplaceWorker, //!< it is destroyed, and a fresh worker with the same id takes over
    KeepWorker, //!< it goes on with the next job
};
Q_ENUM_NS(OnFailure)

//! After which failures of an attempt a job is tried again.
enum class RetryOn : int {
    Failed = 1, //!< an exception has left `process()`
    WorkerLost = 2, //!< its worker was given up while it ran the job, which may have done its work
    Loadshed = 4, //!< there was no room for it: the queue limit was reached
};
Q_DECLARE_FLAGS(RetryOutcomes, RetryOn)
Q_FLAG_NS(RetryOutcomes)

//! The stages of a factory's life, in their order.
enum class FactoryState : int {
    Idle, //!< not started: accepted jobs wait
    Starting, //!< workers are being built: accepted jobs wait
    Running,
    Draining, //!< refuses new jobs, ends what it has
    Stopped, //!< all workers and threads are gone
    Failed, //!< could not start, see `FactoryBase::errorString()`; over like `Stopped`
};
Q_ENUM_NS(FactoryState)

//! What a worker is doing.
enum class WorkerState : int {
    Absent, //!< there is no worker with this id now
    Starting, //!< being built on its thread
    Idle,
    Busy, //!< has a running job, or jobs waiting for it alone
    Restarting, //!< failed, a fresh one is being built
    CrashLooping, //!< could not be started, or fails too often: waits, and is started again
    Stopping,
};
Q_ENUM_NS(WorkerState)

//! The name of an enumerator, as it stands in the source.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QString nameOf(Outcome outcome);
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QString nameOf(DiscardReason reason);
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QString nameOf(FactoryState state);
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QString nameOf(WorkerState state);

} // namespace Millwright

Q_DECLARE_OPERATORS_FOR_FLAGS(Millwright::RetryOutcomes)
