// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: W needs a default constructor, or one that takes a WorkerContext

#include <Millwright/Factory>

using namespace Millwright;

struct W : Worker<int, int, int>
{
    explicit W(int, int) {}
    int process(Job &) override { return 1; }
};

Factory<W> factory;
