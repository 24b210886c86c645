// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "moduleinfo.h"

#include <Millwright/Version>

namespace Millwright {

QString ModuleInfo::version() const
{
    return Millwright::version();
}

} // namespace Millwright
