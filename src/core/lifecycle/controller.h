// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../statistics/snapshot.h"

#include <QtCore/qfuture.h>
#include <QtCore/qthread.h>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <functional>
#include <limits>
#include <type_traits>

namespace Millwright {

//! Looks at a factory and says how much of something it should have: made from a function that takes a
//! `const FactorySnapshot &` and returns an integer, or a `QFuture<int>` if the answer takes time.
//!
//! The function is called on a thread of the factory's own that has no event loop, without any
//! lock. The snapshot does without the workers. It is not called again before it has answered. If it
//! throws or its future fails, nothing changes, and the error is logged when it is not the last one.
//! The factory continues the future. Where it has continuations of somebody else's, return that of the
//! last one: a future of Qt 6.4 has room for one.
class ControlFunction
{
public:
    //! Says nothing.
    ControlFunction() = default;

    template<typename Function>
    requires(
        !std::same_as<
            std::remove_cvref_t<Function>,
            ControlFunction> && std::invocable<std::decay_t<Function> &, const FactorySnapshot &>)
        ControlFunction(Function &&function)
    {
        using Result = std::invoke_result_t<std::decay_t<Function> &, const FactorySnapshot &>;
        static_assert(std::integral<Result> || std::same_as<Result, QFuture<int>>,
                      "ControlFunction: the function must return an integer or QFuture<int>.");
        if constexpr (std::integral<Result>) {
            m_function = [function = std::forward<Function>(function)](
                             const FactorySnapshot &snapshot) mutable {
                using Limits = std::numeric_limits<int>;
                const auto answer = function(snapshot);
                return QtFuture::makeReadyFuture(std::in_range<int>(answer) ? int(answer)
                                                 : std::cmp_less(answer, 0) ? Limits::min()
                                                                            : Limits::max());
            };
        } else {
            m_function = std::forward<Function>(function);
        }
    }

    //! Whether there is a function to call.
    explicit operator bool() const { return bool(m_function); }

    QFuture<int> operator()(const FactorySnapshot &snapshot) const { return m_function(snapshot); }

private:
    std::function<QFuture<int>(const FactorySnapshot &)> m_function;
};

//! Sets the number of workers again and again while the factory is running.
//! \code
//! settings.capacityController = {.function = [](const FactorySnapshot &now) {
//!     return now.workerCount + (now.counters.waiting > 0 ? 1 : -1);
//! }};
//! \endcode
struct CapacityController
{
    //! No controller has more workers than this.
    static constexpr int MostWorkers = 100'000;

    //! Answers with the number of workers. Empty: no controller.
    ControlFunction function = {};
    //! From one call to the next, and from the start to the first; at least 1 ms. A factory with a
    //! controller has a timer, even if it has nothing to do.
    std::chrono::milliseconds interval = std::chrono::seconds(1);
    //! Answers outside of these are taken as the nearer one.
    int minimum = 1;
    int maximum = QThread::idealThreadCount();
};

//! Sets the queue limit again and again while the factory is running.
struct QueueLimitController
{
    //! Answers with the limit; `FactorySettings::Unlimited` for none. Empty: no controller.
    ControlFunction function = {};
    //! As `CapacityController::interval`.
    std::chrono::milliseconds interval = std::chrono::seconds(1);
    //! Answers outside of these, but for `Unlimited`, are taken as the nearer one.
    int minimum = 0;
    int maximum = std::numeric_limits<int>::max();
};

} // namespace Millwright
