// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "routing/stickyqueuer.h"

namespace Millwright {

Route StickyQueuer::route(const AbstractJob &job, const Workers &workers)
{
    const int holder = workers.holder(job);
    return holder < 0 ? Route::toQueue() : Route::toWorker(holder);
}

} // namespace Millwright
