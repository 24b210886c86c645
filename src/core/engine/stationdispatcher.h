// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../millwright_global.h"

#include <QtCore/qabstracteventdispatcher.h>

#include <atomic>
#include <map>
#include <poll.h>
#include <semaphore.h>
#include <unordered_map>
#include <vector>

namespace Millwright {

//! The event loop of a station's thread on Linux. It waits on a semaphore as long as nothing on the thread has a
//! socket notifier, and polls as Qt's dispatchers do from then on. They poll in any case, which makes wake-ups
//! dearer, and take a file descriptor for each thread, of which there may be thousands.
//!
//! Posted events, timers and socket notifiers are served by the rules of Qt's dispatcher for Unix. There is no main
//! context of GLib.
class MILLWRIGHT_CORE_EXPORT StationDispatcher final : public QAbstractEventDispatcher
{
    Q_OBJECT

public:
    StationDispatcher();
    ~StationDispatcher() override;

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;

    void registerSocketNotifier(QSocketNotifier *notifier) override;
    void unregisterSocketNotifier(QSocketNotifier *notifier) override;

    using QAbstractEventDispatcher::registerTimer;
    void registerTimer(int id, qint64 interval, Qt::TimerType type, QObject *object) override;
    bool unregisterTimer(int id) override;
    bool unregisterTimers(QObject *object) override;
    [[nodiscard]] QList<TimerInfo> registeredTimers(QObject *object) const override;
    [[nodiscard]] int remainingTime(int id) override;

    //! Any thread, as the next one.
    void wakeUp() override;
    void interrupt() override;

    //! Tells whoever posts an event in the scope whether the thread comes to that at once.
    class WakeScope
    {
    public:
        WakeScope() { s_hasWokenSleeper = false; }
        //! It slept, would have done so for ever, and was woken by this.
        [[nodiscard]] bool hasWokenSleeper() const { return s_hasWokenSleeper; }
    };

private:
    // What the thread is at, and so how it is woken. It dozes until a timer is due.
    enum Sleep { Awake, Woken, Asleep, Dozing, Polling };

    struct Timer
    {
        int id;
        Qt::TimerType type;
        QObject *object;
        qint64 interval; // nanoseconds
        qint64 due;
        bool isFiring = false; // it does not come again before it has been dealt with
    };

    using Timers = std::multimap<qint64, Timer>; // by when they come

    [[nodiscard]] static qint64 deadlineOf(Qt::TimerType type, qint64 interval, qint64 due);
    [[nodiscard]] qint64 untilNextTimer() const;
    int fireTimers();
    void sleep(qint64 timeout);
    void poll(qint64 timeout);
    void note(const pollfd &polled, QSocketNotifier *notifier);
    int activateNotifiers();

    static constinit thread_local bool s_hasWokenSleeper;

    std::atomic<Sleep> m_sleep = Awake;
    sem_t m_alarm; // wakes it while it is asleep or dozes
    std::atomic<bool> m_interrupted = false;
    quint64 m_turn = 0;
    Timers m_timers;
    std::unordered_map<int, Timers::iterator> m_timerOf; // by its id
    std::vector<QSocketNotifier *> m_notifiers; // by their sockets
    std::vector<pollfd> m_polled;
    std::vector<QSocketNotifier *> m_heard;
    std::vector<QSocketNotifier *> m_pending;
    bool m_hasComplained = false;
    int m_bell = -1; // wakes it while it polls; made for the first socket notifier
};

} // namespace Millwright
