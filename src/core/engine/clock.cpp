// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/clock.h"

#include "engine/station.h"
#include "engine/tickclock.h"
#include "logging.h"
#include "threadlocal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qscopeguard.h>
#include <QtCore/qtimer.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#ifdef Q_OS_LINUX
#include <sys/prctl.h>
#endif

#if defined(Q_OS_LINUX) && defined(Q_PROCESSOR_X86_64)
#define MILLWRIGHT_COUNTS_TICKS
#include <cpuid.h>
#include <x86intrin.h>
#endif

namespace Millwright {

Clock::~Clock() = default;

Station::~Station() = default;

StationHost::~StationHost() = default;

namespace {

// On Linux a thread bears the name of the one that has started it, until it is given its own.
void nameThread()
{
#ifdef Q_OS_LINUX
    prctl(PR_SET_NAME, "Millwright clock"); // shortened to 15 characters
#endif
}

// `steady_clock`, and what the processor counts meanwhile.
struct SteadyTicks
{
    [[nodiscard]] static qint64 time()
    {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(
                   std::chrono::steady_clock::now().time_since_epoch())
            .count();
    }

#ifdef MILLWRIGHT_COUNTS_TICKS
    [[nodiscard]] static quint64 ticks()
    {
        return __rdtsc();
    }

    [[nodiscard]] static bool isTrusted()
    {
        constexpr unsigned PowerManagement = 0x8000'0007;
        // Whatever the processor's speed, and while it sleeps.
        constexpr unsigned InvariantCounter = 1u << 8;
        unsigned eax = 0;
        unsigned ebx = 0;
        unsigned ecx = 0;
        unsigned edx = 0;
        return __get_cpuid(PowerManagement, &eax, &ebx, &ecx, &edx) && (edx & InvariantCounter);
    }
#else
    [[nodiscard]] static quint64 ticks()
    {
        return 0;
    }
    [[nodiscard]] static bool isTrusted()
    {
        return false;
    }
#endif
};

MILLWRIGHT_TLS_MODEL constinit thread_local TickClock<SteadyTicks> t_clock;

class SystemClock;

// Whose time this thread watches, while it calls somebody: nobody else is called until it has come back.
constinit thread_local SystemClock *t_watched = nullptr;

// As long as it is there: QCoreApplication::instance() must not be asked by a thread that may outlive it.
constinit std::mutex applicationMutex;
constinit QCoreApplication *application = nullptr;

void setApplication(QCoreApplication *instance)
{
    const std::lock_guard locker(applicationMutex);
    application = instance;
}

void noteApplication()
{
    setApplication(QCoreApplication::instance());
    qAddPostRoutine([] { setApplication(nullptr); });
}
Q_COREAPP_STARTUP_FUNCTION(noteApplication)

// A thread waits for the earliest alarm. It lives as long as there is something to wait for and a little
// longer, and owns what it works with, so that nobody has to wait for its end. When somebody whom it has called
// is going to take long, it passes the watch on to another thread.
class SystemClock final : public Clock
{
public:
    [[nodiscard]] qint64 now() const override { return t_clock.now(); }

    void setAlarm(const std::weak_ptr<Alarmed> &whom, qint64 time) override
    {
        bool wake = false;
        QByteArray complaint;
        {
            const std::lock_guard locker(m_state->mutex);
            watchTime(&complaint); // first: where this fails, no alarm is set that nobody rings
            wake = insertAlarm(whom, time);
        }
        if (wake)
            m_state->changed.notify_one();
        if (!complaint.isEmpty()) {
            qCCritical(lcMillwright,
                       "The system has no thread to watch the time: nothing times out, is "
                       "retried or restarted until it has one: %s.",
                       complaint.constData());
        }
    }

    // By the thread that has the watch.
    void passOnWatch()
    {
        const std::lock_guard locker(m_state->mutex);
        try {
            appointWatch();
            t_watched = nullptr;
        } catch (...) { // there is no other thread: the alarms wait
        }
    }

private:
    struct State
    {
        using Alarms = std::multimap<qint64, std::weak_ptr<Alarmed>>;

        struct Next
        {
            Alarms::iterator alarm;
            bool isCalled = false; // at this moment; the alarm is none
            std::optional<qint64> after = {}; // that
        };

        std::mutex mutex;
        std::condition_variable changed;
        Alarms alarms;
        std::map<std::weak_ptr<Alarmed>, Next, std::owner_less<>> nextOf;
        bool isWatched = false; // by one thread

        std::condition_variable appointed;
        bool hasSpare = false; // a thread that waits to be appointed
        bool isAppointed = false; // and is to take the watch
    };

    // How long a thread stays that has nothing to do.
    static constexpr std::chrono::seconds Patience{10};

