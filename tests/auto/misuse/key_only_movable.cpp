// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: Key must be a plain, copyable type with operator== and a qHash() overload

#include <Millwright/Factory>

using namespace Millwright;

struct W : Worker<std::unique_ptr<int>, int, int>
{
    int process(Job &) override { return 1; }
};
