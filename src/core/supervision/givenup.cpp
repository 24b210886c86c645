// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "supervision/givenup.h"

#include <mutex>
#include <vector>

namespace Millwright {

void keepUntilEnded(std::shared_ptr<Station> station)
{
    struct Yard
    {
        std::mutex mutex;
        std::vector<std::shared_ptr<Station>> stations;
    };
    static auto *const yard = new Yard; // never destroyed: its threads may still run at exit

    const std::lock_guard locker(yard->mutex);
    std::erase_if(yard->stations, [](const auto &kept) {
        return !kept->isCurrent() && kept->join(QDeadlineTimer(0));
    });
    yard->stations.push_back(std::move(station));
}

} // namespace Millwright
