// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "job/discardhandler.h"

#include "job/errors.h"
#include "logging.h"

namespace Millwright {

DiscardHandler::DiscardHandler(Function function)
    : m_function(std::make_shared<const Function>(std::move(function)))
{
}

DiscardHandler::DiscardHandler(QObject *context, Function function)
    : m_function(std::make_shared<const Function>(std::move(function)))
    , m_context(std::make_shared<Context>())
{
    m_context->object = context;
    // Stays connected when the handler goes first: to disconnect from an object that may be coming to its
    // end on another thread would be a race.
    QObject::connect(
        context, &QObject::destroyed, context,
        [bound = m_context] {
            const QMutexLocker locker(&bound->mutex);
            bound->object = nullptr;
        },
        Qt::DirectConnection);
}

bool DiscardHandler::isReachable() const
{
    if (!m_context)
        return true;
    const QMutexLocker locker(&m_context->mutex);
    return m_context->object;
}

// A queued signal would do the same, but for races within Qt if the receiver goes meanwhile.
void DiscardHandler::post(std::unique_ptr<AbstractJob, AbstractJob::Release> job,
                          DiscardReason reason) const
{
    const QMutexLocker locker(&m_context->mutex);
    if (!m_context->object)
        return;
    QMetaObject::invokeMethod(
        m_context->object,
        [function = m_function, job = std::shared_ptr<AbstractJob>(std::move(job)), reason] {
            call(*function, *job, reason);
        },
        Qt::QueuedConnection);
}

void DiscardHandler::call(const Function &function, AbstractJob &job, DiscardReason reason)
{
    try {
        function(job, reason);
    } catch (...) {
        qCWarning(lcMillwright, "A discard handler threw \"%s\"; handlers must not throw.",
                  qUtf8Printable(errorText(std::current_exception())));
    }
}

} // namespace Millwright
