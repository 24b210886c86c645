// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "chartscale.h"
#include "charttheme.h"

#include <QtCore/qrect.h>
#include <QtGui/qfontmetrics.h>
#include <QtGui/qimage.h>

#include <cmath>
#include <optional>
#include <utility>

QT_BEGIN_NAMESPACE
class QPainter;
QT_END_NAMESPACE

namespace Millwright {

class FactoryMonitor;

//! How an input device moves the cursor of a chart.
enum class CursorMove { Left, Right, Up, Down, First, Last };

//! The arrow keys, Home and End; nothing for all others.
[[nodiscard]] std::optional<CursorMove> cursorMoveOf(int key);

//! What is drawn, without a toolkit: the QML items and the widgets are shells around one of these.
//!
//! A chart is made of its data, a theme, a locale, a layout direction and a size; whatever it draws or
//! answers follows from these alone. It has *items* (samples, bars, workers, spans) with indices from 0 on, one
//! of which may be *hovered*: the one under the pointer, or the one that the arrow keys have led to.
//!
//! From right to left everything is mirrored: the value axis stands at the right and time runs to the left,
//! so that it runs to the end of a line in both directions of reading.
//!
//! Lengths are logical pixels. Nothing is drawn outside of `rect()`.
class Chart
{
public:
    Chart();
    virtual ~Chart();
    Q_DISABLE_COPY_MOVE(Chart)

    void setTheme(const ChartTheme &theme);
    void setLocale(const QLocale &locale) { m_locale = locale; }
    void setDirection(Qt::LayoutDirection direction) { m_direction = direction; }
    void setSize(const QSizeF &size) { m_size = size; }
    //! Stands above the chart, and is its name for assistive technology. None by default.
    void setTitle(const QString &title) { m_title = title; }
    //! By somebody else than the pointer, which is forgotten.
    void setHovered(int index)
    {
        m_hovered = index;
        m_pointer.reset();
    }
    //! Draws a frame: keys go to this chart.
    void setFocused(bool isFocused) { m_isFocused = isFocused; }
    //! What is said while there are no data.
    void setEmptyText(const QString &text) { m_emptyText = text; }

    [[nodiscard]] const ChartTheme &theme() const { return m_theme; }
    [[nodiscard]] const QLocale &locale() const { return m_locale; }
    [[nodiscard]] bool isMirrored() const { return m_direction == Qt::RightToLeft; }
    [[nodiscard]] QRectF rect() const { return {QPointF(0, 0), m_size}; }
    [[nodiscard]] const QString &title() const { return m_title; }
    [[nodiscard]] QString emptyText() const;
    //! -1 for none, and when there is no such item any more.
    [[nodiscard]] int hovered() const;

    //! Takes over what a monitor has seen last; nullptr for nothing.
    virtual void take(const FactoryMonitor *monitor) = 0;
    //! The same, and what is hovered then is what is now under the pointer, or, without one, the same item as before,
    //! wherever it stands now.
    void update(const FactoryMonitor *monitor);
    //! Where the pointer is, if it is over the chart. Hovers what is there.
    void setPointer(const std::optional<QPointF> &position);
    //! Follows a key, and forgets the pointer.
    void move(CursorMove move);

    //! How many items there are.
    [[nodiscard]] virtual int count() const = 0;
    //! The item at a position, -1 for none.
    [[nodiscard]] virtual int indexAt(const QPointF &position) const = 0;
    //! The item to which a key leads from the hovered one.
    [[nodiscard]] virtual int moved(CursorMove move) const = 0;
    //! What there is to say about an item, in one line or several.
    [[nodiscard]] virtual QString textOf(int index) const = 0;
    //! What the chart shows in a sentence, for those who do not see it.
    [[nodiscard]] virtual QString summary() const = 0;
    [[nodiscard]] virtual QSizeF sizeHint() const = 0;
    [[nodiscard]] virtual QSizeF minimumSize() const;

    //! Draws all, clipped to `rect()`. The ground is not filled.
    void paint(QPainter *painter) const;
    //! The same on its ground, in so many device pixels, without the hovered item and the focus.
    [[nodiscard]] QImage toImage(const QSize &pixels, double devicePixelRatio = 1);

protected:
    virtual void draw(QPainter &painter) const = 0;

    //! What makes an item the same one after the data have changed.
    using Identity = std::pair<qint64, qint64>;
    [[nodiscard]] virtual Identity identityOf(int index) const { return {index, 0}; }

    [[nodiscard]] const QFontMetricsF &metrics() const { return m_metrics; }
    [[nodiscard]] double rowHeight() const { return std::ceil(m_metrics.height()) + 2; }
    //! The room beside a plot for labels so wide. As far as it can be the same for all charts, so that those below one
    //! another begin at the same place.
    [[nodiscard]] double axisWidth(double labelWidth) const;
    //! A place that was laid out from left to right, where it is in the layout direction.
    [[nodiscard]] double placed(double x) const { return isMirrored() ? m_size.width() - x : x; }
    [[nodiscard]] QRectF placed(const QRectF &rect) const;
    //! Text within a rectangle that is already placed, elided if it has to be. `Qt::AlignLeft` is the
    //! side where a line begins.
    void drawText(QPainter &painter, const QRectF &rect, Qt::Alignment alignment,
                  const QString &text, const QColor &color) const;
    //! A line that is one device pixel wide, and on device pixels.
    static void drawHairline(QPainter &painter, const QPointF &from, const QPointF &to,
                             const QColor &color);
    //! The axis of time below a plot (already placed) whose end is now.
    void drawAges(QPainter &painter, const QRectF &plot, double span) const;
    void drawEmpty(QPainter &painter, const QRectF &plot) const;
    //! From `take()`: what is said while there are no data, unless there is no monitor, it has no factory or is not
    //! active, or somebody wants something else to be said.
    void setDefaultEmptyText(const QString &text)
    {
        if (m_defaultEmptyText.isEmpty())
            m_defaultEmptyText = text;
    }
    //! Lines of text in a box beside a point, in the room that there is. The first is bold.
    void drawBubble(QPainter &painter, const QRectF &room, const QPointF &point,
                    const QString &text) const;

private:
    [[nodiscard]] QStringList emptyLines(const QSizeF &room) const;

    ChartTheme m_theme;
    QFontMetricsF m_metrics;
    QLocale m_locale;
    Qt::LayoutDirection m_direction = Qt::LeftToRight;
    QSizeF m_size;
    QString m_title;
    QString m_emptyText;
    QString m_defaultEmptyText;
    int m_hovered = -1;
    std::optional<QPointF> m_pointer;
    bool m_isFocused = false;
};

} // namespace Millwright
