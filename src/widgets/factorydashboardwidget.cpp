// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "factorydashboardwidget.h"

#include "actionguard.h"
#include "chartspart.h"
#include "controlspart.h"
#include "dashboardtables.h"
#include "exportmenu.h"
#include "factorystrip.h"
#include "figurespart.h"
#include "headerpart.h"
#include "workerspart.h"

#include "../core/monitor/factorymonitor.h"

#include <QtGui/qevent.h>
#include <QtWidgets/qboxlayout.h>
#include <QtWidgets/qlabel.h>
#include <QtWidgets/qscrollarea.h>
#include <QtWidgets/qsplitter.h>
#include <QtWidgets/qstackedlayout.h>
#include <QtWidgets/qtabwidget.h>
#include <QtWidgets/qtoolbutton.h>

#include <algorithm>
#include <array>
#include <utility>

namespace Millwright {

namespace {

constexpr int ListedJobs = 500;

// In an area that scrolls where the height is not enough.
QScrollArea *scrolled(QWidget *widget)
{
    auto *area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus);
    area->setWidget(widget);
    return area;
}

// As narrow as it has to be, and as low.
class Page : public QWidget
{
public:
    [[nodiscard]] int heightForWidth(int width) const override
    {
        return layout()->totalMinimumHeightForWidth(width);
    }
    [[nodiscard]] QSize minimumSizeHint() const override
    {
        return {0, QWidget::minimumSizeHint().height()};
    }
};

} // namespace

//! What it is made of. Made anew in another language, locale, font or direction.
class FactoryDashboardWidget::Parts
{
public:
    Parts(FactoryDashboardWidget *theDashboard, FactoryMonitor *theMonitor, ActionGuard *theGuard);
    ~Parts();

    void setWide(bool isWide);
    void setPart(Part wanted);
    [[nodiscard]] QWidget *widgetOf(Part which) const;
    void updateInterest();
    void updateHeight();
    void updateTitles();
    void updateFactory();
    void updateControls();

    FactoryDashboardWidget *const dashboard;
    FactoryMonitor *const monitor;
    ActionGuard *const guard;
    bool isWide = false;
    Part part = Charts;

    FactoryStrip *strip = nullptr;
    HeaderPart *header = nullptr;
    FiguresPart *figures = nullptr;
    QSplitter *splitter = nullptr;
    QTabWidget *tabs = nullptr;
    QScrollArea *charts = nullptr;
    WorkersPart *workers = nullptr;
    JobsPart *jobs = nullptr;
    DeadLettersPart *deadLetters = nullptr;
    EventsPart *events = nullptr;
    ControlsPart *controls = nullptr;
    QWidget *page = nullptr;
    QLabel *nothing = nullptr;
    QScrollArea *area = nullptr;
    QStackedLayout *stack = nullptr;
};

FactoryDashboardWidget::Parts::Parts(FactoryDashboardWidget *theDashboard,
                                     FactoryMonitor *theMonitor, ActionGuard *theGuard)
    : dashboard(theDashboard)
    , monitor(theMonitor)
    , guard(theGuard)
{
    page = new Page;
    strip = new FactoryStrip(monitor, page);
    header = new HeaderPart(monitor, guard, page);
    figures = new FiguresPart(monitor, page);
    splitter = new QSplitter(Qt::Horizontal, page);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(14);
    tabs = new QTabWidget;
    tabs->setDocumentMode(true);
    tabs->setUsesScrollButtons(true);
    auto *chartsPart = new ChartsPart(monitor, dashboard);
    header->exports()->setCharts(chartsPart);
    charts = scrolled(chartsPart);
    workers = new WorkersPart(monitor, guard, dashboard);
    jobs = new JobsPart(monitor, guard, dashboard);
    deadLetters = new DeadLettersPart(monitor, guard, dashboard);
    events = new EventsPart(monitor, dashboard);
    controls = new ControlsPart(monitor, guard, dashboard);
    splitter->addWidget(tabs);
    tabs->addTab(charts, tr("Charts"));
    tabs->addTab(workers, tr("Workers"));
    tabs->addTab(jobs, tr("Jobs"));
    tabs->addTab(deadLetters, tr("Dead letters"));
    tabs->addTab(events, tr("Events"));
    tabs->addTab(controls, tr("Controls"));
    for (QWidget *table : {static_cast<QWidget *>(jobs), static_cast<QWidget *>(deadLetters),
                           static_cast<QWidget *>(events)})
        table->layout()->setContentsMargins(0, 8, 0, 0);

    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(10, 10, 10, 10);
    layout->setSpacing(10);
    layout->addWidget(strip);
    layout->addWidget(header);
    layout->addWidget(figures);
    layout->addWidget(splitter, 1);
    nothing = new QLabel(tr("No factory"));
    nothing->setAlignment(Qt::AlignCenter);
    area = scrolled(page);
    stack = new QStackedLayout(dashboard);
    stack->setContentsMargins(0, 0, 0, 0);
    stack->addWidget(nothing);
    stack->addWidget(area);

    connect(strip, &FactoryStrip::chosen, monitor, &FactoryMonitor::setFactory);
    connect(tabs, &QTabWidget::currentChanged, tabs, [this] {
        for (const Part which : {Charts, Workers, Jobs, DeadLetters, Events, Controls}) {
            if (tabs->currentWidget() == widgetOf(which) && std::exchange(part, which) != which)
                Q_EMIT dashboard->partChanged();
        }
        updateInterest();
        updateHeight();
    });
    connect(monitor->deadLetters(), &DeadLetterModel::countChanged, tabs,
            [this] { updateTitles(); });
    connect(monitor, &FactoryMonitor::factoryChanged, tabs, [this] { updateFactory(); });
    connect(guard, &ActionGuard::changed, tabs, [this] { updateControls(); });
    updateControls();
    updateTitles();
    updateFactory();
    updateInterest();
    updateHeight();
}

