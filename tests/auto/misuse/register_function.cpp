// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: registerWorker(name, function): the function must take a Millwright::Job<Key, Message> & (not const, not auto) and nothing else

#include <Millwright/WorkerRegistry>

using namespace Millwright;

void registerIt()
{
    registerWorker("square", [](int number) { return number * number; });
}
