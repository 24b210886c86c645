// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include <QtQuickTest/quicktest.h>

QUICK_TEST_MAIN(quick)
