// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "gate.h"

#include <Millwright/Factory>
#include <Millwright/FactoryMonitor>

#include <QtCore/qabstracteventdispatcher.h>

#include <algorithm>
#include <atomic>
#include <memory>

namespace Support {

using namespace Millwright;

//! Each look at the running job of a factory asks for the text of its key: the test counts them.
inline std::atomic<int> looks = 0;

struct WatchedKey
{
    QString text;

    operator QString() const
    {
        ++looks;
        return text;
    }
    bool operator==(const WatchedKey &) const = default;
};

inline std::size_t qHash(const WatchedKey &key, std::size_t seed)
{
    return ::qHash(key.text, seed);
}

class GatedWorker : public Worker<WatchedKey, bool, void>
{
public:
    explicit GatedWorker(const Gate &gate) : m_gate(gate) {}

    void process(Job &job) override
    {
        m_gate.pass();
        if (!job.message())
            throw JobError(QStringLiteral("on purpose"));
    }

private:
    Gate m_gate;
};

//! Whether it looks at its factory, and not only lets its histories go on.
inline bool isLooking(FactoryMonitor &monitor)
{
    const auto timers = QAbstractEventDispatcher::instance()->registeredTimers(&monitor);
    return std::any_of(timers.begin(), timers.end(),
                       [&](const auto &timer) { return timer.interval == monitor.interval(); });
}

inline bool hasTimer(FactoryMonitor &monitor)
{
    return !QAbstractEventDispatcher::instance()->registeredTimers(&monitor).isEmpty();
}

//! A factory whose jobs stand still until the gate is opened, and a monitor of it.
struct Watched
{
    Gate gate;
    std::unique_ptr<Factory<GatedWorker>> factory;
    FactoryMonitor monitor;

    explicit Watched(FactorySettings settings = {.workerCount = 2})
        : factory(std::make_unique<Factory<GatedWorker>>(std::move(settings),
                                                         workerBuilder<GatedWorker>(gate)))
    {
        monitor.setInterval(FactoryMonitor::MinimumInterval);
        monitor.setFactory(factory.get());
    }
    ~Watched() { gate.open(); }

    void dispatch(int jobs, bool good = true)
    {
        for (int i = 0; i < jobs; ++i)
            factory->dispatch({QString::number(i)}, good, {.label = QStringLiteral("label")});
    }
};

} // namespace Support
