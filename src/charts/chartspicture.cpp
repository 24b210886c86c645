// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "chartspicture.h"

#include <QtGui/qpainter.h>

namespace Millwright {

QImage chartsPicture(qsizetype charts,
                     const std::function<QImage(qsizetype index, const QSize &size,
                                                double devicePixelRatio)> &toImage)
{
    constexpr double DevicePixelRatio = 2;
    constexpr QSize Size(560, 220);
    constexpr int Gap = 20;

    const auto rows = int((charts + 1) / 2);
    const QSize all(2 * Size.width() + 3 * Gap, rows * (Size.height() + Gap) + Gap);
    QImage picture(all * DevicePixelRatio, QImage::Format_RGB32);
    picture.setDevicePixelRatio(DevicePixelRatio);
    QPainter painter(&picture);
    for (qsizetype i = 0; i < charts; ++i) {
        const bool isAlone = i % 2 == 0 && i == charts - 1;
        const QSize size(isAlone ? 2 * Size.width() + Gap : Size.width(), Size.height());
        const QImage chart = toImage(i, size, DevicePixelRatio);
        if (i == 0)
            painter.fillRect(QRect(QPoint(0, 0), all), chart.pixelColor(0, 0));
        painter.drawImage(
            QPointF(Gap + i % 2 * (Size.width() + Gap), Gap + i / 2 * (Size.height() + Gap)),
            chart);
    }
    return picture;
}

} // namespace Millwright