FactoryDashboardWidget::Parts::~Parts()
{
    delete stack;
    delete nothing;
    delete area; // and all that is in it
}

QWidget *FactoryDashboardWidget::Parts::widgetOf(Part which) const
{
    switch (which) {
    case Charts:
        return charts;
    case Workers:
        return workers;
    case Jobs:
        return jobs;
    case DeadLetters:
        return deadLetters;
    case Events:
        return events;
    case Controls:
        return controls;
    }
    return nullptr;
}

// Jobs are listed, and a timeline is recorded, only for who sees them.
void FactoryDashboardWidget::Parts::updateInterest()
{
    monitor->setJobLimit(tabs->currentWidget() == jobs ? ListedJobs : -1);
    monitor->setTimelineSpan(tabs->currentWidget() == workers ? WorkersPart::TimelineSpan : 0);
}

// Where the page is as high as the part that is shown needs it, it does not scroll around one that scrolls.
void FactoryDashboardWidget::Parts::updateHeight()
{
    for (int i = 0; i < tabs->count(); ++i) {
        const bool isShown = i == tabs->currentIndex();
        tabs->widget(i)->setSizePolicy(QSizePolicy::Preferred,
                                       isShown ? QSizePolicy::Preferred : QSizePolicy::Ignored);
    }
}

void FactoryDashboardWidget::Parts::updateTitles()
{
    const int letters = monitor->deadLetters()->count();
    tabs->setTabText(tabs->indexOf(deadLetters),
                     letters > 0 ? tr("Dead letters (%1)").arg(letters) : tr("Dead letters"));
}

void FactoryDashboardWidget::Parts::updateControls()
{
    constexpr Actions Controlled = DrainAction | StopAction | SetWorkerCount | SetQueueLimit;
    tabs->setTabVisible(tabs->indexOf(controls), guard->allows(Controlled));
}

void FactoryDashboardWidget::Parts::updateFactory()
{
    stack->setCurrentIndex(monitor->factory() ? 1 : 0);
}

void FactoryDashboardWidget::Parts::setWide(bool wide)
{
    if (wide == isWide)
        return;
    isWide = wide;
    if (wide) {
        const Part wanted = part == Charts ? Workers : part;
        splitter->insertWidget(0, charts); // leaves the tabs
        charts->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
        charts->show();
        splitter->setSizes({1000, 1000});
        setPart(wanted);
    } else {
        tabs->insertTab(0, charts, tr("Charts"));
        updateHeight();
    }
}

void FactoryDashboardWidget::Parts::setPart(Part wanted)
{
    const int index = tabs->indexOf(widgetOf(wanted));
    if (index >= 0 && tabs->isTabVisible(index))
        tabs->setCurrentIndex(index);
}

// --- The dashboard ----------------------------------------------------------------------------

FactoryDashboardWidget::FactoryDashboardWidget(QWidget *parent)
    : QWidget(parent)
    , m_monitor(new FactoryMonitor(this))
    , m_guard(new ActionGuard(m_monitor, this))
    , m_parts(std::make_unique<Parts>(this, m_monitor, m_guard))
{
    setAccessibleName(tr("Factory dashboard"));
    connect(m_monitor, &FactoryMonitor::factoryChanged, this,
            &FactoryDashboardWidget::factoryChanged);
    connect(m_monitor, &FactoryMonitor::intervalChanged, this,
            &FactoryDashboardWidget::intervalChanged);
    connect(m_monitor, &FactoryMonitor::historySpanChanged, this,
            &FactoryDashboardWidget::historySpanChanged);
    connect(m_monitor, &FactoryMonitor::frozenChanged, this,
            &FactoryDashboardWidget::frozenChanged);
}

FactoryDashboardWidget::FactoryDashboardWidget(FactoryBase *factory, QWidget *parent)
    : FactoryDashboardWidget(parent)
{
    setFactory(factory);
}

FactoryDashboardWidget::~FactoryDashboardWidget() = default;

FactoryBase *FactoryDashboardWidget::factory() const
{
    return m_monitor->factory();
}

