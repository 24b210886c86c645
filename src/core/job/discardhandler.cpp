// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "job/discardhandler.h"

#include "job/errors.h"
#include "logging.h"

namespace Millwright {

DiscardHandler::DiscardHandler(Function function) : m_function(std::move(function)) {}

DiscardHandler::DiscardHandler(QObject *context, Function function)
    : m_isReachable(std::make_shared<std::atomic<bool>>(true))
    , m_post(std::make_unique<Detail::DiscardPost>())
{
    using Detail::DiscardPost;
    QObject::connect(
        m_post.get(), &DiscardPost::posted, context,
        [function = std::move(function)](const std::shared_ptr<DiscardPost::Letter> &letter) {
            call(function, *letter->job, letter->reason);
        },
        Qt::QueuedConnection);
    QObject::connect(
        context, &QObject::destroyed, m_post.get(),
        [isReachable = m_isReachable] { *isReachable = false; }, Qt::DirectConnection);
}

DiscardHandler::~DiscardHandler() = default;

void DiscardHandler::post(std::unique_ptr<AbstractJob, AbstractJob::Release> job,
                          DiscardReason reason) const
{
    Q_EMIT m_post->posted(std::make_shared<Detail::DiscardPost::Letter>(
        Detail::DiscardPost::Letter{std::move(job), reason}));
}

void DiscardHandler::call(const Function &function, AbstractJob &job, DiscardReason reason)
{
    try {
        function(job, reason);
    } catch (...) {
        qCWarning(lcMillwright, "A discard handler threw \"%ls\"; handlers must not throw.",
                  qUtf16Printable(errorText(std::current_exception())));
    }
}

} // namespace Millwright
