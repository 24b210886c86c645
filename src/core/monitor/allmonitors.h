// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <vector>

namespace Millwright {

class FactoryMonitor;

// The monitors that there are, so that those of one factory find each other. Any thread.
namespace AllMonitors {

void add(FactoryMonitor *monitor);
void remove(FactoryMonitor *monitor);
// Those that nobody else can change or destroy meanwhile.
[[nodiscard]] std::vector<FactoryMonitor *> ofThisThread();

} // namespace AllMonitors

} // namespace Millwright
