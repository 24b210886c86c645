// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "task.h"

#include <mutex>
#include <utility>
#include <vector>

//! A large message that counts what is copied of it.
class Buffer
{
public:
    Buffer() = default;
    explicit Buffer(std::size_t size) : m_data(size, 1) {}
    Buffer(const Buffer &other) : m_data(other.m_data) { count(m_data.size()); }
    Buffer(Buffer &&) noexcept = default;
    Buffer &operator=(const Buffer &other)
    {
        m_data = other.m_data;
        count(m_data.size());
        return *this;
    }
    Buffer &operator=(Buffer &&) noexcept = default;

    void touch()
    {
        if (!m_data.empty())
            ++m_data.front();
    }

    [[nodiscard]] static qint64 bytesCopied() { return copied().load(std::memory_order_relaxed); }

private:
    static std::atomic<qint64> &copied()
    {
        static std::atomic<qint64> bytes = 0;
        return bytes;
    }
    static void count(std::size_t size)
    {
        copied().fetch_add(qint64(size), std::memory_order_relaxed);
    }

    std::vector<unsigned char> m_data;
};

//! The buffers that go round: jobs put back what they were given, so that nobody has to make new
//! ones while time is taken.
class BufferPool
{
public:
    BufferPool(int count, std::size_t size, qint64 jobs) : m_tally(jobs)
    {
        for (int i = 0; i < count; ++i)
            m_buffers.emplace_back(size);
        m_available.release(count);
    }

    [[nodiscard]] Buffer take()
    {
        m_available.acquire();
        const std::lock_guard locker(m_mutex);
        Buffer buffer = std::move(m_buffers.back());
        m_buffers.pop_back();
        return buffer;
    }
    //! What a job does.
    void process(Buffer &&buffer)
    {
        buffer.touch();
        {
            const std::lock_guard locker(m_mutex);
            m_buffers.push_back(std::move(buffer));
        }
        m_available.release();
        m_tally.count();
    }
    void wait() { m_tally.wait(); }

private:
    std::mutex m_mutex;
    std::vector<Buffer> m_buffers;
    QSemaphore m_available;
    Tally m_tally;
};
