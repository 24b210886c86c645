// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "routing/roundrobin.h"

namespace Millwright {

Route RoundRobin::route(const AbstractJob &, const Workers &workers)
{
    if (m_next >= workers.count())
        m_next = 0;
    return Route::toWorker(m_next++);
}

} // namespace Millwright
