// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: Result process(Job &job), exactly so: the job is a reference that is not const

#include <Millwright/Factory>

using namespace Millwright;

struct W : Worker<int, int, int>
{
    int process(const Job &job) { return job.message(); }
};

Factory<W> factory({.workerCount = 1});
