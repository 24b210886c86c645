// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "router.h"

namespace Millwright {

//! The worker that has jobs of the key, or the first free one. What waits for neither waits in the
//! factory's queue.
class MILLWRIGHT_CORE_EXPORT StickyQueuer final : public Router
{
public:
    [[nodiscard]] Route route(const AbstractJob &job, const Workers &workers) override;
    [[nodiscard]] bool keepsKeyOrder() const override { return true; }
};

} // namespace Millwright
