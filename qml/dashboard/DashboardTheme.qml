// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls
import Millwright

/*!
    The colours and the sizes of a dashboard, derived from the palette and the font of the
    application, so that it suits light and dark ones, small and large ones alike.
*/
QtObject {
    //! The control whose palette the colours are derived from, and whose font the sizes.
    required property Control source

    readonly property bool isDark: source.palette.window.hslLightness < source.palette.windowText.hslLightness

    //! In pixels.
    readonly property int fontSize: source.font.pixelSize
    readonly property int smallFontSize: Math.max(Math.min(fontSize, 11), Math.round(fontSize * 0.92))
    readonly property int figureSize: Math.round(fontSize * 1.6)
    readonly property int rowHeight: Math.round(fontSize * 2)
    readonly property int spacing: 8

    readonly property color ground: source.palette.window
    readonly property color text: source.palette.windowText
    //! For labels and for whatever needs no attention.
    readonly property color mutedText: mixed(source.palette.windowText, source.palette.window, 0.66)
    //! Hairlines and the empty part of gauges.
    readonly property color line: mixed(source.palette.windowText, source.palette.window, 0.16)
    //! Behind a group of figures.
    readonly property color surface: mixed(source.palette.windowText, source.palette.window, 0.05)
    //! Gauges and curves.
    readonly property color accent: isDark ? mixed(source.palette.highlight, source.palette.windowText, 0.7)
                                           : source.palette.highlight

    readonly property color good: isDark ? "#62c98d" : "#1f7a45"
    readonly property color warning: isDark ? "#f0b64a" : "#8f5a00"
    readonly property color problem: isDark ? "#ff8a80" : "#b3261e"

    //! Of a `FactoryMonitor.health`.
    function healthColor(health: int): color {
        switch (health) {
        case Health.Calm: return good;
        case Health.Busy: return accent;
        case Health.Attention: return warning;
        default: return problem;
        }
    }

    //! `share` of `color` on top of `ground`; 0 is all ground, 1 all colour.
    function mixed(color: color, ground: color, share: real): color {
        return Qt.rgba(ground.r + (color.r - ground.r) * share,
                       ground.g + (color.g - ground.g) * share,
                       ground.b + (color.b - ground.b) * share, 1);
    }
}
