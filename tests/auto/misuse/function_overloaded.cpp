// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: Factory(settings, function): the function must take a Millwright::Job<Key, Message> & (not const, not auto) and nothing else, and must not be overloaded

#include <Millwright/Factory>

using namespace Millwright;

struct Function
{
    int operator()(Job<int, int> &job) { return job.message(); }
    int operator()(Job<int, double> &job) { return int(job.message()); }
};

QObject parent;
Factory factory({.workerCount = 1}, Function(), &parent);
