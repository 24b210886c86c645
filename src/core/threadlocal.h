// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qglobal.h>

#if defined(Q_OF_ELF) && defined(__GLIBC__) && !defined(MILLWRIGHT_STATIC)
// The place of such a variable is known when the library is loaded, and looking at it takes no call. The C
// library has room for that in what dlopen() loads, if it is as little as it is here: some fifty bytes.
#define MILLWRIGHT_TLS_MODEL [[gnu::tls_model("initial-exec")]]
#else
#define MILLWRIGHT_TLS_MODEL
#endif
