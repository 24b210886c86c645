// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../millwright_global.h"

#include <QtCore/qbytearray.h>

namespace Millwright {

class FactoryBase;

//! What the workers of a factory did while it was traced, see `FactoryBase::beginTrace()`, and what they run
//! now, in the trace event format of Chrome: a file for `chrome://tracing`, Perfetto or Speedscope. A
//! process stands for the factory, a thread for each worker; the arguments of an event are the `label` of the
//! job, its `outcome`, and `jobs`, how many they are, where short ones are together. Any thread, while the
//! factory lives.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QByteArray chromeTrace(const FactoryBase &factory);

} // namespace Millwright
