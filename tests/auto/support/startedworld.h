// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "simulation.h"

#include <memory>
#include <utility>

namespace Simulation {

inline FactorySettings settingsOf(RouterBuilder router, int workers)
{
    return {.name = QStringLiteral("routing"), .workerCount = workers, .router = std::move(router)};
}

//! A started factory whose workers are up.
inline std::unique_ptr<World> startedWorld(const FactorySettings &settings)
{
    auto world = std::make_unique<World>(settings);
    world->engine().start();
    world->settle();
    world->clearLog();
    return world;
}

} // namespace Simulation
