// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "routing/queuer.h"

namespace Millwright {

Route Queuer::route(const AbstractJob &, const Workers &)
{
    return Route::toQueue();
}

} // namespace Millwright
