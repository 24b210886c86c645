// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "router.h"

namespace Millwright {

//! One worker after the other. Jobs wait at the workers.
class MILLWRIGHT_CORE_EXPORT RoundRobin final : public Router
{
public:
    [[nodiscard]] Route route(const AbstractJob &job, const Workers &workers) override;
    [[nodiscard]] WaitingPlace waitingPlace() const override { return WaitingPlace::AtWorkers; }

private:
    int m_next = 0;
};

} // namespace Millwright
