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
#include <bit>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <limits>
#include <sys/eventfd.h>
#include <unistd.h>

namespace Millwright {

namespace {

constexpr qint64 Millisecond = 1'000'000;
constexpr qint64 Second = 1'000 * Millisecond;
constexpr qint64 Forever = -1;
// How long it polls at most if there is no descriptor left to be woken by.
constexpr qint64 LongestUnwakeable = 10 * Millisecond;

// By the type of a notifier.
constexpr short Events[] = {POLLIN, POLLOUT, POLLPRI};

qint64 nanoseconds()
{
    return QDeadlineTimer::current(Qt::PreciseTimer).deadlineNSecs();
}

// Rounded up.
int toMilliseconds(qint64 time)
{
    return int(
        std::min<qint64>(std::numeric_limits<int>::max(), (time + Millisecond - 1) / Millisecond));
}

timespec timespecOf(qint64 time)
{
    return {.tv_sec = time_t(time / Second), .tv_nsec = long(time % Second)};
}

} // namespace

constinit thread_local bool StationDispatcher::s_hasWokenSleeper = false;

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
    const quint64 turn = ++m_turn;
    m_interrupted.store(false, std::memory_order_relaxed);
    // What is posted from here on wakes it again. Who has woken it since it slept may want the caller to look whether its
    // loop is over; so may who has done that in a turn within this one.
    bool isWoken = m_sleep.exchange(Awake, std::memory_order_acq_rel) == Woken;
    Q_EMIT awake();
    QCoreApplication::sendPostedEvents();

    const auto mayStillWait = [&] {
        return !isWoken && m_turn == turn && m_sleep.load(std::memory_order_acquire) == Awake;
    };
    bool mayWait = flags.testFlag(QEventLoop::WaitForMoreEvents) && mayStillWait();
    if (mayWait) {
        Q_EMIT aboutToBlock();
        mayWait = mayStillWait();
    }
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
    if (timeout != 0)
        isWoken = m_sleep.exchange(Awake, std::memory_order_acq_rel) == Woken;

    int handled = heedsSockets ? activateNotifiers() : 0;
    if (firesTimers)
        handled += fireTimers();
    return isWoken || handled > 0;
}

// --- Sleeping and waking ----------------------------------------------------------------------

void StationDispatcher::sleep(qint64 timeout)
{
    Sleep awake = Awake;
    if (!m_sleep.compare_exchange_strong(awake, timeout < 0 ? Asleep : Dozing,
                                         std::memory_order_acq_rel))
        return; // woken meanwhile
    // Returning early does no harm; nor does an alarm that comes when the time is over and rings next time.
    if (timeout < 0) {
        sem_wait(&m_alarm);
    } else {
        const timespec end = timespecOf(nanoseconds() + timeout);
        sem_clockwait(&m_alarm, CLOCK_MONOTONIC, &end);
    }
}

