// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "router.h"

namespace Millwright {

//! Lets every job wait in the factory's queue for the first worker that is free.
class MILLWRIGHT_CORE_EXPORT Queuer final : public Router
{
public:
    [[nodiscard]] Route route(const AbstractJob &job, const Workers &workers) override;
    [[nodiscard]] WaitingPlace waitingPlace() const override { return WaitingPlace::InFactory; }
};

} // namespace Millwright
