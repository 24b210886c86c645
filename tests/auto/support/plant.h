// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "simulation.h"

namespace Simulation {

//! A running world whose controllers are asked every 10 ms.
class Plant
{
public:
    explicit Plant(CapacityController capacity, QueueLimitController limit = {})
        : world({.name = QStringLiteral("plant"),
                 .workerCount = 2,
                 .queueLimit = 5,
                 .capacityController = std::move(capacity),
                 .queueLimitController = std::move(limit)})
    {
        world.engine().start();
        world.settle();
    }
    void tick(int intervals = 1) { world.pass(10 * 1'000'000 * intervals); }
    Engine *operator->() { return &world.engine(); }

    World world;
};

inline int failures(Engine &engine)
{
    int count = 0;
    for (const FactoryEvent &event : engine.eventsSince(0))
        count += event.kind == FactoryEvent::CallFailed ? 1 : 0;
    return count;
}

} // namespace Simulation
