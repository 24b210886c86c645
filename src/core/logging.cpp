// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "logging.h"

namespace Millwright {

Q_LOGGING_CATEGORY(lcMillwright, "millwright")
Q_LOGGING_CATEGORY(lcJobs, "millwright.jobs", QtInfoMsg)

} // namespace Millwright
