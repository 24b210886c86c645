// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "lifecycle/executor.h"

#include "engine/clock.h"
#include "engine/insist.h"
#include "logging.h"
#include "supervision/givenup.h"

#include <QtConcurrent/qtconcurrentrun.h>
#include <QtCore/qmutex.h>
#include <QtCore/qthreadpool.h>
#include <QtCore/qwaitcondition.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <thread>
#include <utility>

namespace Millwright {

Executor::~Executor() = default;

namespace {

constexpr std::chrono::duration<int, std::milli> IdleTime{500};
constexpr std::chrono::milliseconds RetryInterval{100};
// So long may a thread take that the system has.
constexpr std::chrono::milliseconds LongestStart{2000};

bool hasThread()
{
    try {
        std::thread([] {}).join();
        return true;
    } catch (...) { // there is no thread, or no memory for one
        return false;
    }
}

} // namespace

// A QThreadPool that the system gives no thread loses what it was to run, waits for it for ever, and says
// so in the log alone. So it is asked for a thread when there is one, and given up if that was gone
// before the pool had it.
class PoolExecutor::Pool final : public Alarmed, public std::enable_shared_from_this<Pool>
{
public:
    void execute(std::function<void()> task)
    {
        const QMutexLocker locker(&m_mutex);
        insist([&] { m_tasks.push_back(std::move(task)); });
        proceed();
    }

    bool join(QDeadlineTimer deadline)
    {
        std::shared_ptr<QThreadPool> threads;
        {
            const QMutexLocker locker(&m_mutex);
            while (!m_tasks.empty() || m_isServed) {
                look(); // the alarm that does so may be in want of a thread itself
                m_done.wait(&m_mutex, std::min(deadline, QDeadlineTimer(RetryInterval)));
                if (deadline.hasExpired() && (!m_tasks.empty() || m_isServed))
                    return false;
            }
            threads = m_threads;
        }
        constexpr qint64 Most = std::numeric_limits<int>::max();
        return !threads
               || threads->waitForDone(
                   deadline.isForever() ? -1 : int(std::min(deadline.remainingTime(), Most)));
    }

    // The thread may be this one: that of a task which held the factory last.
    void close()
    {
        const QMutexLocker locker(&m_mutex);
        giveUpThread();
    }

    void onAlarm() override
    {
        const QMutexLocker locker(&m_mutex);
        look();
    }

private:
    // All of these with the lock held.

    void look()
    {
        if (m_isServed && !m_hasBegun && m_begunBy.hasExpired()) {
            giveUpThread();
            m_staysUntil = QDeadlineTimer();
            m_isServed = false;
            ++m_round;
        }
        proceed();
    }

    void proceed()
    {
        if (m_tasks.empty() || m_isServed)
            return;
        if (!m_staysUntil.hasExpired() || hasThread()) {
            insist([this] { serveElsewhere(); });
            m_isServed = true;
            m_hasBegun = false;
            m_begunBy = QDeadlineTimer(LongestStart);
            lookIn(LongestStart);
            return;
        }
        lookIn(RetryInterval);
        if (!std::exchange(m_lacksThread, true)) {
            qCWarning(lcMillwright, "The system has no thread for a hook or a controller, which is "
                                    "called when it has one.");
        }
    }

    void lookIn(std::chrono::nanoseconds time)
    {
        const std::shared_ptr<Clock> clock = Clock::system();
        insist([&] { clock->setAlarm(weak_from_this(), clock->now() + time.count()); });
    }

    void serveElsewhere()
    {
        if (!m_threads) {
            m_threads = std::make_shared<QThreadPool>();
            m_threads->setMaxThreadCount(1);
            m_threads->setExpiryTimeout(IdleTime.count());
        }
        static_cast<void>(QtConcurrent::run(
            m_threads.get(), [self = shared_from_this(), round = m_round] { self->serve(round); }));
    }

    void giveUpThread()
    {
        if (m_threads && !m_threads->waitForDone(0))
            insist([this] { keepUntilEnded(m_threads); });
        m_threads.reset();
    }

    // Without the lock, on the thread.
    void serve(int round)
    {
        QMutexLocker locker(&m_mutex);
        if (round != m_round) // it was late, and another one is at it
            return;
        m_hasBegun = true;
        m_lacksThread = false;
        while (!m_tasks.empty()) {
            {
                const std::function<void()> task = std::move(m_tasks.front());
                m_tasks.pop_front();
                locker.unlock();
                task();
            }
            locker.relock();
        }
        m_isServed = false;
        m_staysUntil = QDeadlineTimer(IdleTime / 2);
        m_done.wakeAll();
    }

    QMutex m_mutex;
    QWaitCondition m_done;
    std::deque<std::function<void()>> m_tasks;
    std::shared_ptr<QThreadPool> m_threads;
    int m_round = 0;
    bool m_isServed = false; // somebody works through the tasks, or will
    bool m_hasBegun = false; // with that
    QDeadlineTimer m_begunBy;
    QDeadlineTimer m_staysUntil; // the thread, for more
    bool m_lacksThread = false;
};

PoolExecutor::PoolExecutor() : m_pool(std::make_shared<Pool>()) {}

PoolExecutor::~PoolExecutor()
{
    m_pool->close();
}

void PoolExecutor::execute(std::function<void()> task)
{
    m_pool->execute(std::move(task));
}

bool PoolExecutor::join(QDeadlineTimer deadline)
{
    return m_pool->join(deadline);
}

} // namespace Millwright
