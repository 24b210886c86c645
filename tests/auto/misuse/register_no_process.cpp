// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: Factory<W> or registerWorker<W>(): W is an abstract class. A worker must override Result process(Job &job)

#include <Millwright/WorkerRegistry>

using namespace Millwright;

struct W : Worker<int, int, int>
{
    int process(const Job &job) { return job.message(); }
};

void registerIt()
{
    registerWorker<W>("w");
}
