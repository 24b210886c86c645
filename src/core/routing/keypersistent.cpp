// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "routing/keypersistent.h"
#include "routing/consistentindex.h"

namespace Millwright {

Route KeyPersistent::route(const AbstractJob &job, const Workers &workers)
{
    return Route::toWorker(consistentIndex(job.keyHash(), workers.count()));
}

} // namespace Millwright
