// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "abstractjob.h"

#include <QtCore/qobject.h>

#include <atomic>
#include <functional>
#include <memory>

namespace Millwright {

namespace Detail {

//! Carries jobs to the thread of a context object, as queued signals do: with the context go those
//! that are still on their way.
class DiscardPost final : public QObject
{
    Q_OBJECT

public:
    struct Letter
    {
        std::unique_ptr<AbstractJob, AbstractJob::Release> job;
        DiscardReason reason;
    };

Q_SIGNALS:
    void posted(const std::shared_ptr<Millwright::Detail::DiscardPost::Letter> &letter);
};

} // namespace Detail

//! What sees the jobs that a factory discards. Thread-safe.
class MILLWRIGHT_CORE_EXPORT DiscardHandler
{
public:
    using Function = std::function<void(AbstractJob &, DiscardReason)>;

    //! Called on the thread that discards.
    explicit DiscardHandler(Function function);
    //! Called on the thread of the context, by its event loop, as long as the context lives.
    DiscardHandler(QObject *context, Function function);
    ~DiscardHandler();

    //! Whether jobs are to be posted rather than called with.
    [[nodiscard]] bool isBound() const { return bool(m_post); }
    //! False when the context has gone.
    [[nodiscard]] bool isReachable() const { return m_function || *m_isReachable; }

    //! For handlers that are not bound.
    void call(AbstractJob &job, DiscardReason reason) const { call(m_function, job, reason); }
    //! For bound handlers: the job is kept until its turn comes.
    void post(std::unique_ptr<AbstractJob, AbstractJob::Release> job, DiscardReason reason) const;

private:
    Q_DISABLE_COPY_MOVE(DiscardHandler)

    static void call(const Function &function, AbstractJob &job, DiscardReason reason);

    Function m_function;
    std::shared_ptr<std::atomic<bool>> m_isReachable;
    std::unique_ptr<Detail::DiscardPost> m_post;
};

} // namespace Millwright
