// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: Q must derive from Millwright::Queue

#include <Millwright/Factory>

using namespace Millwright;

struct NotAQueue
{
};

FactorySettings settings{.queue = customQueue<NotAQueue>()};
