// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

namespace Millwright {

//! What one can do to a factory in a dashboard.
enum class DashboardAction : int {
    Pause = 0x1, //!< and resume
    Drain = 0x2,
    Stop = 0x4,
    SetWorkerCount = 0x8,
    SetQueueLimit = 0x10,
    InterruptWorkers = 0x20,
    ReplaceWorkers = 0x40,
    CancelJobs = 0x80,
    RetryDeadLetters = 0x100,
    DropDeadLetters = 0x200,

    None = 0,
    Irreversible = Drain | Stop | InterruptWorkers | ReplaceWorkers | CancelJobs | DropDeadLetters,
    All = Irreversible | Pause | SetWorkerCount | SetQueueLimit | RetryDeadLetters
};

} // namespace Millwright
