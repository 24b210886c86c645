// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "widgets_global.h"

#include <QtCore/qpointer.h>
#include <QtGui/qimage.h>
#include <QtWidgets/qwidget.h>

#include <memory>

namespace Millwright {

class Chart;
class FactoryMonitor;

//! What the charts have in common. Use one of them: `TimeChart`, `LatencyHistogram`, `WorkerGrid`, `WorkerTimeline`.
//!
//! \code
//! auto *monitor = new FactoryMonitor(this);
//! monitor->setFactory(&thumbnails);
//! monitor->setActive(true);
//! auto *chart = new TimeChart(this);
//! chart->setMonitor(monitor);
//! chart->setQuantity(TimeChart::QueueDepth);
//! \endcode
//!
//! A chart takes its colors and its font from its palette and its font, its numbers from its locale, and mirrors itself
//! where one reads from right to left. It has *items*: samples, bars, workers, spans. The one under the pointer is
//! hovered and shows its values; with the focus, the arrow keys, Home and End lead from one to another, and Escape
//! leaves. Assistive technology is told the title, a summary, and the hovered item.
//!
//! It repaints when its data have changed, and not while it is hidden. Belongs to the GUI thread.
class MILLWRIGHT_WIDGETS_EXPORT ChartWidget : public QWidget
{
    Q_OBJECT
    Q_PROPERTY(QString title READ title WRITE setTitle NOTIFY titleChanged FINAL)
    Q_PROPERTY(QString emptyText READ emptyText WRITE setEmptyText NOTIFY emptyTextChanged FINAL)
    Q_PROPERTY(
        int hoveredIndex READ hoveredIndex WRITE setHoveredIndex NOTIFY hoveredIndexChanged FINAL)
    Q_PROPERTY(QString hoveredText READ hoveredText NOTIFY hoveredIndexChanged FINAL)
    Q_PROPERTY(QString summary READ summary FINAL)

public:
    ~ChartWidget() override;

    //! What it shows, as of the monitor's last sample. Not owned; nullptr, the default, for nothing.
    [[nodiscard]] FactoryMonitor *monitor() const;
    void setMonitor(FactoryMonitor *monitor);

    //! Stands above the chart, and is its accessible name. Empty by default.
    [[nodiscard]] QString title() const;
    void setTitle(const QString &title);
    //! What stands in the chart while there are no data. By default "No jobs yet", or what is missing: the monitor, its
    //! factory, that it is active, its `timelineSpan`.
    [[nodiscard]] QString emptyText() const;
    void setEmptyText(const QString &text);

    //! The item under the pointer, or to which the keys have led. -1, the default, for none, and as soon as there is no
    //! such item any more.
    [[nodiscard]] int hoveredIndex() const;
    void setHoveredIndex(int index);
    //! What there is to say about it, in a few lines; empty for none.
    [[nodiscard]] QString hoveredText() const;
    //! What the chart shows, in a sentence.
    [[nodiscard]] QString summary() const;

    //! The chart as a picture of this size, in logical pixels, without the hovered item and the focus. An empty
    //! size, the default, stands for that of the widget.
    [[nodiscard]] QImage toImage(const QSize &size = {}, double devicePixelRatio = 1) const;
    //! Writes it into a file, in the format of its ending, as in "throughput.png". False if that fails.
    bool saveImage(const QString &file, const QSize &size = {}, double devicePixelRatio = 2) const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void titleChanged();
    void emptyTextChanged();
    void hoveredIndexChanged();

protected:
    ChartWidget(std::unique_ptr<Chart> chart, QWidget *parent);

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

    bool event(QEvent *event) override;
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    void updateLook();
    void tellHovered();

    const std::unique_ptr<Chart> m_chart;
    QPointer<FactoryMonitor> m_monitor;
    mutable bool m_isOutdated = false;
    int m_hoveredIndex = -1;
};

} // namespace Millwright
