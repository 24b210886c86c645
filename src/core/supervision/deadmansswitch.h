// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../types.h"

#include <chrono>

namespace Millwright {

//! What a factory does about workers that hang. Off by default: only you know how long a job may take
//! without a sign of life.
//!
//! A worker is *stuck* when its job has neither ended nor given a sign of life for `timeout`; signs of
//! life are `heartbeat()`, `setProgress()` and `setProgressRange()` of the job. So is a worker that does
//! not come out of its constructor, `starting()`, `stopping()`, its destructor, or what follows its job on
//! its thread (continuations of the future, handlers, the statistics layer), and one whose thread does not
//! come to what only it can do, since a slot, a timer or another event there does not end. An idle worker is
//! never stuck. It is reported once, by `FactoryBase::workerStuck()`, in the counters, to the statistics
//! layer, as a `FactoryEvent` and in a warning; after a sign of life it may get stuck, and be
//! reported, anew.
//!
//! The thread that watches the time looks, in a process whose GUI thread is blocked, too. It looks as long
//! as something runs, no more than 16 times in one timeout; a stuck worker is reported no sooner than after
//! the timeout, and in most cases at once, at the latest a quarter of it later, or when a handler or
//! continuation that the thread has called has returned.
struct DeadMansSwitch
{
    //! How long a worker may give no sign of life. 0, the default, switches off. Negative times are
    //! refused with a warning.
    std::chrono::milliseconds timeout{0};
    StuckAction action = StuckAction::Replace;
    //! How long a worker has to come back after its job was called off: see `StuckAction::Replace`.
    std::chrono::milliseconds gracePeriod = std::chrono::seconds(1);
    //! No more threads than this are left behind at a time. A worker that is stuck beyond stays
    //! so, and is replaced when one of them has come back. With 0 none is ever replaced.
    int maximumCondemned = 8;

    bool operator==(const DeadMansSwitch &) const = default;
};

} // namespace Millwright
