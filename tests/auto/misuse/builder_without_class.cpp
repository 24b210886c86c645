// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: To use a builder name the class of the workers: Factory<W>(settings, builder)

#include <Millwright/Factory>

using namespace Millwright;

struct W : Worker<int, int, int>
{
    explicit W(int) {}
    int process(Job &job) override { return job.message(); }
};

Factory factory({.workerCount = 1}, workerBuilder<W>(1));
