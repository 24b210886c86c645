// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../millwright_global.h"

#include <QtCore/qdeadlinetimer.h>

#include <functional>
#include <memory>

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
//! been to do for a while. If the system has no thread, it is tried again until it has one. If it hangs for
//! good it outlives the executor, and hinders nobody.
class PoolExecutor final : public Executor
{
public:
    PoolExecutor();
    ~PoolExecutor() override;

    void execute(std::function<void()> task) override;
    bool join(QDeadlineTimer deadline) override;

private:
    Q_DISABLE_COPY_MOVE(PoolExecutor)

    class Pool;
    std::shared_ptr<Pool> m_pool;
};

} // namespace Millwright
