// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "version.h"

namespace Millwright {

QString version()
{
    return QStringLiteral(MILLWRIGHT_VERSION);
}

} // namespace Millwright
