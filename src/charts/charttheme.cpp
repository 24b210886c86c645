// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "charttheme.h"

#include <cmath>

namespace Millwright {

namespace {

double luminance(const QColor &color)
{
    const auto linear = [](double share) {
        return share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF())
           + 0.0722 * linear(color.blueF());
}

// The color, as far on its way to the text's as it has to be to stand out from the ground.
QColor standingOut(const QColor &color, const QColor &ground, const QColor &text, double wanted)
{
    for (int step = 0; step < 20; ++step) {
        const QColor candidate = mixed(text, color, step / 20.0);
        if (contrast(candidate, ground) >= wanted)
            return candidate;
    }
    return text;
}

} // namespace

double contrast(const QColor &one, const QColor &other)
{
    const double a = luminance(one) + 0.05;
    const double b = luminance(other) + 0.05;
    return a > b ? a / b : b / a;
}

QColor mixed(const QColor &color, const QColor &ground, double share)
{
    const auto mix = [share](double a, double b) { return b + (a - b) * share; };
    return QColor::fromRgbF(float(mix(color.redF(), ground.redF())),
                            float(mix(color.greenF(), ground.greenF())),
                            float(mix(color.blueF(), ground.blueF())));
}

ChartTheme ChartTheme::of(const QPalette &palette, const QFont &font)
{
    ChartTheme theme;
    theme.font = font;
    theme.ground = palette.color(QPalette::Window);
    theme.text = palette.color(QPalette::WindowText);
    theme.isDark = luminance(theme.ground) < luminance(theme.text);

    const auto visible = [&theme](const QColor &color, double wanted) {
        return standingOut(color, theme.ground, theme.text, wanted);
    };
    theme.mutedText = visible(mixed(theme.text, theme.ground, 0.66), 4.5);
    theme.grid = mixed(theme.text, theme.ground, 0.09);
    theme.axis = mixed(theme.text, theme.ground, 0.32);
    theme.focus = visible(palette.color(QPalette::Highlight), 3);
    theme.good = visible(QColor::fromRgb(theme.isDark ? 0x62c98d : 0x1f7a45), 4.5);
    theme.warning = visible(QColor::fromRgb(theme.isDark ? 0xf0b64a : 0x8f5a00), 4.5);
    theme.problem = visible(QColor::fromRgb(theme.isDark ? 0xff8a80 : 0xb3261e), 4.5);

    static constexpr std::array<QRgb, 4> light{0x0072b2, 0xd55e00, 0x007a59, 0x9a4a78};
    static constexpr std::array<QRgb, 4> dark{0x56b4e9, 0xe69f00, 0x2fc49a, 0xe09ac2};
    for (std::size_t i = 0; i < theme.series.size(); ++i)
        theme.series[i] = visible(QColor::fromRgb(theme.isDark ? dark[i] : light[i]), 3);

    // No red, which says that something is wrong, and no green beside what looks like it to many. What is near in hue is
    // far in lightness.
    struct Hue
    {
        int angle;
        int lightness;
    };
    static constexpr std::array<Hue, Hues> mixes{
        {{205, 0}, {46, 0}, {175, -25}, {262, 15}, {318, 10}, {198, 55}, {285, -35}, {52, 50}}};
    for (std::size_t i = 0; i < theme.hues.size(); ++i) {
        const auto [angle, lightness] = mixes[i];
        const QColor hue = theme.isDark ? QColor::fromHsl(angle, 110, 150 + lightness)
                                        : QColor::fromHsl(angle, 140, 115 + lightness);
        theme.hues[i] = visible(hue, 1.5);
    }
    return theme;
}

QColor ChartTheme::textOn(const QColor &ground)
{
    return contrast(Qt::black, ground) >= contrast(Qt::white, ground) ? Qt::black : Qt::white;
}

const QColor &ChartTheme::hueOf(QStringView key) const
{
    // FNV-1a: qHash() differs from one version of Qt to the next.
    quint32 hash = 2166136261u;
    for (QChar character : key)
        hash = (hash ^ character.unicode()) * 16777619u;
    return hues[(hash ^ (hash >> 16)) % hues.size()];
}

} // namespace Millwright
