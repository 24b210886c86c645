// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "factorystrip.h"

#include "healthmark.h"

#include "../charts/charttheme.h"
#include "../charts/dashboardtexts.h"
#include "../core/monitor/factorymonitor.h"

#include <QtCore/qcoreevent.h>

namespace Millwright {

FactoryStrip::FactoryStrip(QWidget *parent) : QTabBar(parent)
{
    setObjectName(QStringLiteral("factories"));
    setDrawBase(false);
    setExpanding(false);
    setUsesScrollButtons(true);
    setAccessibleName(tr("Factories"));
    hide();
    connect(this, &QTabBar::currentChanged, this,
            [this](int index) { Q_EMIT chosen(m_factories.value(index)); });
}

void FactoryStrip::add(FactoryBase *factory)
{
    if (!factory || m_factories.contains(factory))
        return;
    auto *monitor = new FactoryMonitor(this);
    monitor->setInterval(1000);
    monitor->setJobLimit(-1);
    monitor->setFrozen(m_isFrozen);
    m_factories.append(factory);
    m_monitors.append(monitor);
    connect(factory, &QObject::destroyed, this, [this, factory] { forget(factory); });
    connect(monitor, &FactoryMonitor::sampled, this, [this, monitor] { updateTab(monitor); });
    QString name = factory->name().isEmpty() ? tr("Factory") : factory->name();
    addTab(name.replace(QLatin1Char('&'), QLatin1String("&&"))); // which is no mnemonic
    monitor->setFactory(factory);
    setVisible(count() > 1);
    setActive(m_isActive);
}

void FactoryStrip::remove(FactoryBase *factory)
{
    if (!m_factories.contains(factory))
        return;
    factory->disconnect(this);
    forget(factory);
}

// It may be destroyed already.
void FactoryStrip::forget(FactoryBase *factory)
{
    const qsizetype index = m_factories.indexOf(factory);
    m_factories.remove(index);
    delete m_monitors.takeAt(index);
    removeTab(int(index));
    setVisible(count() > 1);
    setActive(m_isActive);
}

void FactoryStrip::choose(FactoryBase *factory)
{
    setCurrentIndex(int(m_factories.indexOf(factory)));
}

void FactoryStrip::setActive(bool active)
{
    m_isActive = active;
    for (FactoryMonitor *monitor : std::as_const(m_monitors))
        monitor->setActive(active && count() > 1);
}

void FactoryStrip::setFrozen(bool frozen)
{
    m_isFrozen = frozen;
    for (FactoryMonitor *monitor : std::as_const(m_monitors))
        monitor->setFrozen(frozen);
}

void FactoryStrip::changeEvent(QEvent *event)
{
    QTabBar::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        for (const FactoryMonitor *monitor : std::as_const(m_monitors))
            updateTab(monitor);
    }
}

void FactoryStrip::updateTab(const FactoryMonitor *monitor)
{
    const auto index = int(m_monitors.indexOf(monitor));
    if (index < 0 || !monitor->factory())
        return;
    setTabIcon(index, healthIcon(monitor->health(), ChartTheme::of(palette(), font()),
                                 fontMetrics().height() * 3 / 4));
    QStringList lines{DashboardTexts::healthName(monitor->health())};
    lines += monitor->healthReasons();
    setTabToolTip(index, lines.join(QLatin1Char('\n')));
    const QString name = monitor->factory()->name();
    setAccessibleTabName(
        index, QStringLiteral("%1: %2").arg(name.isEmpty() ? tr("Factory") : name, lines.first()));
}

} // namespace Millwright
