// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "job/abstractjob.h"

#include <algorithm>
#include <cmath>

namespace Millwright {

std::chrono::nanoseconds RetryPolicy::backoffAfter(int attempt) const
{
    const double factor = std::pow(std::max(1.0, backoffFactor), std::max(0, attempt - 1));
    const double wanted = double(backoff.count()) * factor;
    return std::chrono::nanoseconds(
        std::clamp<qint64>(wanted < 9e18 ? qint64(wanted) : maximumBackoff.count(), 0,
                           std::max<qint64>(0, maximumBackoff.count())));
}

AbstractJob::AbstractJob(quint64 keyHash, const JobOptions &options)
    : m_keyHash(keyHash)
    , m_priority(quint8(options.priority.value_or(Priority::Normal)))
    , m_discardable(options.discardable.value_or(true))
{
    const qint64 timeToLive = std::max<qint64>(0, options.timeToLive.count());
    if (timeToLive > 0 || !options.label.isEmpty() || options.retry != RetryPolicy{})
        m_extras = std::make_unique<Extras>(Extras{options.label, options.retry, timeToLive});
}

AbstractJob::~AbstractJob() = default;

QString AbstractJob::label() const
{
    return m_extras ? m_extras->label : QString();
}

void AbstractJob::unref()
{
    // The last owner needs no read-modify-write: nobody else is left to race with.
    if (m_references.load(std::memory_order_acquire) == 1
        || m_references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        delete this;
    }
}

std::unique_ptr<Suspension> AbstractJob::suspend(std::function<void()>)
{
    return nullptr;
}

PromiseLink::~PromiseLink() = default;

} // namespace Millwright
