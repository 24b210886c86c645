// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "router.h"

namespace Millwright {

//! The worker that has the least to do. Jobs wait at the workers.
class MILLWRIGHT_CORE_EXPORT LeastLoaded final : public Router
{
public:
    [[nodiscard]] Route route(const AbstractJob &job, const Workers &workers) override;
    [[nodiscard]] WaitingPlace waitingPlace() const override { return WaitingPlace::AtWorkers; }
};

} // namespace Millwright