    // Lock held. True if it is the next one.
    bool insertAlarm(const std::weak_ptr<Alarmed> &whom, qint64 time)
    {
        auto &alarms = m_state->alarms;
        const auto known = m_state->nextOf.find(whom);
        const bool isKnown = known != m_state->nextOf.end();
        if (isKnown && known->second.isCalled) {
            known->second.after = std::min(time, known->second.after.value_or(time));
            return false;
        }
        if (isKnown && known->second.alarm->first <= time)
            return false;
        const auto alarm = alarms.emplace(time, whom);
        auto rollback = qScopeGuard([&] { alarms.erase(alarm); });
        if (isKnown)
            alarms.erase(std::exchange(known->second.alarm, alarm));
        else
            m_state->nextOf.emplace(whom, State::Next{.alarm = alarm});
        rollback.dismiss();
        return alarm == alarms.begin();
    }

    // Lock held. What there is to complain of is said once, until it is over.
    void watchTime(QByteArray *complaint)
    {
        if (m_state->isWatched)
            return;
        try {
            appointWatch();
            m_state->isWatched = true;
            m_lacksThread = false;
        } catch (const std::system_error &error) { // the next alarm tries it again
            tryAgain();
            if (!std::exchange(m_lacksThread, true))
                *complaint = error.what();
        }
    }

    // Where nobody sets an alarm, the application's event loop is left.
    void tryAgain()
    {
        constexpr std::chrono::milliseconds RetryInterval{500};
        const std::lock_guard applicationLocker(applicationMutex);
        if (!application || m_isToTryAgain.exchange(true))
            return;
        // Also if the application ends before.
        std::shared_ptr<void> attempt(nullptr, [this](void *) { m_isToTryAgain = false; });
        QMetaObject::invokeMethod(
            application,
            [this, context = application, attempt] {
                QTimer::singleShot(RetryInterval, context, [this, attempt]() mutable {
                    attempt.reset(); // or else it does not ask for another one
                    QByteArray complaint;
                    const std::lock_guard locker(m_state->mutex);
                    watchTime(&complaint);
                });
            },
            Qt::QueuedConnection);
    }

    // Lock held. Another thread has the watch from now on.
    void appointWatch()
    {
        if (m_state->hasSpare) {
            m_state->hasSpare = false;
            m_state->isAppointed = true;
            m_state->appointed.notify_one();
        } else {
            std::thread(run, m_state, this).detach();
        }
    }

    static void run(const std::shared_ptr<State> &state, SystemClock *clock)
    {
        nameThread();
        std::unique_lock locker(state->mutex);
        do {
            watch(*state, clock, locker);
        } while (awaitAppointment(*state, locker));
    }

    // Until there is nothing to watch for, or another thread has the watch.
    static void watch(State &state, SystemClock *clock, std::unique_lock<std::mutex> &locker)
    {
        for (;;) {
            if (state.alarms.empty()) {
                if (!state.changed.wait_for(locker, Patience,
                                            [&] { return !state.alarms.empty(); })) {
                    state.isWatched = false;
                    return;
                }
                continue;
            }
            const auto next = state.alarms.begin();
            if (next->first > clock->now()) {
                using Time = std::chrono::steady_clock::time_point;
                state.changed.wait_until(locker, Time(std::chrono::nanoseconds(next->first)));
                continue;
            }
            call(state, state.alarms.extract(next), clock, locker);
            if (!std::exchange(t_watched, nullptr)) {
                state.changed.notify_one(); // there may be an earlier alarm
                return;
            }
        }
    }

    // The next alarm of the same one waits until this is over.
    static void call(State &state, State::Alarms::node_type alarm, SystemClock *clock,
                     std::unique_lock<std::mutex> &locker)
    {
        const auto known = state.nextOf.find(alarm.mapped());
        known->second.isCalled = true;
        t_watched = clock;
        locker.unlock();
        if (auto alarmed = alarm.mapped().lock()) {
            alarmed->onAlarm();
            if (alarmed.use_count() == 1)
                Clock::passOnWatch(); // to destroy it may take long as well
        }
        locker.lock();
        if (!known->second.after) {
            state.nextOf.erase(known);
            return;
        }
        alarm.key() = *known->second.after;
        known->second = {.alarm = state.alarms.insert(std::move(alarm))};
    }

    // False if nobody is needed. One thread is enough to be at hand.
    static bool awaitAppointment(State &state, std::unique_lock<std::mutex> &locker)
    {
        if (!state.isWatched || state.hasSpare || state.isAppointed)
            return false;
        state.hasSpare = true;
        if (!state.appointed.wait_for(locker, Patience, [&] { return state.isAppointed; })) {
            state.hasSpare = false;
            return false;
        }
        state.isAppointed = false;
        return true;
    }

    const std::shared_ptr<State> m_state = std::make_shared<State>();
    bool m_lacksThread = false; // the state's mutex guards it
    std::atomic<bool> m_isToTryAgain = false;
};

} // namespace

void Clock::passOnWatch()
{
    if (t_watched)
        t_watched->passOnWatch();
}

std::shared_ptr<Clock> Clock::system()
{
    // Never destroyed: its thread may outlive every static object.
    static const auto *const clock = new std::shared_ptr<Clock>(std::make_shared<SystemClock>());
    return *clock;
}

} // namespace Millwright
