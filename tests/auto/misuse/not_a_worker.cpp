// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: W must derive publicly from Millwright::Worker<Key, Message, Result>

#include <Millwright/Factory>

using namespace Millwright;

struct NotAWorker
{
    using KeyType = int;
    using MessageType = int;
    using ResultType = int;
};

Factory<NotAWorker> factory;
