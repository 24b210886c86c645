// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: Factory(settings, function): the function must take a Millwright::Job<Key, Message> & (not const, not auto) and nothing else

#include <Millwright/Factory>

using namespace Millwright;

Factory factory({.workerCount = 1}, [](const Job<int, int> &job) { return job.message(); });
