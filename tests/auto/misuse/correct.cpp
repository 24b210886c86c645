// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: nothing

#include <Millwright/Factory>

using namespace Millwright;

struct Doubler : Worker<int, int, int>
{
    int process(Job &job) override { return 2 * job.message(); }
};

Factory<Doubler> factory({.workerCount = 1});
