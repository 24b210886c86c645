// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "abstractjob.h"

#include <QtCore/qmutex.h>
#include <QtCore/qobject.h>

#include <functional>
#include <memory>

namespace Millwright {

//! What sees the jobs that a factory discards. Thread-safe.
class MILLWRIGHT_CORE_EXPORT DiscardHandler
{
public:
    using Function = std::function<void(AbstractJob &, DiscardReason)>;

    //! Called on the thread that discards.
    explicit DiscardHandler(Function function);
    //! Called on the thread of the context, by its event loop, as long as the context lives.
    DiscardHandler(QObject *context, Function function);

    //! Whether jobs are to be posted rather than called with.
    [[nodiscard]] bool isBound() const { return bool(m_context); }
    //! False when the context has gone.
    [[nodiscard]] bool isReachable() const;

    //! For handlers that are not bound.
    void call(AbstractJob &job, DiscardReason reason) const { call(*m_function, job, reason); }
    //! For bound handlers: the job is kept until its turn comes.
    void post(std::unique_ptr<AbstractJob, AbstractJob::Release> job, DiscardReason reason) const;

private:
    Q_DISABLE_COPY_MOVE(DiscardHandler)

    struct Context
    {
        QMutex mutex; // while it is held, the object does not go
        QObject *object; // nullptr when it has gone
    };

    static void call(const Function &function, AbstractJob &job, DiscardReason reason);

    const std::shared_ptr<const Function> m_function;
    std::shared_ptr<Context> m_context;
};

} // namespace Millwright
