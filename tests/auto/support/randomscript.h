// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "dice.h"
#include "simulation.h"

#include <chrono>

namespace Simulation {

//! What random jobs are like.
struct Variety
{
    int keys = 12;
    int longest = 8; //!< less than so many milliseconds
    int rarity
        = 4; //!< one in so many has a time to live, one a retry policy, and somewhat fewer fail
    bool hangs = true; //!< some do
    bool asynchronous = true; //!< some are
    bool plain = false; //!< most are short, and have neither a future nor options
};

//! The next job, by chance; its name is its number.
inline Script randomScript(Support::Dice &dice, qint64 number, const Variety &variety = {})
{
    Script script;
    script.name = QString::number(number);
    script.key = quint64(dice.below(variety.keys));
    if (variety.plain && !dice.oneIn(50)) {
        script.failures = dice.oneIn(30) ? 1 : 0;
        script.promised = false;
        return script;
    }
    script.duration = dice.oneIn(2) ? 0 : dice.below(variety.longest) * 1'000'000;
    if (variety.hangs && dice.oneIn(40))
        script.duration = World::Hung;
    script.heeds = dice.oneIn(2);
    script.failures = dice.oneIn(variety.rarity + 2) ? 1 + dice.below(3) : 0;
    script.promised = !dice.oneIn(3);
    script.asynchronous = variety.asynchronous && dice.oneIn(4);
    script.cancelsItself = script.asynchronous && dice.oneIn(6);
    script.options.priority = Priority(dice.below(PriorityLevels));
    script.options.discardable = !dice.oneIn(5);
    if (dice.oneIn(variety.rarity))
        script.options.timeToLive = std::chrono::milliseconds(1 + dice.below(12));
    if (dice.oneIn(variety.rarity)) {
        script.options.retry = RetryPolicy{.maximumAttempts = 1 + dice.below(4),
                                           .backoff = std::chrono::milliseconds(dice.below(5))};
    }
    return script;
}

} // namespace Simulation
