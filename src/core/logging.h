// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qloggingcategory.h>

namespace Millwright {

Q_DECLARE_LOGGING_CATEGORY(lcMillwright)

} // namespace Millwright
