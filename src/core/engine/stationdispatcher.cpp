// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/stationdispatcher.h"

#include "logging.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qscopeguard.h>
#include <QtCore/qsocketnotifier.h>
#include <QtCore/qthread.h>

#include <algorithm>
#include <ctime>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace Millwright {

namespace {

constexpr qint64 Millisecond = 1'000'000;
constexpr qint64 Second = 1'000 * Millisecond;
constexpr qint64 Forever = -1;
// How long it polls at most if there is no descriptor left to be woken by.
constexpr qint64 LongestUnwakeable = 10 * Millisecond;

qint64 nanoseconds()
{
    return QDeadlineTimer::current(Qt::PreciseTimer).deadlineNSecs();
}

timespec timespecOf(qint64 time)
{
    return {.tv_sec = time_t(time / Second), .tv_nsec = long(time % Second)};
}

} // namespace

StationDispatcher::StationDispatcher()
{
    sem_init(&m_alarm, 0, 0);
}

StationDispatcher::~StationDispatcher()
{
    sem_destroy(&m_alarm);
    if (m_bell >= 0)
        close(m_bell);
}

bool StationDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    m_interrupted.store(false, std::memory_order_relaxed);
    // What is posted from here on wakes it again.
    bool isWoken = m_sleep.exchange(Awake, std::memory_order_acq_rel) == Woken;
    Q_EMIT awake();
    QCoreApplication::sendPostedEvents();

    const bool mayWait = flags.testFlag(QEventLoop::WaitForMoreEvents)
                         && !m_interrupted.load(std::memory_order_relaxed)
                         && m_sleep.load(std::memory_order_relaxed) == Awake;
    if (mayWait)
        Q_EMIT aboutToBlock();
    if (m_interrupted.load(std::memory_order_relaxed))
        return false;

    const bool firesTimers = !flags.testFlag(QEventLoop::X11ExcludeTimers);
    const bool heedsSockets = !flags.testFlag(QEventLoop::ExcludeSocketNotifiers)
                              && !m_notifiers.empty();
    const qint64 timeout = !mayWait ? 0 : firesTimers ? untilNextTimer() : Forever;
    if (heedsSockets)
        poll(timeout);
    else if (timeout != 0)
        sleep(timeout);
    isWoken = isWoken || m_sleep.load(std::memory_order_relaxed) == Woken;

    int handled = heedsSockets ? activateNotifiers() : 0;
    if (firesTimers)
        handled += fireTimers();
    return isWoken || handled > 0;
}

// --- Sleeping and waking ----------------------------------------------------------------------

void StationDispatcher::sleep(qint64 timeout)
{
    Sleep awake = Awake;
    if (!m_sleep.compare_exchange_strong(awake, Asleep, std::memory_order_acq_rel))
        return; // woken meanwhile
    // Returning early does no harm; nor does an alarm that comes when the time is over and rings next time.
    if (timeout < 0) {
        sem_wait(&m_alarm);
    } else {
        const timespec end = timespecOf(nanoseconds() + timeout);
        sem_clockwait(&m_alarm, CLOCK_MONOTONIC, &end);
    }
    Sleep asleep = Asleep;
    m_sleep.compare_exchange_strong(asleep, Awake, std::memory_order_acq_rel);
}

void StationDispatcher::poll(qint64 timeout)
{
    std::vector<pollfd> polled;
    polled.reserve(m_notifiers.size() + 1);
    for (const QSocketNotifier *notifier : m_notifiers) {
        constexpr short events[] = {POLLIN, POLLOUT, POLLPRI};
        polled.push_back(
            {.fd = int(notifier->socket()), .events = events[notifier->type()], .revents = 0});
    }
    polled.push_back({.fd = m_bell, .events = POLLIN, .revents = 0});

    Sleep awake = Awake;
    if (timeout != 0 && !m_sleep.compare_exchange_strong(awake, Polling, std::memory_order_acq_rel))
        timeout = 0;
    if (m_bell < 0 && (timeout < 0 || timeout > LongestUnwakeable))
        timeout = LongestUnwakeable;
    const timespec time = timespecOf(std::max<qint64>(0, timeout));
    const int count = ppoll(polled.data(), polled.size(), timeout < 0 ? nullptr : &time, nullptr);
    Sleep polling = Polling;
    m_sleep.compare_exchange_strong(polling, Awake, std::memory_order_acq_rel);
    if (count <= 0)
        return;
    if (polled.back().revents) {
        eventfd_t rings = 0;
        eventfd_read(m_bell, &rings);
    }
    const std::vector<QSocketNotifier *> notifiers = m_notifiers;
    for (std::size_t i = 0; i < notifiers.size(); ++i) {
        if (polled[i].revents)
            note(polled[i], notifiers[i]);
    }
}

void StationDispatcher::wakeUp()
{
    switch (m_sleep.exchange(Woken, std::memory_order_acq_rel)) {
    case Asleep:
        sem_post(&m_alarm);
        break;
    case Polling:
        if (m_bell >= 0)
            eventfd_write(m_bell, 1);
        break;
    default:
        break;
    }
}

