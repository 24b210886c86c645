// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <Millwright/Factory>

#include <atomic>

namespace Support {

//! The simplest of workers, and its type.
inline int echo(Millwright::Job<int, int> &job)
{
    return job.message();
}
using Plain = Millwright::FunctionWorker<int (*)(Millwright::Job<int, int> &)>;

//! Workers that count themselves.
struct Counted : Millwright::Worker<int, int, int>
{
    Counted() { ++alive; }
    ~Counted() override { --alive; }
    int process(Job &job) override { return job.message(); }
    static inline std::atomic<int> alive = 0;
};

} // namespace Support
