// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "supervision/restartpolicy.h"
#include "job/joboptions.h"
#include "routing/consistentindex.h"

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
    const auto correctTime = [&](std::chrono::nanoseconds RestartPolicy::*time, const char *what) {
        if (policy.*time >= ShortestBackoff)
            return;
        *complaints += QStringLiteral("a restart %1 of %2 ms counts as 1 ms; it must be 1 or more")
                           .arg(QLatin1String(what))
                           .arg(double((policy.*time).count()) / 1e6);
        policy.*time = ShortestBackoff;
    };
    correctTime(&RestartPolicy::interval, "interval");
    correctTime(&RestartPolicy::backoff, "backoff");
    correctTime(&RestartPolicy::maximumBackoff, "maximum backoff");
    if (!(backoffFactor >= 1)) { // not a number, perhaps
        policy.backoffFactor = 1;
        *complaints += QStringLiteral("a restart backoff factor of %1 counts as 1; it must be 1 or "
                                      "more")
                           .arg(backoffFactor);
    }
    if (!(jitter >= 0 && jitter <= 1)) {
        policy.jitter = jitter > 1 ? 1 : 0;
        *complaints += QStringLiteral("a restart jitter of %1 counts as %2; it must be from 0 to 1")
                           .arg(jitter)
                           .arg(policy.jitter);
    }
    return policy;
}

} // namespace Millwright
