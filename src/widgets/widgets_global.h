// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qglobal.h>

// Marks what MillwrightWidgets exports. Users of a static build get MILLWRIGHT_STATIC from CMake.
#if defined(MILLWRIGHT_STATIC)
#define MILLWRIGHT_WIDGETS_EXPORT
#elif defined(MILLWRIGHT_BUILDING_WIDGETS)
#define MILLWRIGHT_WIDGETS_EXPORT Q_DECL_EXPORT
#else
#define MILLWRIGHT_WIDGETS_EXPORT Q_DECL_IMPORT
#endif
