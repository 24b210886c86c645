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
        QMutexLocker locker(&m_mutex);
        insist([&] { m_tasks.push_back(std::move(task)); });
        const Next next = proceed();
        locker.unlock();
        arrange(next);
    }

    bool join(QDeadlineTimer deadline)
    {
        std::shared_ptr<QThreadPool> threads;
        {
            QMutexLocker locker(&m_mutex);
            while (!m_tasks.empty() || m_isServed) {
                m_done.wait(&m_mutex, std::min(deadline, QDeadlineTimer(RetryInterval)));
                if (m_tasks.empty() && !m_isServed)
                    break;
                if (deadline.hasExpired())
                    return false;
                // The alarm that does so may be in want of a thread itself.
                const Next next = look();
                locker.unlock();
                arrange(next);
                locker.relock();
            }
            threads = m_threads;
            m_staysUntil = QDeadlineTimer(); // waitForDone() lets it go
        }
        constexpr qint64 Most = std::numeric_limits<int>::max();
        return !threads
               || threads->waitForDone(
                   deadline.isForever() ? -1 : int(std::min(deadline.remainingTime(), Most)));
    }

    // The thread may be this one: that of a task which held the factory last.
    void close()
    {
        std::deque<std::function<void()>> dropped;
        const QMutexLocker locker(&m_mutex);
        m_isClosed = true;
        m_tasks.swap(dropped);
        giveUpThread();
    }

    void onAlarm() override
    {
        QMutexLocker locker(&m_mutex);
        const Next next = look();
        locker.unlock();
        arrange(next);
    }

private:
    // What is to be done without the lock.
    struct Next
    {
        bool complains = false;
        std::chrono::nanoseconds lookIn{}; // if positive
    };

    void arrange(const Next &next)
    {
        if (next.complains) {
            qCWarning(lcMillwright, "The system has no thread for a hook or a controller, which is "
                                    "called when it has one.");
        }
        if (next.lookIn.count() > 0) {
            const std::shared_ptr<Clock> clock = Clock::system();
            insist([&] { clock->setAlarm(weak_from_this(), clock->now() + next.lookIn.count()); });
        }
    }

    // With the lock.

    [[nodiscard]] Next look()
    {
        if (m_isServed && !m_hasBegun) {
            if (!m_begunBy.hasExpired())
                return {.lookIn = m_begunBy.remainingTimeAsDuration()};
            giveUpThread();
            m_isServed = false;
        }
        return proceed();
    }

    [[nodiscard]] Next proceed()
    {
        if (m_tasks.empty() || m_isServed || m_isClosed)
            return {};
        if (m_staysUntil.hasExpired() && !hasThread())
            return {.complains = !std::exchange(m_lacksThread, true), .lookIn = RetryInterval};
        insist([this] { serveElsewhere(); });
        m_isServed = true;
        m_hasBegun = false;
        m_begunBy = QDeadlineTimer(LongestStart);
        return {.lookIn = LongestStart};
    }

    void serveElsewhere()
    {
        if (!m_threads) {
            m_threads = std::make_shared<QThreadPool>();
            m_threads->setMaxThreadCount(1);
            m_threads->setExpiryTimeout(IdleTime.count());
        }
        QThreadPool *threads = m_threads.get();
        static_cast<void>(QtConcurrent::run(
            threads, [self = shared_from_this(), threads] { self->serve(threads); }));
    }

    void giveUpThread()
    {
        if (m_threads && !m_threads->waitForDone(0))
            insist([this] { keepUntilEnded(m_threads); });
        m_threads.reset();
        m_staysUntil = QDeadlineTimer();
    }

    // Without the lock, on a thread of these. If that has come so late that another one was started, whoever
    // is there first does all.
    void serve(const QThreadPool *threads)
    {
        QMutexLocker locker(&m_mutex);
        if (!m_isServed || m_hasBegun)
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
        if (m_threads.get() == threads)
            m_staysUntil = QDeadlineTimer(IdleTime / 2);
        m_done.wakeAll();
    }

    QMutex m_mutex;
    QWaitCondition m_done;
    std::deque<std::function<void()>> m_tasks;
    std::shared_ptr<QThreadPool> m_threads;
    bool m_isServed = false; // somebody works through the tasks, or will
    bool m_hasBegun = false; // with that
    bool m_lacksThread = false;
    bool m_isClosed = false;
    QDeadlineTimer m_begunBy;
    QDeadlineTimer m_staysUntil; // the thread, for more
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
