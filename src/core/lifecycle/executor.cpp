// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "lifecycle/executor.h"

#include "supervision/givenup.h"

#include <QtConcurrent/qtconcurrentrun.h>
#include <QtCore/qthreadpool.h>

#include <algorithm>
#include <limits>

namespace Millwright {

Executor::~Executor() = default;

PoolExecutor::PoolExecutor() = default;

PoolExecutor::~PoolExecutor()
{
    // The thread may be this one: that of a task which held the factory last.
    if (m_pool && !m_pool->waitForDone(0))
        keepUntilEnded(std::move(m_pool));
}

void PoolExecutor::execute(std::function<void()> task)
{
    constexpr int IdleTime = 500; // ms
    const std::lock_guard locker(m_mutex);
    if (!m_pool) {
        m_pool = std::make_shared<QThreadPool>();
        m_pool->setMaxThreadCount(1);
        m_pool->setExpiryTimeout(IdleTime);
    }
    static_cast<void>(QtConcurrent::run(m_pool.get(), std::move(task)));
}

bool PoolExecutor::join(QDeadlineTimer deadline)
{
    std::shared_ptr<QThreadPool> pool;
    {
        const std::lock_guard locker(m_mutex);
        pool = m_pool;
    }
    if (!pool)
        return true;
    constexpr qint64 Most = std::numeric_limits<int>::max();
    return pool->waitForDone(deadline.isForever() ? -1
                                                  : int(std::min(deadline.remainingTime(), Most)));
}

} // namespace Millwright
