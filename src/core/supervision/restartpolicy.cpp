// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "supervision/restartpolicy.h"
#include "job/joboptions.h"
#include "routing/consistentindex.h"
#include "supervision/corrections.h"

#include <algorithm>

namespace Millwright {

std::chrono::nanoseconds RestartPolicy::backoffBefore(int number, quint64 chance) const
{
    const RetryPolicy growth{
        .backoff = backoff, .backoffFactor = backoffFactor, .maximumBackoff = maximumBackoff};
    const auto wait = double(growth.backoffAfter(number).count());
    const double share = double(Detail::mixed(chance, 0) >> 11)
                         / double(quint64(1) << 53); // 0 to 1
    const double jittered = std::min(wait * (1 + jitter * (2 * share - 1)), 9e18);
    return std::max(std::chrono::nanoseconds(qint64(jittered)), ShortestBackoff);
}

RestartPolicy RestartPolicy::corrected(QStringList *complaints) const
{
    RestartPolicy policy = *this;
    if (maximumRestarts < Unlimited) {
        policy.maximumRestarts = Unlimited;
        *complaints += QStringLiteral("a maximum of %1 restarts counts as %2, no limit; it must be "
                                      "that, 0 or more")
                           .arg(maximumRestarts)
                           .arg(Unlimited);
    }
    Corrections corrections("restart", complaints);
    policy.interval = corrections.time("interval", interval, ShortestBackoff);
    policy.backoff = corrections.time("backoff", backoff, ShortestBackoff);
    policy.maximumBackoff = corrections.time("maximum backoff", maximumBackoff, ShortestBackoff);
    policy.backoffFactor = corrections.factor(backoffFactor);
    policy.jitter = corrections.jitter(jitter);
    return policy;
}

} // namespace Millwright
