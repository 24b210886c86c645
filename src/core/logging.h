// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qloggingcategory.h>

namespace Millwright {

Q_DECLARE_LOGGING_CATEGORY(lcMillwright)
// Of each job: said at debug level, which is off unless somebody wants it.
Q_DECLARE_LOGGING_CATEGORY(lcJobs)

} // namespace Millwright
