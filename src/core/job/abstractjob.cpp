// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "job/abstractjob.h"

#include "job/progress.h"

#include <algorithm>

namespace Millwright {

void AbstractJob::addExtras(const JobOptions &options)
{
    m_extras = std::make_unique<Extras>(
        Extras{options.label, options.retry, options.timeToLive.count()});
}

QString AbstractJob::label() const
{
    return m_extras ? m_extras->label : QString();
}

JobOptions AbstractJob::options() const
{
    JobOptions options{.priority = priority(), .discardable = m_discardable};
    if (m_extras) {
        if (m_extras->expiry != 0) {
            const qint64 timeToLive = m_extras->expiry - m_submitted;
            options.timeToLive = std::chrono::nanoseconds(timeToLive > 0 ? timeToLive : -1);
        }
        options.retry = m_extras->retry;
        options.label = m_extras->label;
    }
    return options;
}

AbstractJob::Extras &AbstractJob::extras()
{
    if (!m_extras)
        m_extras = std::make_unique<Extras>();
    return *m_extras;
}

void AbstractJob::unref()
{
    // The last owner needs no read-modify-write: nobody else is left to race with.
    if (m_references.load(std::memory_order_acquire) == 1
        || m_references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        delete this;
    }
}

AbstractJob::Pointer AbstractJob::makeSpare()
{
    return nullptr;
}

AbstractJob::Pointer AbstractJob::makeSuccessor()
{
    return nullptr;
}

std::unique_ptr<Suspension> AbstractJob::suspend(std::function<void()>)
{
    return nullptr;
}

PromiseLink::~PromiseLink() = default;

} // namespace Millwright
