// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "millwright_global.h"

#include <QtCore/qstring.h>

namespace Millwright {

//! The version of the library that the program runs with, as in "1.0.0". Thread-safe.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QString version();

} // namespace Millwright
