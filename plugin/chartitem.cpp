// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "chartitem.h"

#include "../src/charts/chart.h"

#include <QtCore/qurl.h>
#include <QtGui/qguiapplication.h>
#include <QtGui/qpainter.h>
#include <QtQuick/qquickwindow.h>

#include <array>
#include <utility>

namespace Millwright {

namespace {

// An item has a palette, but for QML alone: an object with a property for each of these.
constexpr std::array<std::pair<QPalette::ColorRole, const char *>, 8> Roles{{
    {QPalette::Window, "window"},
    {QPalette::WindowText, "windowText"},
    {QPalette::Base, "base"},
    {QPalette::Text, "text"},
    {QPalette::Button, "button"},
    {QPalette::ButtonText, "buttonText"},
    {QPalette::Highlight, "highlight"},
    {QPalette::HighlightedText, "highlightedText"},
}};

QPalette paletteOf(const QObject *colors)
{
    QPalette palette = QGuiApplication::palette();
    for (const auto &[role, name] : Roles) {
        const QVariant color = colors ? colors->property(name) : QVariant();
        if (color.isValid())
            palette.setColor(role, color.value<QColor>());
    }
    return palette;
}

} // namespace

ChartItem::ChartItem(std::unique_ptr<Chart> chart, QQuickItem *parent)
    : QQuickPaintedItem(parent)
    , m_chart(std::move(chart))
{
    m_chart->setDirection(QGuiApplication::layoutDirection());
    setAcceptHoverEvents(true);
    setActiveFocusOnTab(true);
    setFlag(ItemIsFocusScope, false);
}

ChartItem::~ChartItem() = default;

// --- Properties -------------------------------------------------------------------------------

void ChartItem::setMonitor(FactoryMonitor *monitor)
{
    if (monitor == m_monitor)
        return;
    if (m_monitor)
        m_monitor->disconnect(this);
    m_monitor = monitor;
    if (monitor) {
        connect(monitor, &FactoryMonitor::sampled, this, &ChartItem::onDataChanged);
        connect(monitor, &QObject::destroyed, this, [this] {
            onDataChanged();
            Q_EMIT monitorChanged();
        });
    }
    Q_EMIT monitorChanged();
    onDataChanged();
}

QString ChartItem::title() const
{
    return m_chart->title();
}

void ChartItem::setTitle(const QString &title)
{
    if (title == m_chart->title())
        return;
    m_chart->setTitle(title);
    redraw();
    Q_EMIT titleChanged();
}

QString ChartItem::emptyText() const
{
    m_isOutdated = true; // it follows what the monitor is set to
    refresh();
    return m_chart->emptyText();
}

void ChartItem::setEmptyText(const QString &text)
{
    if (text == m_chart->emptyText())
        return;
    m_chart->setEmptyText(text);
    redraw();
    Q_EMIT emptyTextChanged();
}

void ChartItem::setFont(const QFont &font)
{
    if (font == m_font)
        return;
    m_font = font;
    updateLook();
    Q_EMIT fontChanged();
}

bool ChartItem::isMirrored() const
{
    return m_chart->isMirrored();
}

void ChartItem::setMirrored(bool mirrored)
{
    if (mirrored == isMirrored())
        return;
    m_chart->setDirection(mirrored ? Qt::RightToLeft : Qt::LeftToRight);
    redraw();
    Q_EMIT mirroredChanged();
}

int ChartItem::count() const
{
    refresh();
    return m_chart->count();
}

void ChartItem::setHoveredIndex(int index)
{
    refresh();
    m_chart->setHovered(index);
    tellHovered();
}

void ChartItem::tellHovered()
{
    const int hovered = m_chart->hovered();
    if (hovered == m_hoveredIndex)
        return;
    m_hoveredIndex = hovered;
    redraw();
    Q_EMIT hoveredIndexChanged();
    Q_EMIT hoveredTextChanged();
}

QString ChartItem::hoveredText() const
{
    refresh();
    return m_chart->textOf(m_hoveredIndex);
}

QString ChartItem::summary() const
{
    refresh();
    return m_chart->summary();
}

QImage ChartItem::toImage(const QSizeF &size, double devicePixelRatio) const
{
    refresh();
    return m_chart->toImage((size * devicePixelRatio).toSize(), devicePixelRatio);
}

bool ChartItem::saveImage(const QString &file)
{
    const QUrl url(file);
    return toImage(size(), 2).save(url.isLocalFile() ? url.toLocalFile() : file);
}

// --- Drawing ----------------------------------------------------------------------------------

void ChartItem::paint(QPainter *painter)
{
    refresh();
    m_chart->setFocused(hasActiveFocus());
    painter->setRenderHint(QPainter::Antialiasing);
    m_chart->paint(painter);
}

// What is hidden is drawn when it can be seen again.
void ChartItem::redraw()
{
    m_isSoiled = !isVisible();
    if (!m_isSoiled)
        update();
}

void ChartItem::refresh() const
{
    if (std::exchange(m_isOutdated, false))
        m_chart->update(m_monitor);
}

void ChartItem::onDataChanged()
{
    m_isOutdated = true;
    redraw();
    if (isVisible())
        updateImplicitSize();
    else if (m_hoveredIndex >= 0)
        refresh();
    // What is told of the data is told of an item that is there.
    const int hovered = m_chart->hovered();
    const bool isAnother = std::exchange(m_hoveredIndex, hovered) != hovered;
    Q_EMIT dataChanged();
    if (isAnother)
        Q_EMIT hoveredIndexChanged();
    if (isAnother || m_hoveredIndex >= 0)
        Q_EMIT hoveredTextChanged();
}

void ChartItem::showItem(int) {}

void ChartItem::updateLook()
{
    m_chart->setTheme(ChartTheme::of(paletteOf(property("palette").value<QObject *>()), m_font));
    m_chart->setLocale(QLocale());
    updateImplicitSize();
    redraw();
}

void ChartItem::updateImplicitSize()
{
    refresh();
    const QSizeF size = m_chart->sizeHint();
    setImplicitSize(size.width(), size.height());
}

void ChartItem::componentComplete()
{
    QQuickPaintedItem::componentComplete();
    if (const QObject *palette = property("palette").value<QObject *>())
        connect(palette, SIGNAL(changed()), this, SLOT(updateLook()));
    updateLook();
}

void ChartItem::geometryChange(const QRectF &now, const QRectF &before)
{
    QQuickPaintedItem::geometryChange(now, before);
    m_chart->setSize(now.size());
    redraw();
}

void ChartItem::itemChange(ItemChange change, const ItemChangeData &data)
{
    QQuickPaintedItem::itemChange(change, data);
    if (change == ItemVisibleHasChanged && data.boolValue && m_isSoiled) {
        updateImplicitSize();
        redraw();
    }
}

// --- Pointer and keys -------------------------------------------------------------------------

void ChartItem::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && m_hoveredIndex >= 0) {
        setHoveredIndex(-1);
        return;
    }
    const std::optional<CursorMove> move = cursorMoveOf(event->key());
    if (!move) {
        QQuickPaintedItem::keyPressEvent(event);
        return;
    }
    refresh();
    m_chart->move(*move);
    showItem(m_chart->hovered());
    tellHovered();
}

void ChartItem::hoverEnterEvent(QHoverEvent *event)
{
    m_pointer = event->position();
}

// It also comes when it is the item that moves; then it is not meant.
void ChartItem::hoverMoveEvent(QHoverEvent *event)
{
    if (std::exchange(m_pointer, event->position()) == event->position())
        return;
    refresh();
    m_chart->setPointer(event->position());
    tellHovered();
}

void ChartItem::hoverLeaveEvent(QHoverEvent *)
{
    m_chart->setPointer(std::nullopt);
    tellHovered();
}

void ChartItem::focusInEvent(QFocusEvent *event)
{
    QQuickPaintedItem::focusInEvent(event);
    redraw();
}

void ChartItem::focusOutEvent(QFocusEvent *event)
{
    QQuickPaintedItem::focusOutEvent(event);
    redraw();
}

} // namespace Millwright
