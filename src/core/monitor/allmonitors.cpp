// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "monitor/allmonitors.h"

#include "monitor/factorymonitor.h"

#include <QtCore/qmutex.h>
#include <QtCore/qthread.h>

#include <algorithm>
#include <iterator>

namespace Millwright {

namespace {

struct Monitors
{
    QMutex mutex;
    std::vector<FactoryMonitor *> all;
};

Monitors &monitors()
{
    static auto *const monitors = new Monitors; // there may be static ones that are destroyed later
    return *monitors;
}

} // namespace

void AllMonitors::add(FactoryMonitor *monitor)
{
    const QMutexLocker lock(&monitors().mutex);
    monitors().all.push_back(monitor);
}

void AllMonitors::remove(FactoryMonitor *monitor)
{
    const QMutexLocker lock(&monitors().mutex);
    std::erase(monitors().all, monitor);
}

std::vector<FactoryMonitor *> AllMonitors::ofThisThread()
{
    std::vector<FactoryMonitor *> found;
    const QMutexLocker lock(&monitors().mutex);
    std::copy_if(monitors().all.begin(), monitors().all.end(), std::back_inserter(found),
                 [](const FactoryMonitor *monitor) {
                     return monitor->thread() == QThread::currentThread();
                 });
    return found;
}

} // namespace Millwright
