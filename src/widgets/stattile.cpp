// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "stattile.h"

#include "../charts/charttheme.h"

#include <QtGui/qpainter.h>
#include <QtWidgets/qstyleoption.h>

#include <algorithm>

namespace Millwright {

namespace {

constexpr int Margin = 8;
constexpr int BarHeight = 6;

QColor colorOf(StatTile::Mood mood, const ChartTheme &theme, const QColor &plain)
{
    switch (mood) {
    case StatTile::Warning:
        return theme.warning;
    case StatTile::Problem:
        return theme.problem;
    case StatTile::Plain:
        break;
    }
    return plain;
}

} // namespace

StatTile::StatTile(const QString &title, QWidget *parent) : QWidget(parent), m_title(title)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(title);
}

void StatTile::show(const QString &value, const QString &suffix, const QString &detail, Mood mood)
{
    if (value == m_value && suffix == m_suffix && detail == m_detail && mood == m_mood)
        return;
    m_value = value;
    m_suffix = suffix;
    m_detail = detail;
    m_mood = mood;
    const QString text = QStringLiteral("%1 %2 %3").arg(value, suffix, detail).trimmed();
    setAccessibleDescription(text);
    setToolTip(m_title + QLatin1Char('\n') + text);
    update();
}

void StatTile::setFill(double fill, Mood mood)
{
    if (fill == m_fill && mood == m_fillMood)
        return;
    m_fill = fill;
    m_fillMood = mood;
    update();
}

QFont StatTile::valueFont() const
{
    QFont large = font();
    large.setBold(true);
    if (large.pointSizeF() > 0)
        large.setPointSizeF(large.pointSizeF() * 1.6);
    else
        large.setPixelSize(int(large.pixelSize() * 1.6));
    return large;
}

int StatTile::heightFor() const
{
    return 2 * Margin + 2 * fontMetrics().height() + QFontMetrics(valueFont()).height() + BarHeight
           + 6;
}

QSize StatTile::sizeHint() const
{
    return {fontMetrics().averageCharWidth() * 20, heightFor()};
}

QSize StatTile::minimumSizeHint() const
{
    return {fontMetrics().averageCharWidth() * 12, heightFor()};
}

void StatTile::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const ChartTheme theme = ChartTheme::of(palette(), font());
    painter.setPen(Qt::NoPen);
    painter.setBrush(mixed(theme.text, theme.ground, 0.06));
    painter.drawRoundedRect(rect(), 6, 6);

    const QRect inside = rect().adjusted(Margin, Margin, -Margin, -Margin);
    const int line = fontMetrics().height();
    const auto place = [&](int x, int y, int width, int height) {
        return QStyle::visualRect(layoutDirection(), inside,
                                  QRect(inside.left() + x, inside.top() + y, width, height));
    };
    const auto text = [&](const QRect &where, const QString &what, const QColor &color) {
        painter.setPen(color);
        painter.setLayoutDirection(what.isRightToLeft() ? Qt::RightToLeft : Qt::LeftToRight);
        painter.drawText(
            where,
            int(QStyle::visualAlignment(layoutDirection(), Qt::AlignLeft | Qt::AlignBottom)
                | Qt::AlignAbsolute),
            painter.fontMetrics().elidedText(what, Qt::ElideRight, where.width()));
    };
    text(place(0, 0, inside.width(), line), m_title, theme.mutedText);
    const QFont large = valueFont();
    const QFontMetrics largeMetrics(large);
    const int valueWidth = std::min(largeMetrics.horizontalAdvance(m_value) + 2, inside.width());
    painter.setFont(large);
    text(place(0, line, valueWidth, largeMetrics.height()), m_value,
         colorOf(m_mood, theme, theme.text));
    painter.setFont(font());
    text(place(valueWidth + 5, line, inside.width() - valueWidth - 5,
               largeMetrics.height() - (largeMetrics.descent() - fontMetrics().descent())),
         m_suffix, theme.mutedText);
    int y = line + largeMetrics.height();
    text(place(0, y, inside.width(), line), m_detail, theme.mutedText);
    if (m_fill < 0)
        return;
    y += line + 4;
    painter.setPen(Qt::NoPen);
    painter.setBrush(mixed(theme.text, theme.ground, 0.18));
    painter.drawRoundedRect(place(0, y, inside.width(), BarHeight), BarHeight / 2, BarHeight / 2);
    if (m_fill > 0) {
        const int filled = std::max(BarHeight, int(inside.width() * std::min(1.0, m_fill)));
        painter.setBrush(colorOf(m_fillMood, theme, theme.series.front()));
        painter.drawRoundedRect(place(0, y, filled, BarHeight), BarHeight / 2, BarHeight / 2);
    }
}

} // namespace Millwright
