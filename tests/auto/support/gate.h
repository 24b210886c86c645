// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace Support {

//! Where jobs stand still until the test lets them go on. Copies share one gate, so a worker may
//! keep its copy longer than the test lives. Every wait ends by itself some time.
class Gate
{
public:
    //! For jobs: counts the arrival, and returns once the gate is open; false if it never was.
    bool pass() const
    {
        std::unique_lock locker(m_state->mutex);
        ++m_state->arrivals;
        m_state->changed.notify_all();
        return m_state->changed.wait_for(locker, std::chrono::seconds(60),
                                         [this] { return m_state->isOpen; });
    }

    void open() const
    {
        const std::lock_guard locker(m_state->mutex);
        m_state->isOpen = true;
        m_state->changed.notify_all();
    }

    //! Waits until this many have come to the gate.
    [[nodiscard]] bool awaitArrivals(int count = 1) const
    {
        std::unique_lock locker(m_state->mutex);
        return m_state->changed.wait_for(locker, std::chrono::seconds(10),
                                         [&] { return m_state->arrivals >= count; });
    }

    [[nodiscard]] int arrivals() const
    {
        const std::lock_guard locker(m_state->mutex);
        return m_state->arrivals;
    }

private:
    struct State
    {
        std::mutex mutex;
        std::condition_variable changed;
        int arrivals = 0;
        bool isOpen = false;
    };

    std::shared_ptr<State> m_state = std::make_shared<State>();
};

//! Opens a gate at the end of the scope, also when an assertion has failed. Declare it after the
//! factory whose jobs stand at the gate.
class GateOpener
{
public:
    explicit GateOpener(const Gate &gate) : m_gate(gate) {}
    ~GateOpener() { m_gate.open(); }
    GateOpener(const GateOpener &) = delete;
    GateOpener &operator=(const GateOpener &) = delete;

private:
    const Gate m_gate;
};

} // namespace Support
