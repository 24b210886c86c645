// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qglobal.h>

#include <random>

namespace Support {

//! Chance, the same for the same seed.
class Dice
{
public:
    explicit Dice(quint64 seed) : m_engine(seed) {}

    int below(int limit) { return int(m_engine() % quint64(limit)); }
    bool oneIn(int n) { return below(n) == 0; }
    quint64 any() { return m_engine(); }

private:
    std::mt19937_64 m_engine;
};

} // namespace Support
