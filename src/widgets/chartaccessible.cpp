// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "chartaccessible.h"

#include "chartwidget.h"

namespace Millwright {

namespace {

QAccessibleInterface *makeAccessible(const QString &, QObject *object)
{
    auto *chart = qobject_cast<ChartWidget *>(object);
    return chart ? new ChartAccessible(chart) : nullptr;
}

} // namespace

void ChartAccessible::install()
{
    [[maybe_unused]] static const bool isInstalled = (QAccessible::installFactory(makeAccessible),
                                                      true);
}

ChartAccessible::ChartAccessible(ChartWidget *chart) : QAccessibleWidget(chart, QAccessible::Chart)
{
}

ChartWidget *ChartAccessible::chart() const
{
    return static_cast<ChartWidget *>(object());
}

QString ChartAccessible::text(QAccessible::Text text) const
{
    // What the application has set comes first.
    const QString own = QAccessibleWidget::text(text);
    if (!own.isEmpty())
        return own;
    switch (text) {
    case QAccessible::Name:
        return chart()->title();
    case QAccessible::Description:
        return chart()->hoveredIndex() < 0 ? chart()->summary() : chart()->hoveredText();
    case QAccessible::Value:
        return chart()->hoveredText();
    default:
        return {};
    }
}

} // namespace Millwright
