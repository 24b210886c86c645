// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "chartscale.h"

#include "charttexts.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace Millwright {

namespace {

// 1, 2 or 5 times a power of ten, the first that is not below the value.
double roundUp(double value)
{
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= value * (1 - 1e-9))
            return factor * power;
    }
    return 10 * power;
}

QString decimal(double value, int decimals, const QLocale &locale)
{
    QString text = locale.toString(value, 'f', decimals);
    if (decimals > 0) {
        while (text.endsWith(locale.zeroDigit()))
            text.chop(1);
        if (text.endsWith(locale.decimalPoint()))
            text.chop(locale.decimalPoint().size());
    }
    return text;
}

// Two digits at least: 1.2, 12, 123.
QString significant(double value, const QLocale &locale)
{
    return decimal(value, std::abs(value) < 9.95 ? 1 : 0, locale);
}

QString writtenCount(double value, const QLocale &locale)
{
    if (std::abs(value) < 9999.5)
        return decimal(value, value < 9.95 ? 1 : 0, locale);
    if (std::abs(value) < 999500)
        return ChartTexts::tr("%1 k").arg(significant(value / 1e3, locale));
    if (std::abs(value) < 999.5e6)
        return ChartTexts::tr("%1 M").arg(significant(value / 1e6, locale));
    return ChartTexts::tr("%1 G").arg(significant(value / 1e9, locale));
}

QString writtenDuration(double milliseconds, const QLocale &locale)
{
    if (milliseconds == 0)
        return ChartTexts::tr("%1 ms").arg(locale.toString(0));
    if (milliseconds < 0.0009995)
        return ChartTexts::tr("%1 ns").arg(significant(milliseconds * 1e6, locale));
    if (milliseconds < 0.9995)
        return ChartTexts::tr("%1 µs").arg(significant(milliseconds * 1e3, locale));
    if (milliseconds < 999.5)
        return ChartTexts::tr("%1 ms").arg(significant(milliseconds, locale));
    if (milliseconds < 119500)
        return ChartTexts::tr("%1 s").arg(significant(milliseconds / 1e3, locale));
    if (milliseconds < 7170000)
        return ChartTexts::tr("%1 min").arg(significant(milliseconds / 60e3, locale));
    return ChartTexts::tr("%1 h").arg(significant(milliseconds / 3600e3, locale));
}

} // namespace

ValueScale ValueScale::linear(double maximum, ChartUnit unit, int ticks)
{
    if (!(maximum > 0) || !std::isfinite(maximum))
        maximum = 1;
    double step = roundUp(maximum / std::max(1, ticks));
    if (unit == ChartUnit::Count)
        step = std::max(1.0, step);
    const int steps = int(std::ceil(maximum / step * (1 - 1e-9)));

    ValueScale scale;
    scale.m_highest = step * steps;
    for (int i = 0; i <= steps; ++i)
        scale.m_ticks.append(step * i);
    return scale;
}

ValueScale ValueScale::logarithmic(double minimum, double maximum)
{
    if (!(minimum > 0) || !(maximum >= minimum) || !std::isfinite(maximum))
        minimum = maximum = 1;
    const int first = int(std::floor(std::log10(minimum) + 1e-9));
    const int last = std::max(first + 1, int(std::ceil(std::log10(maximum) - 1e-9)));

    ValueScale scale;
    scale.m_isLogarithmic = true;
    scale.m_lowest = std::pow(10, first);
    scale.m_highest = std::pow(10, last);
    for (int exponent = first; exponent <= last; ++exponent)
        scale.m_ticks.append(std::pow(10, exponent));
    return scale;
}

double ValueScale::at(double value) const
{
    if (m_isLogarithmic) {
        if (value <= m_lowest)
            return 0;
        return std::min(1.0, std::log(value / m_lowest) / std::log(m_highest / m_lowest));
    }
    return std::clamp((value - m_lowest) / (m_highest - m_lowest), 0.0, 1.0);
}

double ValueScale::valueAt(double place) const
{
    return m_isLogarithmic ? m_lowest * std::pow(m_highest / m_lowest, place)
                           : m_lowest + (m_highest - m_lowest) * place;
}

QList<double> ageTicks(double span, int most)
{
    static constexpr std::array<double, 20> steps{0.1,  0.2,  0.5,  1,     2,     5,    10,
                                                  15,   30,   60,   120,   300,   600,  900,
                                                  1800, 3600, 7200, 14400, 43200, 86400};
    const auto fits = [span, most](double step) { return span / step <= std::max(1, most - 1); };
    const auto step = std::find_if(steps.begin(), steps.end(), fits);
    QList<double> ages{0};
    if (step == steps.end())
        return ages;
    for (int i = 1; i * *step <= span * (1 + 1e-9); ++i)
        ages.append(i * *step);
    return ages;
}

QString written(double value, ChartUnit unit, const QLocale &locale)
{
    if (!std::isfinite(value))
        return QStringLiteral("–");
    switch (unit) {
    case ChartUnit::Count:
        return writtenCount(value, locale);
    case ChartUnit::Rate:
        //: A number per second; "1.2 k/s"
        return ChartTexts::tr("%1/s").arg(writtenCount(value, locale));
    case ChartUnit::Duration:
        return writtenDuration(value, locale);
    }
    Q_UNREACHABLE();
}

QString writtenAge(double seconds, const QLocale &locale)
{
    if (seconds <= 0)
        return ChartTexts::tr("now");
    if (seconds < 60)
        return ChartTexts::tr("%1 s").arg(decimal(seconds, seconds < 9.95 ? 1 : 0, locale));
    const auto whole = qint64(std::llround(seconds));
    const bool inHours = whole >= 3600;
    const qint64 large = whole / (inHours ? 3600 : 60);
    const qint64 small = whole % (inHours ? 3600 : 60) / (inHours ? 60 : 1);
    const QString unit = inHours ? ChartTexts::tr("%1 h") : ChartTexts::tr("%1 min");
    if (small == 0)
        return unit.arg(locale.toString(large));
    return unit.arg(locale.toString(large) + QLatin1Char(':')
                    + QStringLiteral("%1").arg(small, 2, 10, QLatin1Char('0')));
}

} // namespace Millwright
