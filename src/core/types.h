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
    //! It is destroyed, and a fresh worker with the same id takes over; where that happens too often, after
    //! a pause (`RestartPolicy`). For workers that an exception may leave broken. The default.
    ReplaceWorker,
    //! It goes on with the next job. For workers whose jobs may fail, as where a file is missing.
    KeepWorker,
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

//! What is done about a worker that is stuck: see `DeadMansSwitch`.
enum class StuckAction : int {
    //! It is reported, nothing else.
    Log,
    //! Its job is called off: `Job::isCanceled()` turns true, the future that an asynchronous job
    //! waits for is canceled, and `QThread::isInterruptionRequested()` turns true on its thread. If the
    //! job heeds that within the grace period, its outcome is `Canceled`. A worker that does not give a sign
    //! of life by then is *condemned*: its job ends as `WorkerLost`, a fresh worker takes over its id and the
    //! jobs that wait for it, on a fresh thread unless the job is an asynchronous one that left the thread
    //! free; and whatever the old one still delivers is ignored. Should it come back some day, it
    //! is destroyed on its own thread, and the thread ends.
    Replace,
    //! As `Replace`, but the thread of a condemned worker that hangs in `process()` is stopped by
    //! `QThread::terminate()`. Unsafe: what the job has locked stays locked, what it has allocated is
    //! lost, the workers of the thread are never destroyed, and where the job hangs in a
    //! function that is `noexcept`, the process ends. On Unix the thread ends only in a system call
    //! that is a cancellation point, so not in an endless loop, and Qt warns of an exception in an
    //! event handler. Only for jobs in foreign code that can be stopped in no other way.
    Terminate,
};
Q_ENUM_NS(StuckAction)

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
    Stuck, //!< gives no sign of life: see `DeadMansSwitch`
};
Q_ENUM_NS(WorkerState)

//! Where a job is that has not ended.
enum class JobState : int {
    Waiting, //!< until a worker is free for it
    Running,
    BackingOff, //!< its last attempt has failed, and the next one is still to come
    RateLimited, //!< until the rate limit lets it in
};
Q_ENUM_NS(JobState)

//! The name of an enumerator, as it stands in the source.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QString nameOf(Outcome outcome);
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QString nameOf(DiscardReason reason);
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QString nameOf(FactoryState state);
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QString nameOf(WorkerState state);
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QString nameOf(JobState state);
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QString nameOf(Priority priority);

} // namespace Millwright

Q_DECLARE_OPERATORS_FOR_FLAGS(Millwright::RetryOutcomes)
