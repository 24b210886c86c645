// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "routing/leastloaded.h"

namespace Millwright {

Route LeastLoaded::route(const AbstractJob &, const Workers &workers)
{
    return Route::toWorker(workers.leastLoaded());
}

} // namespace Millwright