void FactoryDashboardWidget::setFactory(FactoryBase *factory)
{
    if (!factory) {
        m_monitor->setFactory(nullptr);
        return;
    }
    m_parts->strip->add(factory);
    m_parts->strip->choose(factory);
    m_monitor->setFactory(factory);
}

QList<FactoryBase *> FactoryDashboardWidget::factories() const
{
    return m_parts->strip->factories();
}

void FactoryDashboardWidget::addFactory(FactoryBase *factory)
{
    m_parts->strip->add(factory);
}

void FactoryDashboardWidget::removeFactory(FactoryBase *factory)
{
    m_parts->strip->remove(factory);
}

bool FactoryDashboardWidget::isReadOnly() const
{
    return m_guard->isReadOnly();
}

void FactoryDashboardWidget::setReadOnly(bool readOnly)
{
    if (readOnly == isReadOnly())
        return;
    m_guard->setReadOnly(readOnly);
    Q_EMIT readOnlyChanged();
}

FactoryDashboardWidget::Actions FactoryDashboardWidget::actions() const
{
    return m_guard->actions();
}

void FactoryDashboardWidget::setActions(Actions actions)
{
    if (actions == this->actions())
        return;
    m_guard->setActions(actions);
    Q_EMIT actionsChanged();
}

FactoryDashboardWidget::Actions FactoryDashboardWidget::confirmedActions() const
{
    return m_guard->confirmed();
}

void FactoryDashboardWidget::setConfirmedActions(Actions actions)
{
    if (actions == confirmedActions())
        return;
    m_guard->setConfirmed(actions);
    Q_EMIT confirmedActionsChanged();
}

int FactoryDashboardWidget::interval() const
{
    return m_monitor->interval();
}

void FactoryDashboardWidget::setInterval(int milliseconds)
{
    m_monitor->setInterval(milliseconds);
}

int FactoryDashboardWidget::historySpan() const
{
    return m_monitor->historySpan();
}

void FactoryDashboardWidget::setHistorySpan(int seconds)
{
    m_monitor->setHistorySpan(seconds);
}

bool FactoryDashboardWidget::isFrozen() const
{
    return m_monitor->isFrozen();
}

void FactoryDashboardWidget::setFrozen(bool frozen)
{
    m_monitor->setFrozen(frozen);
}

FactoryDashboardWidget::Part FactoryDashboardWidget::part() const
{
    return m_parts->part;
}

void FactoryDashboardWidget::setPart(Part part)
{
    m_parts->setPart(part);
}

FactoryMonitor *FactoryDashboardWidget::monitor() const
{
    return m_monitor;
}

QSize FactoryDashboardWidget::sizeHint() const
{
    return {fontMetrics().averageCharWidth() * 100, fontMetrics().height() * 40};
}

QSize FactoryDashboardWidget::minimumSizeHint() const
{
    return {320, 240};
}

// Texts, sizes and places are settled where the parts are made.
void FactoryDashboardWidget::rebuild()
{
    m_isRebuilding = false;
    const Part part = m_parts->part;
    const QList<FactoryBase *> factories = this->factories();
    FactoryBase *const shown = factory();
    const QSignalBlocker blocker(this); // nothing changes for others
    m_parts.reset();
    m_parts = std::make_unique<Parts>(this, m_monitor, m_guard);
    {
        const QSignalBlocker stays(
            m_parts->strip); // the monitor keeps its factory, and what it knows of it
        for (FactoryBase *factory : factories)
            m_parts->strip->add(factory);
        m_parts->strip->choose(shown);
    }
    m_guard->setReadOnly(isReadOnly()); // for the new buttons
    updateLayout();
    m_parts->setPart(part);
    updateActivity();
}

void FactoryDashboardWidget::updateLayout()
{
    m_parts->setWide(width() >= fontMetrics().averageCharWidth() * 160);
}

void FactoryDashboardWidget::updateActivity()
{
    m_monitor->setActive(isVisible() && !window()->isMinimized());
}

bool FactoryDashboardWidget::event(QEvent *event)
{
    // A minimized window says so to its widgets by hiding them on some platforms only.
    if (event->type() == QEvent::WindowActivate || event->type() == QEvent::WindowDeactivate)
        updateActivity();
    static constexpr std::array Settled{QEvent::LanguageChange, QEvent::FontChange,
                                        QEvent::LocaleChange, QEvent::LayoutDirectionChange};
    // Later: it may be one of many widgets to which Qt tells it now.
    if (std::find(Settled.begin(), Settled.end(), event->type()) != Settled.end()
        && !std::exchange(m_isRebuilding, true))
        QMetaObject::invokeMethod(this, &FactoryDashboardWidget::rebuild, Qt::QueuedConnection);
    return QWidget::event(event);
}

void FactoryDashboardWidget::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    updateActivity();
}

void FactoryDashboardWidget::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    updateActivity();
}

void FactoryDashboardWidget::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    updateLayout();
}

} // namespace Millwright
