// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "router.h"

namespace Millwright {

//! The worker that the hash of the key picks. Jobs wait at the workers.
class MILLWRIGHT_CORE_EXPORT KeyPersistent final : public Router
{
public:
    [[nodiscard]] Route route(const AbstractJob &job, const Workers &workers) override;
    [[nodiscard]] WaitingPlace waitingPlace() const override { return WaitingPlace::AtWorkers; }
    [[nodiscard]] bool keepsKeyOrder() const override { return true; }
};

} // namespace Millwright
