// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: Key must be a plain, copyable type with operator== and a qHash() overload

#include <Millwright/Factory>

using namespace Millwright;

struct Key
{
    int value;
    bool operator==(const Key &) const = default;
};

struct W : Worker<Key, int, int>
{
    int process(Job &) override { return 1; }
};
