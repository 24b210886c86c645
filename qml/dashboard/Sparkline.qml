// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import "DashboardFormat.js" as Format

/*!
    A series as a curve above zero, the newest value at the right. A long one fills the width; a short
    one starts somewhere within it.
*/
Canvas {
    id: sparkline

    //! The values, oldest first.
    property list<real> values
    //! How many values the whole width has room for at least.
    property int minimumCapacity: 40
    property color lineColor: palette.highlight
    property color baseColor: palette.mid

    implicitHeight: 36

    Accessible.role: Accessible.Chart

    onValuesChanged: requestPaint()
    onLineColorChanged: requestPaint()
    onBaseColorChanged: requestPaint()

    onPaint: {
        const context = getContext("2d");
        context.reset();

        const bottom = height - 0.5;
        context.strokeStyle = baseColor;
        context.lineWidth = 1;
        context.beginPath();
        context.moveTo(0, bottom);
        context.lineTo(width, bottom);
        context.stroke();

        const top = Format.largest(values);
        if (values.length < 2 || top <= 0)
            return;

        const step = width / (Math.max(minimumCapacity, values.length) - 1);
        const left = width - step * (values.length - 1);
        const x = index => left + step * index;
        const y = value => bottom - value / top * (height - 3);

        context.beginPath();
        values.forEach((value, index) => context.lineTo(x(index), y(value)));
        context.lineWidth = 1.5;
        context.lineJoin = "round";
        context.strokeStyle = lineColor;
        context.stroke();

        context.lineTo(width, bottom);
        context.lineTo(left, bottom);
        context.closePath();
        context.globalAlpha = 0.18;
        context.fillStyle = lineColor;
        context.fill();
    }
}
