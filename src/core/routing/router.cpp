// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "routing/router.h"

#include "engine/engine.h"
#include "routing/keypersistent.h"
#include "routing/leastloaded.h"
#include "routing/queuer.h"
#include "routing/roundrobin.h"
#include "routing/stickyqueuer.h"

namespace Millwright {

Router::Router() = default;

Router::~Router() = default;

WaitingPlace Router::waitingPlace() const
{
    return WaitingPlace::Anywhere;
}

bool Router::keepsKeyOrder() const
{
    return false;
}

RouterBuilder queuer()
{
    return customRouter<Queuer>();
}

RouterBuilder roundRobin()
{
    return customRouter<RoundRobin>();
}

RouterBuilder keyPersistent()
{
    return customRouter<KeyPersistent>();
}

RouterBuilder stickyQueuer()
{
    return customRouter<StickyQueuer>();
}

RouterBuilder leastLoaded()
{
    return customRouter<LeastLoaded>();
}

int Workers::count() const
{
    return m_engine.m_workerCount;
}

int Workers::firstFree() const
{
    return m_engine.firstFreeWorker();
}

bool Workers::isFree(int index) const
{
    return m_engine.isFreeWorker(index);
}

bool Workers::isAvailable(int index) const
{
    return m_engine.isAvailableWorker(index);
}

qsizetype Workers::waiting(int index) const
{
    return m_engine.waitingAtWorker(index);
}

int Workers::leastLoaded() const
{
    return m_engine.leastLoadedWorker();
}

int Workers::holder(const AbstractJob &job) const
{
    return m_engine.holderOf(job);
}

} // namespace Millwright
