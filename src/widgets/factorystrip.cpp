// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "factorystrip.h"

#include "healthmark.h"

#include "../charts/charttheme.h"
#include "../charts/dashboardtexts.h"
#include "../core/monitor/factorymonitor.h"

#include <QtCore/qcoreevent.h>

namespace Millwright {

FactoryStrip::FactoryStrip(FactoryMonitor *shown, QWidget *parent) : QTabBar(parent), m_shown(shown)
{
    setObjectName(QStringLiteral("factories"));
    setDrawBase(false);
    setExpanding(false);
    setUsesScrollButtons(true);
    setAccessibleName(tr("Factories"));
    hide();
    connect(this, &QTabBar::currentChanged, this,
            [this](int index) { Q_EMIT chosen(m_factories.value(index)); });
    for (const auto signal :
         {&FactoryMonitor::activeChanged, &FactoryMonitor::frozenChanged,
          &FactoryMonitor::intervalChanged, &FactoryMonitor::historySpanChanged}) {
        connect(shown, signal, this, &FactoryStrip::follow);
    }
}

void FactoryStrip::add(FactoryBase *factory)
{
    if (!factory || m_factories.contains(factory))
        return;
    auto *monitor = new FactoryMonitor(this);
    monitor->setJobLimit(-1);
    m_factories.append(factory);
    m_monitors.append(monitor);
    connect(factory, &QObject::destroyed, this, [this, factory] { forget(factory); });
    connect(monitor, &FactoryMonitor::sampled, this, [this, monitor] { updateTab(monitor); });
    QString name = factory->name().isEmpty() ? tr("Factory") : factory->name();
    addTab(name.replace(QLatin1Char('&'), QLatin1String("&&"))); // which is no mnemonic
    monitor->setFactory(factory);
    setVisible(count() > 1);
    follow();
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
    follow();
}

void FactoryStrip::choose(FactoryBase *factory)
{
    setCurrentIndex(int(m_factories.indexOf(factory)));
}

void FactoryStrip::follow()
{
    for (FactoryMonitor *monitor : std::as_const(m_monitors)) {
        monitor->setInterval(m_shown->interval());
        monitor->setHistorySpan(m_shown->historySpan());
        monitor->setFrozen(m_shown->isFrozen());
        monitor->setActive(m_shown->isActive() && count() > 1);
    }
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
