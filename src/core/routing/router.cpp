// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "routing/router.h"

#include "engine/engine.h"
#include "routing/queuer.h"

namespace Millwright {

Router::Router() = default;

Router::~Router() = default;

RouterBuilder queuer()
{
    return customRouter<Queuer>();
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

qsizetype Workers::waiting(int index) const
{
    return m_engine.waitingAtWorker(index);
}

} // namespace Millwright
