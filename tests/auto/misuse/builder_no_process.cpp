// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: workerBuilder<W>(arguments...): W is an abstract class. A worker must override Result process(Job &job)

#include <Millwright/Factory>

using namespace Millwright;

struct W : Worker<int, int, int>
{
    explicit W(int) {}
    int process(const Job &job) { return job.message(); }
};

Factory<W> factory({.workerCount = 1}, workerBuilder<W>(1));
