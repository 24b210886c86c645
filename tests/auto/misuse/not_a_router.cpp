// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: R must derive from Millwright::Router

#include <Millwright/Factory>

using namespace Millwright;

struct NotARouter
{
};

FactorySettings settings{.router = customRouter<NotARouter>()};
