// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "errors.h"
#include "suspension.h"

#include <concepts>
#include <utility>

namespace Millwright::Detail {

// What `process()` returns, and what comes out of it in the end.
template<typename R>
struct Returned
{
    using Result = R;
    static constexpr bool isFuture = false;
};

template<typename R>
struct Returned<QFuture<R>>
{
    using Result = R;
    static constexpr bool isFuture = true;
};

//! The future that `process()` has returned in place of a result.
template<typename Result>
class Awaited
{
public:
    Awaited() = default;
    ~Awaited()
    {
        if (isPending()) // given up
            m_future->cancel();
    }
    Q_DISABLE_COPY_MOVE(Awaited)

    void begin(QFuture<Result> future)
    {
        // A canceled future is not valid, either, nor is one by then() before it has begun.
        const bool follows = QFutureInterfaceBase::get(future).queryState(
            QFutureInterfaceBase::Pending);
        if (!future.isValid() && !future.isCanceled() && !follows) {
            throw JobError(
                QStringLiteral("process() returned a future whose result was taken, or that of a "
                               "QPromise for which start() was not called"));
        }
        m_future.emplace(std::move(future));
    }

    [[nodiscard]] bool isPending() const { return m_future && !m_future->isFinished(); }

    //! Any thread, while it is pending.
    void cancel() { m_future->cancel(); }

    [[nodiscard]] std::unique_ptr<Suspension> suspend(AbstractJob &job,
                                                      std::optional<QFuture<void>> outer,
                                                      std::function<void()> ended) const
    {
        return Suspension::until(job, QFuture<void>(*m_future), std::move(outer), std::move(ended));
    }

    //! It has ended. False if it was canceled; throws what it has failed with.
    [[nodiscard]] bool conclude()
    {
        m_future->waitForFinished();
        if (m_future->isCanceled())
            return false;
        if constexpr (!std::is_void_v<Result>) {
            if (m_future->resultCount() == 0) {
                throw JobError(
                    QStringLiteral("the future that process() returned ended without a result"));
            }
        }
        return true;
    }

    //! Copied where possible: the worker may have kept the future.
    [[nodiscard]] Result takeResult()
    {
        if constexpr (std::copy_constructible<Result>)
            return m_future->result();
        else
            return m_future->takeResult();
    }

private:
    std::optional<QFuture<Result>> m_future;
};

} // namespace Millwright::Detail
