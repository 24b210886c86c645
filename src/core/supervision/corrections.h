// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../milliseconds.h"

#include <QtCore/qstringlist.h>

namespace Millwright {

//! The parts of a policy as they make sense, and what was wrong with those that do not.
class Corrections
{
public:
    //! `policy` is what the parts are called by: "restart", "retry".
    Corrections(const char *policy, QStringList *complaints)
        : m_policy(QLatin1String(policy))
        , m_complaints(complaints)
    {
    }

    [[nodiscard]] std::chrono::nanoseconds time(const char *what, std::chrono::nanoseconds time,
                                                std::chrono::nanoseconds least)
    {
        if (time >= least)
            return time;
        const double milliseconds = toMilliseconds(least);
        complain(QStringLiteral("%1 of %2 ms counts as %3 ms; it must be %3 or more")
                     .arg(QLatin1String(what))
                     .arg(toMilliseconds(time))
                     .arg(milliseconds));
        return least;
    }

    [[nodiscard]] double factor(double factor)
    {
        if (factor >= 1) // not a number is not
            return factor;
        complain(
            QStringLiteral("backoff factor of %1 counts as 1; it must be 1 or more").arg(factor));
        return 1;
    }

    [[nodiscard]] double jitter(double jitter)
    {
        if (jitter >= 0 && jitter <= 1)
            return jitter;
        const double nearest = jitter > 1 ? 1 : 0;
        complain(QStringLiteral("jitter of %1 counts as %2; it must be from 0 to 1")
                     .arg(jitter)
                     .arg(nearest));
        return nearest;
    }

private:
    void complain(const QString &text)
    {
        *m_complaints += QStringLiteral("a %1 %2").arg(m_policy, text);
    }

    const QLatin1String m_policy;
    QStringList *const m_complaints;
};

} // namespace Millwright
