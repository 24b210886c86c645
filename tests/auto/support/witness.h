// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "gate.h"

#include <Millwright/Worker>

#include <QMutex>
#include <QSet>
#include <QStringList>
#include <QThread>

#include <atomic>
#include <optional>
#include <utility>
#include <vector>

namespace Support {

//! Writes down which worker did what on which thread, and counts the living.
class Witness : public Millwright::Worker<int, int, int>
{
public:
    using Where = std::pair<QString, QThread *>;

    Witness()
    {
        ++alive;
        note(QStringLiteral("constructor"));
    }
    ~Witness() override
    {
        note(QStringLiteral("destructor"));
        --alive;
    }
    int process(Job &job) override
    {
        note(QStringLiteral("process"));
        if (job.message() > 0)
            gate->pass();
        return workerId();
    }

    static QStringList eventsOf(QThread *thread)
    {
        const QMutexLocker locker(&s_mutex);
        QStringList events;
        for (const auto &[event, where] : s_events) {
            if (where == thread)
                events.append(event);
        }
        return events;
    }
    static QSet<QThread *> threads()
    {
        const QMutexLocker locker(&s_mutex);
        QSet<QThread *> threads;
        for (const auto &[event, where] : s_events)
            threads.insert(where);
        return threads;
    }
    static void reset()
    {
        const QMutexLocker locker(&s_mutex);
        s_events.clear();
        gate.emplace();
    }

    static inline std::optional<Gate> gate;
    static inline std::atomic<int> alive = 0;

protected:
    void starting() override { note(QStringLiteral("starting")); }
    void stopping() override { note(QStringLiteral("stopping")); }

private:
    void note(const QString &event)
    {
        const QMutexLocker locker(&s_mutex);
        s_events.emplace_back(thread() == QThread::currentThread() ? event
                                                                   : QStringLiteral("astray"),
                              QThread::currentThread());
    }

    static inline QMutex s_mutex;
    static inline std::vector<Where> s_events;
};

} // namespace Support
