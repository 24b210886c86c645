// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: Result must be void or a movable type, not a reference or const

#include <Millwright/Factory>

using namespace Millwright;

struct W : Worker<int, int, int &>
{
    int &process(Job &) override;
};
