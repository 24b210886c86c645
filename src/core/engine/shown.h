// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>

namespace Millwright {

//! A value that is written with the engine's lock held, and may be looked at without it. Costs what a
//! plain one does: of those who write there is but one at a time, so it takes no read-modify-write.
template<typename T>
class Shown
{
public:
    Shown() = default;
    explicit Shown(T value) : m_value(value) {}
    Shown &operator=(const Shown &other)
    {
        *this = T(other);
        return *this;
    }

    operator T() const { return m_value.load(std::memory_order_relaxed); }
    T operator=(T value)
    {
        m_value.store(value, std::memory_order_relaxed);
        return value;
    }
    T operator+=(T by) { return *this = T(*this) + by; }
    T operator-=(T by) { return *this = T(*this) - by; }
    T operator++() { return *this += 1; }
    T operator--() { return *this -= 1; }

    //! Who looks at it with `acquire()` sees what was written before, too.
    void release(T value) { m_value.store(value, std::memory_order_release); }
    [[nodiscard]] T acquire() const { return m_value.load(std::memory_order_acquire); }

private:
    std::atomic<T> m_value = {};
};

} // namespace Millwright