void StationDispatcher::poll(qint64 timeout)
{
    m_polled.clear();
    for (const QSocketNotifier *notifier : m_notifiers) { // those of a socket are together
        const auto socket = int(notifier->socket());
        if (m_polled.empty() || m_polled.back().fd != socket)
            m_polled.push_back({.fd = socket, .events = 0, .revents = 0});
        m_polled.back().events |= Events[notifier->type()];
    }
    m_polled.push_back({.fd = m_bell, .events = POLLIN, .revents = 0});

    Sleep awake = Awake;
    if (timeout != 0 && !m_sleep.compare_exchange_strong(awake, Polling, std::memory_order_acq_rel))
        timeout = 0;
    if (m_bell < 0 && (timeout < 0 || timeout > LongestUnwakeable))
        timeout = LongestUnwakeable;
    const timespec time = timespecOf(std::max<qint64>(0, timeout));
    const int count = ppoll(m_polled.data(), m_polled.size(), timeout < 0 ? nullptr : &time,
                            nullptr);
    if (count < 0 && errno != EINTR) {
        if (!std::exchange(m_hasComplained, true)) {
            qCWarning(lcMillwright, "The sockets of the thread \"%s\" cannot be polled: %s.",
                      qUtf8Printable(thread()->objectName()), std::strerror(errno));
        }
        QThread::usleep(LongestUnwakeable / 1'000);
    }
    if (count <= 0)
        return;
    if (m_polled.back().revents) {
        eventfd_t rings = 0;
        eventfd_read(m_bell, &rings);
    }
    m_heard = m_notifiers; // some of which may go now
    auto polled = m_polled.begin();
    for (QSocketNotifier *notifier : m_heard) {
        while (polled->fd != int(notifier->socket()))
            ++polled;
        note(*polled, notifier);
    }
}

void StationDispatcher::wakeUp()
{
    switch (m_sleep.exchange(Woken, std::memory_order_acq_rel)) {
    case Asleep:
        s_hasWokenSleeper = true;
        [[fallthrough]];
    case Dozing:
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
    const auto later = std::upper_bound(m_notifiers.begin(), m_notifiers.end(), notifier,
                                        [](const QSocketNotifier *a, const QSocketNotifier *b) {
                                            return a->socket() < b->socket();
                                        });
    m_notifiers.insert(later, notifier);
    // So that the loop itself needs no memory.
    m_polled.reserve(m_notifiers.size() + 1);
    m_heard.reserve(m_notifiers.size());
    m_pending.reserve(m_notifiers.size());
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
    } else if (polled.revents & (Events[notifier->type()] | POLLHUP | POLLERR)
               && std::find(m_pending.begin(), m_pending.end(), notifier) == m_pending.end()) {
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

// Coarse timers may be off by a twentieth of their interval. They come at multiples of some power of two
// of milliseconds, so that those that are due at about the same time come together.
qint64 StationDispatcher::deadlineOf(Qt::TimerType type, qint64 interval, qint64 due)
{
    const qint64 step = qint64(std::bit_floor(quint64(interval / Millisecond / 10))) * Millisecond;
    if (type != Qt::CoarseTimer || step <= Millisecond)
        return due;
    return (due + step / 2) / step * step;
}

void StationDispatcher::registerTimer(int id, qint64 interval, Qt::TimerType type, QObject *object)
{
    constexpr qint64 Longest = 1'000'000'000'000; // some thirty years, in milliseconds
    interval = std::clamp<qint64>(interval, 0, Longest) * Millisecond;
    if (type == Qt::VeryCoarseTimer)
        interval = (interval + Second / 2) / Second * Second;
    const qint64 due = nanoseconds() + interval;
    const auto timer = m_timers.insert(
        {deadlineOf(type, interval, due),
         {.id = id, .type = type, .object = object, .interval = interval, .due = due}});
    auto forget = qScopeGuard([&] { m_timers.erase(timer); });
    m_timerOf.emplace(id, timer);
    forget.dismiss();
}

bool StationDispatcher::unregisterTimer(int id)
{
    const auto timer = m_timerOf.find(id);
    if (timer == m_timerOf.end())
        return false;
    m_timers.erase(timer->second);
    m_timerOf.erase(timer);
    return true;
}

bool StationDispatcher::unregisterTimers(QObject *object)
{
    return std::erase_if(m_timers,
                         [=, this](const auto &timer) {
                             const bool isOfObject = timer.second.object == object;
                             if (isOfObject)
                                 m_timerOf.erase(timer.second.id);
                             return isOfObject;
                         })
           > 0;
}

QList<QAbstractEventDispatcher::TimerInfo> StationDispatcher::registeredTimers(
    QObject *object) const
{
    QList<TimerInfo> result;
    for (const auto &[deadline, timer] : m_timers) {
        if (timer.object == object)
            result.append({timer.id, toMilliseconds(timer.interval), timer.type});
    }
    return result;
}

int StationDispatcher::remainingTime(int id)
{
    const auto timer = m_timerOf.find(id);
    if (timer == m_timerOf.end())
        return -1;
    return toMilliseconds(std::max<qint64>(0, timer->second->first - nanoseconds()));
}

qint64 StationDispatcher::untilNextTimer() const
{
    const auto next = std::find_if(m_timers.begin(), m_timers.end(),
                                   [](const auto &timer) { return !timer.second.isFiring; });
    return next == m_timers.end() ? Forever : std::max<qint64>(0, next->first - nanoseconds());
}

// Each that is due now once.
int StationDispatcher::fireTimers()
{
    if (m_timers.empty())
        return 0;
    const qint64 now = nanoseconds();
    auto due = std::distance(m_timers.begin(), m_timers.upper_bound(now));
    int fired = 0;
    for (; due > 0 && !m_timers.empty() && m_timers.begin()->first <= now; --due) {
        auto node = m_timers.extract(m_timers.begin());
        Timer &next = node.mapped();
        next.due += next.interval;
        if (next.due < now) // some were missed
            next.due = now + next.interval;
        node.key() = deadlineOf(next.type, next.interval, next.due);
        const bool isNested = std::exchange(next.isFiring, true);
        const Timer timer = next;
        m_timerOf.at(timer.id) = m_timers.insert(std::move(node));
        if (isNested)
            continue;
        const auto restore = qScopeGuard([this, id = timer.id] {
            if (const auto known = m_timerOf.find(id); known != m_timerOf.end())
                known->second->second.isFiring = false;
        });
        QTimerEvent event(timer.id);
        QCoreApplication::sendEvent(timer.object, &event);
        fired += timer.interval > 0 ? 1 : 0; // whoever processes what there is comes to an end
    }
    return fired;
}

} // namespace Millwright
