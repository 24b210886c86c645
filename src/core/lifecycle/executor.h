// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../millwright_global.h"

#include <QtCore/qdeadlinetimer.h>

#include <functional>
#include <memory>
#include <mutex>

QT_BEGIN_NAMESPACE
class QThreadPool;
QT_END_NAMESPACE

namespace Millwright {

//! Where the hooks and controllers of one factory are called, one after the other in their order.
//! The seam by which tests run without threads. Thread-safe.
class MILLWRIGHT_CORE_EXPORT Executor
{
public:
    virtual ~Executor();

    //! Calls `task` soon. It must not throw.
    virtual void execute(std::function<void()> task) = 0;
    //! Waits until nothing is left to do; false when that has not come by the deadline.
    virtual bool join(QDeadlineTimer deadline) = 0;
};

//! The executor of the real world: a thread, made when it is first needed, that goes when nothing has
//! been to do for a while. If it hangs for good it outlives the executor, and hinders nobody.
class PoolExecutor final : public Executor
{
public:
    PoolExecutor();
    ~PoolExecutor() override;

    void execute(std::function<void()> task) override;
    bool join(QDeadlineTimer deadline) override;

private:
    Q_DISABLE_COPY_MOVE(PoolExecutor)

    std::mutex m_mutex; // for the pointer alone
    std::shared_ptr<QThreadPool> m_pool;
};

} // namespace Millwright
