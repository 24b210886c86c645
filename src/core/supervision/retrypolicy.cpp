// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "supervision/retrypolicy.h"
#include "supervision/corrections.h"

#include <algorithm>
#include <cmath>

namespace Millwright {

std::chrono::nanoseconds RetryPolicy::backoffAfter(int attempt, double chance) const
{
    if (backoff.count() <= 0)
        return {};
    const double factor = std::pow(std::max(1.0, backoffFactor), std::max(0, attempt - 1));
    const double wanted = double(backoff.count()) * factor;
    const qint64 most = std::max<qint64>(0, maximumBackoff.count());
    const qint64 wait = wanted < double(most) ? qint64(wanted) : most;
    const double share = std::max(0.0, std::min(1.0, jitter)) * std::clamp(chance, 0.0, 1.0);
    return std::chrono::nanoseconds(wait - qint64(double(wait) * share));
}

RetryPolicy RetryPolicy::corrected(QStringList *complaints) const
{
    using std::chrono::nanoseconds;
    RetryPolicy policy = *this;
    if (maximumAttempts < 1) {
        policy.maximumAttempts = 1;
        *complaints += QStringLiteral("a retry maximum of %1 attempts counts as 1, no further one; "
                                      "it must be 1 or more")
                           .arg(maximumAttempts);
    }
    Corrections corrections("retry", complaints);
    policy.backoff = corrections.time("backoff", backoff, nanoseconds(0));
    policy.maximumBackoff = corrections.time("maximum backoff", maximumBackoff, nanoseconds(0));
    policy.backoffFactor = corrections.factor(backoffFactor);
    policy.jitter = corrections.jitter(jitter);
    return policy;
}

} // namespace Millwright
