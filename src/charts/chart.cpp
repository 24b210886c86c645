// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "chart.h"

#include "../core/monitor/factorymonitor.h"
#include "charttexts.h"

#include <QtGui/qpainter.h>
#include <QtGui/qtextlayout.h>

#include <algorithm>
#include <utility>

namespace Millwright {

std::optional<CursorMove> cursorMoveOf(int key)
{
    switch (key) {
    case Qt::Key_Left:
        return CursorMove::Left;
    case Qt::Key_Right:
        return CursorMove::Right;
    case Qt::Key_Up:
        return CursorMove::Up;
    case Qt::Key_Down:
        return CursorMove::Down;
    case Qt::Key_Home:
        return CursorMove::First;
    case Qt::Key_End:
        return CursorMove::Last;
    default:
        return {};
    }
}

Chart::Chart() : m_metrics(QFont()) {}

Chart::~Chart() = default;

void Chart::setTheme(const ChartTheme &theme)
{
    m_theme = theme;
    m_metrics = QFontMetricsF(theme.font);
}

int Chart::hovered() const
{
    return m_hovered >= 0 && m_hovered < count() ? m_hovered : -1;
}

QString Chart::emptyText() const
{
    return !m_emptyText.isEmpty()          ? m_emptyText
           : !m_defaultEmptyText.isEmpty() ? m_defaultEmptyText
                                           : ChartTexts::tr("No jobs yet");
}

QSizeF Chart::minimumSize() const
{
    return {rowHeight() * 8, rowHeight() * 4};
}

void Chart::paint(QPainter *painter) const
{
    if (m_size.isEmpty())
        return;
    painter->save();
    painter->setClipRect(rect(), Qt::IntersectClip);
    painter->setFont(m_theme.font);
    painter->setLayoutDirection(m_direction);
    draw(*painter);
    painter->restore();
    if (m_isFocused) {
        painter->save();
        painter->setPen(QPen(m_theme.focus, 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(rect().adjusted(1, 1, -1, -1));
        painter->restore();
    }
}

void Chart::update(const FactoryMonitor *monitor)
{
    const int before = hovered();
    const Identity identity = before < 0 ? Identity() : identityOf(before);
    m_defaultEmptyText = !monitor               ? ChartTexts::tr("No monitor")
                         : !monitor->factory()  ? ChartTexts::tr("No factory")
                         : !monitor->isActive() ? ChartTexts::tr("The monitor is not active")
                                                : QString();
    take(monitor);
    if (m_pointer) {
        m_hovered = indexAt(*m_pointer);
    } else if (before >= 0 && (before >= count() || identityOf(before) != identity)) {
        m_hovered = -1;
        for (int i = 0; i < count() && m_hovered < 0; ++i) {
            if (identityOf(i) == identity)
                m_hovered = i;
        }
    }
}

void Chart::setPointer(const std::optional<QPointF> &position)
{
    m_pointer = position;
    m_hovered = position ? indexAt(*position) : -1;
}

void Chart::move(CursorMove move)
{
    m_pointer.reset();
    m_hovered = moved(move);
}

QImage Chart::toImage(const QSize &pixels, double devicePixelRatio)
{
    QImage image(pixels, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(devicePixelRatio);
    image.fill(m_theme.ground);
    const QSizeF size = std::exchange(m_size, QSizeF(pixels) / devicePixelRatio);
    const int hovered = std::exchange(m_hovered, -1);
    const bool isFocused = std::exchange(m_isFocused, false);
    QPainter painter(&image);
    paint(&painter);
    m_size = size;
    m_hovered = hovered;
    m_isFocused = isFocused;
    return image;
}

double Chart::axisWidth(double labelWidth) const
{
    const double usual = metrics().horizontalAdvance(written(100, ChartUnit::Duration, m_locale));
    // In steps, so that the plot does not move with every new digit.
    return std::ceil((std::max(labelWidth, usual) + 8) / 16) * 16;
}

QRectF Chart::placed(const QRectF &rect) const
{
    return isMirrored()
               ? QRectF(m_size.width() - rect.right(), rect.top(), rect.width(), rect.height())
               : rect;
}

void Chart::drawText(QPainter &painter, const QRectF &rect, Qt::Alignment alignment,
                     const QString &text, const QColor &color) const
{
    if (rect.width() <= 0)
        return;
    const QFontMetricsF metrics(painter.font());
    painter.setPen(color);
    // The chart says on which side a line begins, the text itself in which direction it is read: "45 ms" stays as it is
    // among words that run from right to left.
    Qt::Alignment side = alignment | Qt::AlignAbsolute;
    if (isMirrored() && side & (Qt::AlignLeft | Qt::AlignRight))
        side ^= Qt::AlignLeft | Qt::AlignRight;
    painter.setLayoutDirection(text.isRightToLeft() ? Qt::RightToLeft : Qt::LeftToRight);
    painter.drawText(rect, int(side) | Qt::TextSingleLine,
                     metrics.horizontalAdvance(text) <= rect.width()
                         ? text
                         : metrics.elidedText(text, Qt::ElideRight, rect.width()));
}

void Chart::drawHairline(QPainter &painter, const QPointF &from, const QPointF &to,
                         const QColor &color)
{
    const double ratio = painter.device()->devicePixelRatio();
    const auto aligned = [ratio](double position) { return std::floor(position * ratio) / ratio; };
    const double width = 1 / ratio;
    const QRectF line(aligned(from.x()), aligned(from.y()),
                      from.x() == to.x() ? width : to.x() - from.x(),
                      from.y() == to.y() ? width : to.y() - from.y());
    painter.fillRect(line.normalized(), color);
}

void Chart::drawAges(QPainter &painter, const QRectF &plot, double span) const
{
    if (!(span > 0))
        return;
    const double labelWidth = metrics().horizontalAdvance(writtenAge(span, m_locale)) + rowHeight();
    const QList<double> ages = ageTicks(span, std::clamp(int(plot.width() / labelWidth), 2, 8));
    for (double age : ages) {
        const double share = age / span;
        const double x = isMirrored() ? plot.left() + share * plot.width()
                                      : plot.right() - share * plot.width();
        drawHairline(painter, {x, plot.top()}, {x, plot.bottom()}, m_theme.grid);
        drawHairline(painter, {x, plot.bottom()}, {x, plot.bottom() + 3}, m_theme.axis);
        const QString text = writtenAge(age, m_locale);
        const double width = metrics().horizontalAdvance(text) + 2;
        const double left = std::clamp(x - width / 2, 0.0, std::max(0.0, m_size.width() - width));
        drawText(painter, {left, plot.bottom() + 3, width, rowHeight()}, Qt::AlignCenter, text,
                 m_theme.mutedText);
    }
}

void Chart::drawEmpty(QPainter &painter, const QRectF &plot) const
{
    const QStringList lines = emptyLines(plot.size());
    const double height = m_metrics.height();
    QRectF row(plot.left(), plot.center().y() - double(lines.size()) * height / 2, plot.width(),
               height);
    for (const QString &line : lines) {
        drawText(painter, row, Qt::AlignCenter, line, m_theme.mutedText);
        row.translate(0, height);
    }
}

// Up to three, as there is room. The last one is all that is left.
QStringList Chart::emptyLines(const QSizeF &room) const
{
    const int most = std::clamp(int(room.height() / m_metrics.height()), 1, 3);
    const QString text = emptyText();
    QStringList lines;
    QTextLayout layout(text, m_theme.font);
    layout.beginLayout();
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        if (lines.size() == most - 1) {
            lines.append(text.mid(line.textStart()));
            break;
        }
        line.setLineWidth(room.width());
        lines.append(text.mid(line.textStart(), line.textLength()).trimmed());
    }
    layout.endLayout();
    return lines;
}

void Chart::drawBubble(QPainter &painter, const QRectF &room, const QPointF &point,
                       const QString &text) const
{
    const QStringList lines = text.split(QLatin1Char('\n'));
    QFont bold = m_theme.font;
    bold.setBold(true);
    const QFontMetricsF boldMetrics(bold);
    double width = boldMetrics.horizontalAdvance(lines.first());
    for (const QString &line : lines)
        width = std::max(width, m_metrics.horizontalAdvance(line));
    static constexpr double padding = 6;
    static constexpr double distance = 12;
    const QSizeF size(std::min(room.width(), std::ceil(width) + 2 * padding + 2),
                      std::ceil(lines.size() * m_metrics.height()) + 2 * padding);

    // Beside the point, on the side where there is room; never over the edge.
    QRectF box(QPointF(point.x() + distance, point.y() - size.height() / 2), size);
    if (box.right() > room.right())
        box.moveRight(point.x() - distance);
    box.moveLeft(
        std::clamp(box.left(), room.left(), std::max(room.left(), room.right() - size.width())));
    box.moveTop(
        std::clamp(box.top(), room.top(), std::max(room.top(), room.bottom() - size.height())));

    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_theme.axis, 1));
    painter.setBrush(mixed(m_theme.text, m_theme.ground, 0.04));
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    painter.restore();
    QRectF row(box.left() + padding, box.top() + padding, box.width() - 2 * padding,
               m_metrics.height());
    for (qsizetype i = 0; i < lines.size(); ++i) {
        painter.setFont(i == 0 ? bold : m_theme.font);
        drawText(painter, row, Qt::AlignLeft | Qt::AlignVCenter, lines.at(i), m_theme.text);
        row.translate(0, m_metrics.height());
    }
    painter.setFont(m_theme.font);
}

} // namespace Millwright
