// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "simulation.h"

namespace Simulation {

//! Tests of the engine in virtual time, as data: each row is a list of operations and the log of what
//! must happen.
//!
//! Operations, separated by spaces:
//!   a:5          submit job "a", which takes 5 ms; without a number it takes no time, "a:*" hangs
//!     a:5!2        its first 2 attempts throw        a:5~10      time to live 10 ms
//!     a:5^H        priority: ^X ^H ^I ^N ^B          a:5=        not discardable
//!     a:5&3        at most 3 attempts                a:5&3/10    with a backoff of 10 ms
//!     a:5&3wl      after a WorkerLost and a Loadshed; f: after a Failed, the default
//!     a:5*1        its first attempt hangs
//!     a:5.         nobody holds its future
//!     a:5%         asynchronous                  a:5%%       and cancels itself in the end
//!     a:*@         ends when it is called off
//!   +10          let 10 ms pass
//!   beat=a       "a" gives a sign of life
//!   end=a        "a" comes back, however long it was to last
//!   hangbuilds=1, hangends=1    the next worker hangs as it is built, as it ends; endhangs
//!   deaf=0       an event handler hangs on the first thread; endhangs
//!   timeout=100, cap=1, log, replace: of the dead man's switch
//!   x a          cancel the future of "a" (one word: "xa")
//!   lose=0       worker 0 does not come back from what it runs
//!   policy&3/10  the retry policy of the factory, as of a job
//!   letters      log the dead letters: "[id:name*attempts outcome]", with " -" if not retriable
//!   letters=5, retry=1, drop=1     their limit; one of them by its id
//!   workers=2, limit=3, oldest, newest, keep
//!   failbuilds=1 lets the next start throw, break=0 all starts of worker 0 until repair=0
//!   restarts=2   the maximum of the restart policy; without jitter, as always here
//!   start, drain, stop, giveup
//!   ?            log "[state waiting running free]"
//!   !            log the state of each worker; with a dead man's switch, "; n condemned", too
//!
//! Settings: the number of workers, threads=1, priority, a router: roundrobin, leastloaded,
//! keypersistent, sticky; and stuck=100/50, a dead man's switch with its timeout and its grace period.
//!
//! Log: "+0" worker 0 was built, "-0" destroyed, "a@0" worker 0 starts job a, "a done", "a failed",
//! "a canceled", "a lost", "a TtlExpired" and its like; "refused a"; "stuck a@0 100" after 100 ms.
void addOperationColumns();

//! One operation.
void perform(World &world, const QString &operation);

//! All operations of the current row of the test. Call it last.
void run();

} // namespace Simulation
