// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "supervision/givenup.h"

#include <QtCore/qthreadpool.h>

#include <algorithm>
#include <iterator>
#include <mutex>
#include <vector>

namespace Millwright {

namespace {

bool hasEnded(Station &station)
{
    return !station.isCurrent() && station.join(QDeadlineTimer(0));
}

bool hasEnded(QThreadPool &pool)
{
    return pool.waitForDone(0);
}

template<typename Thread>
void keep(std::shared_ptr<Thread> thread)
{
    struct Yard
    {
        std::mutex mutex;
        std::vector<std::shared_ptr<Thread>> threads;
    };
    static auto *const yard = new Yard; // never destroyed: its threads may still run at exit

    const std::lock_guard locker(yard->mutex);
    std::erase_if(yard->threads, [](const auto &kept) { return hasEnded(*kept); });
    yard->threads.push_back(std::move(thread));
}

} // namespace

void keepUntilEnded(std::shared_ptr<Station> station)
{
    keep(std::move(station));
}

void keepUntilEnded(std::shared_ptr<QThreadPool> pool)
{
    keep(std::move(pool));
}

void keepForever(std::vector<std::shared_ptr<Incarnation>> workers)
{
    struct Graveyard
    {
        std::mutex mutex;
        std::vector<std::shared_ptr<Incarnation>> workers;
    };
    static auto *const graveyard = new Graveyard; // never destroyed

    const std::lock_guard locker(graveyard->mutex);
    std::move(workers.begin(), workers.end(), std::back_inserter(graveyard->workers));
}

} // namespace Millwright
