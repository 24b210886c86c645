// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "logging.h"

#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

namespace Millwright {

// Settings that are numbers of 0 or more. A wrong one is said to whoever sets it: see also the policies'
// corrected().

//! Whether it is right. Otherwise it is said to be ignored: what was set before stays.
[[nodiscard]] inline bool isUsable(const QString &factory, const char *setting, qint64 value,
                                   const char *unit = "")
{
    if (value >= 0)
        return true;
    qCWarning(lcMillwright, "Factory \"%s\": a %s of %lld%s was ignored; it must be 0 or more.",
              qUtf8Printable(factory), setting, qlonglong(value), unit);
    return false;
}

//! For a factory that is being made: the nearest one that is right. Another one is said to be used.
template<typename T>
[[nodiscard]] T usable(const QString &factory, const char *setting, T value, const char *unit = "")
{
    if (value >= 0)
        return value;
    qCWarning(lcMillwright, "Factory \"%s\": a %s of %lld%s counts as 0%s; it must be 0 or more.",
              qUtf8Printable(factory), setting, qlonglong(value), unit, unit);
    return 0;
}

//! Says what was wrong with a policy.
inline void sayCorrected(const QString &factory, const QStringList &complaints)
{
    for (const QString &complaint : complaints)
        qCWarning(lcMillwright, "Factory \"%s\": %s.", qUtf8Printable(factory),
                  qUtf8Printable(complaint));
}

} // namespace Millwright
