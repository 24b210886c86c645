// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: Message must be a movable type, not a reference, const or void

#include <Millwright/Factory>

using namespace Millwright;

struct W : Worker<int, const int &, int>
{
    int process(Job &) override { return 1; }
};
