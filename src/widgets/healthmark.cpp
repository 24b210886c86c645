// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "healthmark.h"

#include "../charts/charttheme.h"

#include <QtGui/qpainter.h>
#include <QtGui/qpixmap.h>

namespace Millwright {

QColor healthColor(Health::Level level, const ChartTheme &theme)
{
    switch (level) {
    case Health::Calm:
        return theme.good;
    case Health::Busy:
        return theme.series.front();
    case Health::Attention:
        return theme.warning;
    case Health::Critical:
        return theme.problem;
    }
    return theme.text;
}

void drawHealthMark(QPainter &painter, const QRectF &rect, Health::Level level,
                    const ChartTheme &theme)
{
    const QColor color = healthColor(level, theme);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    const QPointF center = rect.center();
    switch (level) {
    case Health::Calm:
        painter.drawEllipse(rect);
        break;
    case Health::Busy: {
        const double thickness = rect.width() / 4;
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(color, thickness));
        painter.drawEllipse(
            rect.adjusted(thickness / 2, thickness / 2, -thickness / 2, -thickness / 2));
        break;
    }
    case Health::Attention:
        painter.drawPolygon(
            QPolygonF({rect.bottomLeft(), rect.bottomRight(), {center.x(), rect.top()}}));
        break;
    case Health::Critical:
        painter.drawPolygon(QPolygonF({{rect.left(), center.y()},
                                       {center.x(), rect.top()},
                                       {rect.right(), center.y()},
                                       {center.x(), rect.bottom()}}));
        break;
    }
}

QIcon healthIcon(Health::Level level, const ChartTheme &theme, int side)
{
    constexpr int Density = 2;
    QPixmap pixmap(side * Density, side * Density);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    drawHealthMark(painter, QRectF(1, 1, side * Density - 2, side * Density - 2), level, theme);
    painter.end();
    pixmap.setDevicePixelRatio(Density);
    return pixmap;
}

} // namespace Millwright
