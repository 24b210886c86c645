// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtGui/qcolor.h>
#include <QtGui/qfont.h>
#include <QtGui/qpalette.h>

#include <array>

namespace Millwright {

//! How much two colors differ in lightness, 1 to 21, as the WCAG define it. Text wants 4.5.
[[nodiscard]] double contrast(const QColor &one, const QColor &other);

//! `share` of `color` on top of `ground`; 0 is all ground, 1 all color.
[[nodiscard]] QColor mixed(const QColor &color, const QColor &ground, double share);

//! The colors and the font of a chart. All come from the palette of the application, so that light, dark
//! and high-contrast ones suit; what has a color of its own (series, warnings) is made lighter or darker until
//! it stands out from the ground.
struct ChartTheme
{
    static constexpr int Hues = 8;

    QFont font = {};
    QColor ground = {};
    QColor text = {};
    QColor mutedText = {}; //!< labels of axes; 4.5 against the ground
    QColor grid = {}; //!< barely visible
    QColor axis = {};
    QColor focus = {};
    QColor good = {};
    QColor warning = {};
    QColor problem = {};
    //! Of the series, in their order: told apart by those who are color-blind, too (Okabe and Ito).
    std::array<QColor, 4> series = {};
    //! Of keys, by their hash. Text in `textOn()` can be read on each.
    std::array<QColor, Hues> hues = {};
    bool isDark = false;

    [[nodiscard]] static ChartTheme of(const QPalette &palette, const QFont &font);

    //! Black or white, whichever can be read better on a ground.
    [[nodiscard]] static QColor textOn(const QColor &ground);
    //! The same key has the same color, in every run and on every machine.
    [[nodiscard]] const QColor &hueOf(QStringView key) const;
};

} // namespace Millwright
