// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qfuture.h>

#include <concepts>
#include <functional>
#include <type_traits>

namespace Millwright {

namespace Detail {

//! One that has ended. Its function has another name since Qt 6.6.
inline QFuture<void> readyFuture()
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 6, 0)
    return QtFuture::makeReadyVoidFuture();
#else
    return QtFuture::makeReadyFuture();
#endif
}

} // namespace Detail

//! Something that a factory does at a stage of its life: made from a function that returns `void`,
//! or a `QFuture<void>` which the stage then waits for. See `FactorySettings::onStarted`.
//!
//! The function is called on a thread of the factory's own that has no event loop, without any
//! lock; it may use the factory, but must not wait for it to stop. It may be called again for another
//! factory that was given a copy. Where the returned future has continuations, return that of the
//! last one: a future of Qt 6.4 has room for one.
class Hook
{
public:
    //! Does nothing.
    Hook() = default;

    template<typename Function>
    requires(!std::same_as<std::remove_cvref_t<Function>,
                           Hook> && std::invocable<std::decay_t<Function> &>)
        Hook(Function &&function)
    {
        using Result = std::invoke_result_t<std::decay_t<Function> &>;
        static_assert(
            std::is_void_v<Result> || std::same_as<Result, QFuture<void>>,
            "Hook: the function must return void or QFuture<void>. A QFuture of something "
            "else can be turned into one: QFuture<void>(future).");
        if constexpr (std::is_void_v<Result>) {
            m_function = [function = std::forward<Function>(function)]() mutable {
                function();
                return Detail::readyFuture();
            };
        } else {
            m_function = std::forward<Function>(function);
        }
    }

    //! Whether there is something to do.
    explicit operator bool() const { return bool(m_function); }

    QFuture<void> operator()() const { return m_function(); }

private:
    std::function<QFuture<void>()> m_function;
};

} // namespace Millwright
