// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "figurespart.h"

#include "stattile.h"

#include "../charts/dashboardtexts.h"
#include "../core/monitor/factorymonitor.h"

#include <QtWidgets/qstyle.h>

#include <algorithm>

namespace Millwright {

namespace {

constexpr int Gap = 8;

} // namespace

FiguresPart::FiguresPart(FactoryMonitor *monitor, QWidget *parent)
    : QWidget(parent)
    , m_monitor(monitor)
    , m_throughput(new StatTile(tr("Throughput"), this))
    , m_waiting(new StatTile(tr("Waiting"), this))
    , m_workers(new StatTile(tr("Busy workers"), this))
    , m_completed(new StatTile(tr("Completed"), this))
    , m_failed(new StatTile(tr("Failed"), this))
    , m_discarded(new StatTile(tr("Discarded"), this))
    , m_tiles{m_throughput, m_waiting, m_workers, m_completed, m_failed, m_discarded}
{
    setObjectName(QStringLiteral("figures"));
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(monitor, &FactoryMonitor::sampled, this, &FiguresPart::updateFigures);
    updateFigures();
}

void FiguresPart::updateFigures()
{
    using namespace DashboardTexts;
    const FactoryMonitor &now = *m_monitor;
    const QLocale where = locale();
    const auto parts = [&](std::initializer_list<std::pair<double, QString>> all) {
        QStringList texts;
        for (const auto &[number, what] : all) {
            if (number > 0)
                texts.append(tr("%1 %2").arg(count(number, where), what));
        }
        return texts.join(QStringLiteral(", "));
    };

    m_throughput->show(count(now.throughput(), where), tr("/s"),
                       tr("on average %1/s").arg(count(now.meanThroughput(), where)));

    const int limit = now.queueCapacity();
    const double fill = limit > 0 ? double(now.queueDepth()) / limit : -1;
    const StatTile::Mood mood = fill >= 1     ? StatTile::Problem
                                : fill >= 0.8 ? StatTile::Warning
                                              : StatTile::Plain;
    m_waiting->show(count(now.queueDepth(), where),
                    limit < 0 ? tr("no limit") : tr("of %1").arg(count(limit, where)),
                    now.oldestWaiting() > 0
                        ? tr("oldest %1").arg(elapsed(now.oldestWaiting(), where))
                        : QString(),
                    mood == StatTile::Problem ? mood : StatTile::Plain);
    m_waiting->setFill(fill, mood);

    m_workers->show(count(now.activeWorkers(), where),
                    (now.activeWorkers() <= now.workerCount() ? tr("of %1") : tr("shrinking to %1"))
                        .arg(count(now.workerCount(), where)),
                    parts({{now.condemnedThreads(), tr("threads left behind")}}));
    const int most = std::max(now.workerCount(), now.activeWorkers());
    m_workers->setFill(most > 0 ? double(now.activeWorkers()) / most : 0);

    const LatencySummary runTime = now.recentRunTime().count > 0 ? now.recentRunTime()
                                                                 : now.runTime();
    m_completed->show(count(now.completed(), where), {},
                      runTime.count > 0 ? tr("run p99 %1").arg(duration(runTime.p99, where))
                                        : QString());
    m_failed->show(count(now.failed(), where), {},
                   parts({{now.lost(), tr("lost")},
                          {now.retried(), tr("retried")},
                          {now.restarts(), tr("restarts")}}),
                   now.failed() > 0 ? StatTile::Problem : StatTile::Plain);
    m_discarded->show(count(now.discarded(), where), {},
                      parts({{now.discardedShed(), tr("shed")},
                             {now.discardedExpired(), tr("expired")},
                             {now.discardedRateLimited(), tr("over the rate")},
                             {now.discardedShutdown(), tr("at shutdown")},
                             {now.canceled(), tr("canceled")}}),
                      now.discarded() > 0 ? StatTile::Warning : StatTile::Plain);
}

int FiguresPart::columnsFor(int width) const
{
    const int fitting = (width + Gap) / (m_throughput->minimumSizeHint().width() + 40 + Gap);
    return fitting >= 6 ? 6 : fitting >= 3 ? 3 : 2;
}

int FiguresPart::heightForWidth(int width) const
{
    const int columns = columnsFor(width);
    const int rows = (int(m_tiles.size()) + columns - 1) / columns;
    return rows * m_throughput->sizeHint().height() + (rows - 1) * Gap;
}

QSize FiguresPart::sizeHint() const
{
    const int width = 6 * m_throughput->sizeHint().width();
    return {width, heightForWidth(width)};
}

QSize FiguresPart::minimumSizeHint() const
{
    return {2 * m_throughput->minimumSizeHint().width() + Gap,
            m_throughput->minimumSizeHint().height()};
}

void FiguresPart::resizeEvent(QResizeEvent *)
{
    const int columns = columnsFor(width());
    const int height = m_throughput->sizeHint().height();
    for (int i = 0; i < m_tiles.size(); ++i) {
        const int column = i % columns;
        const int left = column * (width() + Gap) / columns;
        const int right = (column + 1) * (width() + Gap) / columns - Gap;
        const QRect place(left, i / columns * (height + Gap), right - left, height);
        m_tiles.at(i)->setGeometry(QStyle::visualRect(layoutDirection(), rect(), place));
    }
}

} // namespace Millwright
