// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "charttypes.h"

#include <QtCore/qlocale.h>

namespace Millwright {

//! From values to 0 ... 1 along an axis, and where its ticks are.
class ValueScale
{
public:
    //! From 0 to the first tick at or above `maximum`.
    [[nodiscard]] static ValueScale linear(double maximum, ChartUnit unit, int ticks);
    //! From one power of ten to another, at least one apart, around all of `minimum` ... `maximum`.
    [[nodiscard]] static ValueScale logarithmic(double minimum, double maximum);

    [[nodiscard]] double lowest() const { return m_lowest; }
    [[nodiscard]] double highest() const { return m_highest; }
    [[nodiscard]] const QList<double> &ticks() const { return m_ticks; }

    //! Values beyond the ends are at the ends.
    [[nodiscard]] double at(double value) const;
    //! The value at a place, 0 ... 1.
    [[nodiscard]] double valueAt(double place) const;

private:
    bool m_isLogarithmic = false;
    double m_lowest = 0;
    double m_highest = 1;
    QList<double> m_ticks;
};

//! Ages in seconds for ticks of a time axis: 0, and some round ones up to `span`. No more than `most`.
[[nodiscard]] QList<double> ageTicks(double span, int most);

//! A value with its unit, with no more digits than mean something.
[[nodiscard]] QString written(double value, ChartUnit unit, const QLocale &locale);
//! "now", "30 s", "5 min": how long ago something was.
[[nodiscard]] QString writtenAge(double seconds, const QLocale &locale);

} // namespace Millwright
