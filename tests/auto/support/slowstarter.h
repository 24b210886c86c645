// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "gate.h"

#include <Millwright/Worker>

namespace Support {

//! A worker that stands at a gate in its start.
class SlowStarter : public Millwright::Worker<int, int, int>
{
public:
    explicit SlowStarter(const Gate &gate) : m_gate(gate) {}
    int process(Job &job) override { return job.message(); }

protected:
    void starting() override { m_gate.pass(); }

private:
    const Gate m_gate;
};

} // namespace Support
