// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QString>
#include <QStringList>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace Support {

//! What happened, in its order, on whichever threads. Copies share one log.
class EventLog
{
public:
    void add(const QString &event) const
    {
        const std::lock_guard locker(m_state->mutex);
        m_state->events.append(event);
        m_state->changed.notify_all();
    }

    [[nodiscard]] QStringList events() const
    {
        const std::lock_guard locker(m_state->mutex);
        return m_state->events;
    }

    [[nodiscard]] qsizetype count(const QString &event) const { return events().count(event); }

    //! Waits until there are this many events, then returns them all.
    [[nodiscard]] QStringList await(qsizetype count) const
    {
        std::unique_lock locker(m_state->mutex);
        m_state->changed.wait_for(locker, std::chrono::seconds(10),
                                  [&] { return m_state->events.size() >= count; });
        return m_state->events;
    }

private:
    struct State
    {
        std::mutex mutex;
        std::condition_variable changed;
        QStringList events;
    };

    std::shared_ptr<State> m_state = std::make_shared<State>();
};

} // namespace Support