void StationDispatcher::interrupt()
{
    m_interrupted.store(true, std::memory_order_relaxed);
    wakeUp();
}

// --- Sockets ----------------------------------------------------------------------------------

void StationDispatcher::registerSocketNotifier(QSocketNotifier *notifier)
{
    if (m_bell < 0) {
        m_bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (m_bell < 0) {
            qCWarning(lcMillwright,
                      "There is no file descriptor left for the thread \"%s\"; its "
                      "workers are served late. Raise the limit of the process.",
                      qUtf8Printable(thread()->objectName()));
        }
    }
    if (std::find(m_notifiers.begin(), m_notifiers.end(), notifier) == m_notifiers.end())
        m_notifiers.push_back(notifier);
}

void StationDispatcher::unregisterSocketNotifier(QSocketNotifier *notifier)
{
    std::erase(m_notifiers, notifier);
    std::erase(m_pending, notifier);
}

void StationDispatcher::note(const pollfd &polled, QSocketNotifier *notifier)
{
    if (polled.revents & POLLNVAL) {
        qWarning("QSocketNotifier: Invalid socket %d, disabling...", polled.fd);
        notifier->setEnabled(false);
    } else {
        m_pending.push_back(notifier);
    }
}

int StationDispatcher::activateNotifiers()
{
    int activated = 0;
    while (!m_pending.empty()) {
        QSocketNotifier *notifier = m_pending.front();
        m_pending.erase(m_pending.begin());
        QEvent event(QEvent::SockAct);
        QCoreApplication::sendEvent(notifier, &event);
        ++activated;
    }
    return activated;
}

// --- Timers -----------------------------------------------------------------------------------

void StationDispatcher::insert(const Timer &timer)
{
    const auto later = std::upper_bound(
        m_timers.begin(), m_timers.end(), timer,
        [](const Timer &a, const Timer &b) { return a.deadline < b.deadline; });
    m_timers.insert(later, timer);
}

void StationDispatcher::registerTimer(int id, qint64 interval, Qt::TimerType type, QObject *object)
{
    constexpr qint64 Longest = 1'000'000'000'000; // some thirty years, in milliseconds
    interval = std::clamp<qint64>(interval, 0, Longest) * Millisecond;
    if (type == Qt::VeryCoarseTimer)
        interval = std::max<qint64>(1, (interval + Second / 2) / Second) * Second;
    insert({.id = id,
            .type = type,
            .object = object,
            .interval = interval,
            .deadline = nanoseconds() + interval});
}

bool StationDispatcher::unregisterTimer(int id)
{
    return std::erase_if(m_timers, [=](const Timer &timer) { return timer.id == id; }) > 0;
}

bool StationDispatcher::unregisterTimers(QObject *object)
{
    return std::erase_if(m_timers, [=](const Timer &timer) { return timer.object == object; }) > 0;
}

QList<QAbstractEventDispatcher::TimerInfo> StationDispatcher::registeredTimers(
    QObject *object) const
{
    QList<TimerInfo> result;
    for (const Timer &timer : m_timers) {
        if (timer.object == object)
            result.append({timer.id, int(timer.interval / Millisecond), timer.type});
    }
    return result;
}

int StationDispatcher::remainingTime(int id)
{
    for (const Timer &timer : m_timers) {
        if (timer.id == id) {
            const qint64 left = timer.deadline - nanoseconds();
            return int(std::max<qint64>(0, (left + Millisecond - 1) / Millisecond));
        }
    }
    return -1;
}

qint64 StationDispatcher::untilNextTimer() const
{
    const auto next = std::find_if(m_timers.begin(), m_timers.end(),
                                   [](const Timer &timer) { return !timer.isFiring; });
    return next == m_timers.end() ? Forever : std::max<qint64>(0, next->deadline - nanoseconds());
}

// Each that is due now once.
int StationDispatcher::fireTimers()
{
    if (m_timers.empty())
        return 0;
    const qint64 now = nanoseconds();
    auto due = std::count_if(m_timers.begin(), m_timers.end(),
                             [=](const Timer &timer) { return timer.deadline <= now; });
    int fired = 0;
    for (; due > 0 && !m_timers.empty() && m_timers.front().deadline <= now; --due) {
        Timer timer = m_timers.front();
        m_timers.erase(m_timers.begin());
        timer.deadline += timer.interval;
        if (timer.deadline < now) // some were missed
            timer.deadline = now + timer.interval;
        const bool isNested = std::exchange(timer.isFiring, true);
        insert(timer);
        if (isNested)
            continue;
        const auto restore = qScopeGuard([this, id = timer.id] {
            for (Timer &other : m_timers) {
                if (other.id == id)
                    other.isFiring = false;
            }
        });
        QTimerEvent event(timer.id);
        QCoreApplication::sendEvent(timer.object, &event);
        ++fired;
    }
    return fired;
}

} // namespace Millwright
