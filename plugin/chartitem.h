// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <Millwright/FactoryMonitor>

#include <QtCore/qpointer.h>
#include <QtGui/qfont.h>
#include <QtQml/qqml.h>
#include <QtQuick/qquickpainteditem.h>

#include <memory>

namespace Millwright {

class Chart;

//! What the charts of the QML module have in common: `TimeChart`, `LatencyHistogram`, `WorkerGrid`, `WorkerTimeline`.
//!
//! A chart takes its colors from its palette, its numbers from the default locale. It has *items*: samples, bars,
//! workers, spans. The one under the pointer is hovered and shows its values; with the focus, the arrow keys, Home and
//! End lead from one to another, and Escape leaves.
//!
//! It repaints when its data have changed, and not while it is hidden.
class ChartItem : public QQuickPaintedItem
{
    Q_OBJECT
    Q_PROPERTY(Millwright::FactoryMonitor *monitor READ monitor WRITE setMonitor NOTIFY
                   monitorChanged FINAL)
    Q_PROPERTY(QString title READ title WRITE setTitle NOTIFY titleChanged FINAL)
    Q_PROPERTY(QString emptyText READ emptyText WRITE setEmptyText NOTIFY emptyTextChanged FINAL)
    Q_PROPERTY(QFont font READ font WRITE setFont NOTIFY fontChanged FINAL)
    Q_PROPERTY(bool mirrored READ isMirrored WRITE setMirrored NOTIFY mirroredChanged FINAL)
    Q_PROPERTY(int count READ count NOTIFY dataChanged FINAL)
    Q_PROPERTY(
        int hoveredIndex READ hoveredIndex WRITE setHoveredIndex NOTIFY hoveredIndexChanged FINAL)
    Q_PROPERTY(QString hoveredText READ hoveredText NOTIFY hoveredTextChanged FINAL)
    Q_PROPERTY(QString summary READ summary NOTIFY dataChanged FINAL)
    QML_NAMED_ELEMENT(ChartItem)
    QML_UNCREATABLE("ChartItem is what the charts have in common. Use one of them: TimeChart, "
                    "LatencyHistogram, WorkerGrid, WorkerTimeline.")

public:
    ~ChartItem() override;

    //! What is shown, as of the monitor's last sample. Not owned; null, the default, for nothing.
    [[nodiscard]] FactoryMonitor *monitor() const { return m_monitor; }
    void setMonitor(FactoryMonitor *monitor);
    //! Stands above the chart, and is its accessible name. Empty by default.
    [[nodiscard]] QString title() const;
    void setTitle(const QString &title);
    //! What stands in the chart while there are no data. By default "No jobs yet", or what is missing: the monitor, its
    //! factory, that it is active, its `timelineSpan`.
    [[nodiscard]] QString emptyText() const;
    void setEmptyText(const QString &text);
    //! That of the application by default.
    [[nodiscard]] QFont font() const { return m_font; }
    void setFont(const QFont &font);
    //! Whether it is laid out from right to left. That of the application by default.
    [[nodiscard]] bool isMirrored() const;
    void setMirrored(bool mirrored);

    //! How many items there are.
    [[nodiscard]] int count() const;
    //! The item under the pointer, or to which the keys have led. -1, the default, for none, and as soon as there is no
    //! such item any more.
    [[nodiscard]] int hoveredIndex() const { return m_hoveredIndex; }
    void setHoveredIndex(int index);
    //! What there is to say about it, in a few lines; empty for none.
    [[nodiscard]] QString hoveredText() const;
    //! What the chart shows, in a sentence.
    [[nodiscard]] QString summary() const;

    //! The chart as a picture of this size, in logical pixels, without the hovered item and the focus.
    [[nodiscard]] QImage toImage(const QSizeF &size, double devicePixelRatio) const;
    //! Writes the chart as a picture into a file, given by its path or URL, in the format of its ending, as in
    //! "throughput.png", without the hovered item and the focus. Twice as many pixels each way as the item is large. False
    //! if that fails.
    Q_INVOKABLE bool saveImage(const QString &file);

    void paint(QPainter *painter) override;

Q_SIGNALS:
    void monitorChanged();
    void titleChanged();
    void emptyTextChanged();
    void fontChanged();
    void mirroredChanged();
    void hoveredIndexChanged();
    void hoveredTextChanged();
    void dataChanged();

protected:
    ChartItem(std::unique_ptr<Chart> chart, QQuickItem *parent);

    //! The data are others: repaints, and lets go of an item that is no more.
    void onDataChanged();
    //! The keys have led to an item that may be out of sight.
    virtual void showItem(int index);
    //! Before the chart is painted, or asked for anything: takes from the monitor what is new.
    void refresh() const;

    template<typename Painter>
    [[nodiscard]] Painter &as() const
    {
        return static_cast<Painter &>(*m_chart);
    }

    void componentComplete() override;
    void geometryChange(const QRectF &now, const QRectF &before) override;
    void itemChange(ItemChange change, const ItemChangeData &data) override;
    void keyPressEvent(QKeyEvent *event) override;
    void hoverEnterEvent(QHoverEvent *event) override;
    void hoverMoveEvent(QHoverEvent *event) override;
    void hoverLeaveEvent(QHoverEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    Q_SLOT void updateLook();
    void updateImplicitSize();
    void tellHovered();
    void redraw();

    const std::unique_ptr<Chart> m_chart;
    QPointer<FactoryMonitor> m_monitor;
    QFont m_font;
    mutable bool m_isOutdated = false;
    bool m_isSoiled = false; // has changed while it was hidden
    int m_hoveredIndex = -1;
    QPointF m_pointer; // where it was last
};

} // namespace Millwright
