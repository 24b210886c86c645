// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qmutex.h>
#include <QtCore/qthread.h>

#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
#endif

namespace Millwright {

//! Tells the processor that this is a spinning loop.
inline void relaxProcessor() noexcept
{
#if defined(__SSE2__) || defined(_M_X64)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

//! A mutex for critical sections of a few hundred nanoseconds: it is worth spinning that long before
//! asking the kernel to sleep. Knows its owner, so that a policy that calls back is found out.
class EngineMutex
{
public:
    void lock()
    {
        if (!m_mutex.tryLock() && !spin())
            m_mutex.lock();
        m_owner.store(QThread::currentThreadId(), std::memory_order_relaxed);
    }

    [[nodiscard]] bool tryLock()
    {
        if (!m_mutex.tryLock() && !spin())
            return false;
        m_owner.store(QThread::currentThreadId(), std::memory_order_relaxed);
        return true;
    }

    void unlock()
    {
        m_owner.store(nullptr, std::memory_order_relaxed);
        m_mutex.unlock();
    }

    [[nodiscard]] bool isMine() const
    {
        return m_owner.load(std::memory_order_relaxed) == QThread::currentThreadId();
    }

private:
    // Some microseconds: many times what a critical section takes, and still less than it takes to
    // sleep and be woken.
    static constexpr int Spins = 256;

    bool spin()
    {
        for (int i = 0; i < Spins; ++i) {
            relaxProcessor();
            // To look at it only takes nothing away from who holds it.
            if (!m_owner.load(std::memory_order_relaxed) && m_mutex.tryLock())
                return true;
        }
        return false;
    }

    QMutex m_mutex;
    std::atomic<Qt::HANDLE> m_owner = nullptr;
};

} // namespace Millwright
