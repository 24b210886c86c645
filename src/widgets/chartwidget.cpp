// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "chartwidget.h"

#include "chartaccessible.h"

#include "../charts/chart.h"
#include "../core/monitor/factorymonitor.h"

#include <QtGui/qevent.h>
#include <QtGui/qpainter.h>

#include <utility>

namespace Millwright {

ChartWidget::ChartWidget(std::unique_ptr<Chart> chart, QWidget *parent)
    : QWidget(parent)
    , m_chart(std::move(chart))
{
    ChartAccessible::install();
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    updateLook();
}

ChartWidget::~ChartWidget() = default;

FactoryMonitor *ChartWidget::monitor() const
{
    return m_monitor;
}

void ChartWidget::setMonitor(FactoryMonitor *monitor)
{
    if (monitor == m_monitor)
        return;
    if (m_monitor)
        m_monitor->disconnect(this);
    m_monitor = monitor;
    if (monitor) {
        connect(monitor, &FactoryMonitor::sampled, this, &ChartWidget::onDataChanged);
        connect(monitor, &QObject::destroyed, this, &ChartWidget::onDataChanged);
    }
    onDataChanged();
}

QString ChartWidget::title() const
{
    return m_chart->title();
}

void ChartWidget::setTitle(const QString &title)
{
    if (title == m_chart->title())
        return;
    m_chart->setTitle(title);
    update();
    Q_EMIT titleChanged();
}

QString ChartWidget::emptyText() const
{
    m_isOutdated = true; // it follows what the monitor is set to
    refresh();
    return m_chart->emptyText();
}

void ChartWidget::setEmptyText(const QString &text)
{
    if (text == m_chart->emptyText())
        return;
    m_chart->setEmptyText(text);
    update();
    Q_EMIT emptyTextChanged();
}

int ChartWidget::hoveredIndex() const
{
    return m_hoveredIndex;
}

void ChartWidget::setHoveredIndex(int index)
{
    refresh();
    m_chart->setHovered(index);
    tellHovered();
}

void ChartWidget::tellHovered()
{
    const int hovered = m_chart->hovered();
    if (hovered == m_hoveredIndex)
        return;
    m_hoveredIndex = hovered;
    update();
    Q_EMIT hoveredIndexChanged();
    if (QAccessible::isActive()) {
        QAccessibleEvent event(this, QAccessible::DescriptionChanged);
        QAccessible::updateAccessibility(&event);
    }
}

QString ChartWidget::hoveredText() const
{
    refresh();
    return m_chart->textOf(m_hoveredIndex);
}

QString ChartWidget::summary() const
{
    refresh();
    return m_chart->summary();
}

QImage ChartWidget::toImage(const QSize &size, double devicePixelRatio) const
{
    refresh();
    const QSizeF logical = size.isEmpty() ? this->size() : size;
    return m_chart->toImage((logical * devicePixelRatio).toSize(), devicePixelRatio);
}

bool ChartWidget::saveImage(const QString &file, const QSize &size, double devicePixelRatio) const
{
    return toImage(size, devicePixelRatio).save(file);
}

QSize ChartWidget::sizeHint() const
{
    refresh();
    return m_chart->sizeHint().toSize();
}

QSize ChartWidget::minimumSizeHint() const
{
    return m_chart->minimumSize().toSize();
}

void ChartWidget::onDataChanged()
{
    m_isOutdated = true;
    update();
    if (m_hoveredIndex >= 0 || underMouse()) {
        refresh();
        tellHovered();
    }
}

void ChartWidget::showItem(int) {}

void ChartWidget::refresh() const
{
    if (std::exchange(m_isOutdated, false))
        m_chart->update(m_monitor);
}

void ChartWidget::updateLook()
{
    m_chart->setTheme(ChartTheme::of(palette(), font()));
    m_chart->setLocale(locale());
    m_chart->setDirection(layoutDirection());
    updateGeometry();
    update();
}

bool ChartWidget::event(QEvent *event)
{
    // QWidget has no handler of its own for a change of the locale.
    if (event->type() == QEvent::LocaleChange || event->type() == QEvent::LayoutDirectionChange)
        updateLook();
    return QWidget::event(event);
}

void ChartWidget::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange
        || event->type() == QEvent::StyleChange || event->type() == QEvent::EnabledChange)
        updateLook();
    QWidget::changeEvent(event);
}

void ChartWidget::paintEvent(QPaintEvent *)
{
    refresh();
    QPainter painter(this);
    m_chart->setFocused(hasFocus());
    m_chart->paint(&painter);
}

void ChartWidget::resizeEvent(QResizeEvent *)
{
    m_chart->setSize(size());
}

void ChartWidget::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && m_hoveredIndex >= 0) {
        setHoveredIndex(-1);
        return;
    }
    const std::optional<CursorMove> move = cursorMoveOf(event->key());
    if (!move) {
        QWidget::keyPressEvent(event);
        return;
    }
    refresh();
    m_chart->move(*move);
    showItem(m_chart->hovered());
    tellHovered();
}

void ChartWidget::mouseMoveEvent(QMouseEvent *event)
{
    refresh();
    m_chart->setPointer(event->position());
    tellHovered();
}

void ChartWidget::leaveEvent(QEvent *)
{
    m_chart->setPointer(std::nullopt);
    tellHovered();
}

} // namespace Millwright
