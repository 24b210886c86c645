// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: W has no constructor that takes these arguments

#include <Millwright/Factory>

using namespace Millwright;

struct W : Worker<int, int, int>
{
    explicit W(int) {}
    int process(Job &) override { return 1; }
};

Factory<W> factory({}, workerBuilder<W>(1, 2));
