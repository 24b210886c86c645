// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qthread.h>

#include <new>

namespace Millwright {

//! Does what must be done. It takes a few bytes of memory; where there are none, it waits until there are.
template<typename Function>
void insist(Function function)
{
    for (;;) {
        try {
            function();
            return;
        } catch (const std::bad_alloc &) {
            QThread::yieldCurrentThread();
        }
    }
}

} // namespace Millwright
