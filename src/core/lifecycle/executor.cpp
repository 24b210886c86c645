// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "lifecycle/executor.h"

#include "engine/clock.h"
#include "logging.h"
#include "supervision/givenup.h"

#include <QtConcurrent/qtconcurrentrun.h>
#include <QtCore/qmutex.h>
#include <QtCore/qthreadpool.h>
#include <QtCore/qwaitcondition.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <system_error>
#include <thread>

namespace Millwright {

Executor::~Executor() = default;

namespace {

// A QThreadPool loses what it is given while the system has no thread, and says so only in the log.
bool hasThread()
{
    try {
        std::thread([] {}).join();
        return true;
    } catch (const std::system_error &) {
        return false;
    }
}

} // namespace

class PoolExecutor::Pool final : public Alarmed, public std::enable_shared_from_this<Pool>
{
public:
    void execute(std::function<void()> task)
    {
        const QMutexLocker locker(&m_mutex);
        m_tasks.push_back(std::move(task));
        handOver();
    }

    bool join(QDeadlineTimer deadline)
    {
        std::shared_ptr<QThreadPool> threads;
        {
            const QMutexLocker locker(&m_mutex);
            while (!m_tasks.empty()) {
                if (!m_handedOver.wait(&m_mutex, deadline))
                    return false;
            }
            threads = m_threads;
        }
        if (!threads)
            return true;
        constexpr qint64 Most = std::numeric_limits<int>::max();
        return threads->waitForDone(
            deadline.isForever() ? -1 : int(std::min(deadline.remainingTime(), Most)));
    }

    // The thread may be this one: that of a task which held the factory last.
    void close()
    {
        const QMutexLocker locker(&m_mutex);
        if (m_threads && !m_threads->waitForDone(0))
            keepUntilEnded(std::move(m_threads));
    }

    void onAlarm() override
    {
        const QMutexLocker locker(&m_mutex);
        handOver();
    }

private:
    // Lock held.
    void handOver()
    {
        constexpr int IdleTime = 500; // ms
        constexpr qint64 RetryInterval = 100'000'000;
        if (m_tasks.empty())
            return;
        if (!hasThread()) {
            if (!std::exchange(m_lacksThread, true)) {
                qCWarning(lcMillwright,
                          "The system has no thread for a hook or a controller, which is "
                          "called when it has one.");
            }
            const std::shared_ptr<Clock> clock = Clock::system();
            clock->setAlarm(weak_from_this(), clock->now() + RetryInterval);
            return;
        }
        m_lacksThread = false;
        if (!m_threads) {
            m_threads = std::make_shared<QThreadPool>();
            m_threads->setMaxThreadCount(1);
            m_threads->setExpiryTimeout(IdleTime);
        }
        for (std::function<void()> &task : m_tasks)
            static_cast<void>(QtConcurrent::run(m_threads.get(), std::move(task)));
        m_tasks.clear();
        m_handedOver.wakeAll();
    }

    QMutex m_mutex;
    QWaitCondition m_handedOver;
    std::deque<std::function<void()>> m_tasks; // there was no thread for them
    bool m_lacksThread = false;
    std::shared_ptr<QThreadPool> m_threads;
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
