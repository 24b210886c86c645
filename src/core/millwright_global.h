// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qglobal.h>

// Marks what MillwrightCore exports. Users of a static build get MILLWRIGHT_STATIC from CMake.
#if defined(MILLWRIGHT_STATIC)
#define MILLWRIGHT_CORE_EXPORT
#elif defined(MILLWRIGHT_BUILDING_CORE)
#define MILLWRIGHT_CORE_EXPORT Q_DECL_EXPORT
#else
#define MILLWRIGHT_CORE_EXPORT Q_DECL_IMPORT
#endif
