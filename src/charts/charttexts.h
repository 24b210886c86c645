// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qcoreapplication.h>

namespace Millwright {

//! What charts say, in the language of the application.
struct ChartTexts
{
    Q_DECLARE_TR_FUNCTIONS(Millwright::Chart)
};

} // namespace Millwright
