// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "headerpart.h"

#include "actionguard.h"
#include "exportmenu.h"
#include "healthmark.h"

#include "../charts/charttheme.h"
#include "../charts/dashboardtexts.h"
#include "../core/monitor/factorymonitor.h"

#include <QtGui/qpainter.h>
#include <QtWidgets/qboxlayout.h>
#include <QtWidgets/qlabel.h>
#include <QtWidgets/qtoolbutton.h>

namespace Millwright {

namespace {

//! In as much room as there is.
class NameLabel : public QLabel
{
protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setPen(palette().color(foregroundRole()));
        painter.drawText(rect(), int(Qt::AlignLeft | Qt::AlignVCenter),
                         fontMetrics().elidedText(text(), Qt::ElideRight, width()));
    }
};

} // namespace

//! How the factory is, and why.
class HeaderPart::Banner : public QWidget
{
public:
    explicit Banner(QWidget *parent) : QWidget(parent), m_text(new QLabel(this))
    {
        m_text->setWordWrap(true);
        m_text->setTextFormat(Qt::PlainText);
        auto *layout = new QHBoxLayout(this);
        layout->setContentsMargins(9, 5, 9, 5);
        layout->setSpacing(0);
        layout->addSpacing(2 * fontMetrics().height() / 3 + 8); // the mark
        layout->addWidget(m_text, 1);
    }

    void show(Health::Level level, const QString &text)
    {
        if (level == m_level && text == m_text->text())
            return;
        m_level = level;
        QFont weight = font();
        weight.setBold(level == Health::Critical);
        m_text->setFont(weight);
        m_text->setText(text);
        setAccessibleName(DashboardTexts::healthName(level));
        setAccessibleDescription(text);
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const ChartTheme theme = ChartTheme::of(palette(), font());
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_level <= Health::Busy
                             ? mixed(theme.text, theme.ground, 0.06)
                             : mixed(healthColor(m_level, theme), theme.ground, 0.18));
        painter.drawRoundedRect(rect(), 6, 6);
        const double side = 2.0 * fontMetrics().height() / 3;
        const double x = layoutDirection() == Qt::RightToLeft ? width() - 9 - side : 9;
        drawHealthMark(painter, QRectF(x, 5 + (fontMetrics().height() - side) / 2, side, side),
                       m_level, theme);
    }

private:
    QLabel *const m_text;
    Health::Level m_level = Health::Calm;
};

HeaderPart::HeaderPart(FactoryMonitor *monitor, ActionGuard *guard, QWidget *parent)
    : QWidget(parent)
    , m_monitor(monitor)
    , m_guard(guard)
    , m_exports(new ExportMenu(monitor, this))
    , m_name(new NameLabel)
    , m_freeze(new QToolButton)
    , m_pause(new QToolButton)
    , m_banner(new Banner(this))
{
    QFont large = font();
    large.setBold(true);
    if (large.pointSizeF() > 0)
        large.setPointSizeF(large.pointSizeF() * 1.3);
    m_name->setFont(large);
    m_name->setTextFormat(Qt::PlainText);
    m_name->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto *exports = new QToolButton;
    exports->setText(tr("Export"));
    exports->setPopupMode(QToolButton::InstantPopup);
    exports->setObjectName(QStringLiteral("export"));
    exports->setMenu(m_exports);
    m_freeze->setObjectName(QStringLiteral("freeze"));
    m_freeze->setCheckable(true);
    m_freeze->setToolTip(tr("Stops the picture, not the factory"));
    m_pause->setObjectName(QStringLiteral("pause"));
    m_pause->setCheckable(true);
    for (QToolButton *button : {exports, m_freeze, m_pause})
        button->setFocusPolicy(Qt::StrongFocus);

    auto *row = new QHBoxLayout;
    row->addWidget(m_name, 1);
    row->addWidget(exports);
    row->addWidget(m_freeze);
    row->addWidget(m_pause);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(row);
    layout->addWidget(m_banner);

    connect(m_freeze, &QToolButton::clicked, monitor, &FactoryMonitor::setFrozen);
    connect(m_pause, &QToolButton::clicked, this, [this](bool isPaused) {
        const QString name = m_name->text();
        m_guard->ask(FactoryDashboardWidget::PauseAction, isPaused ? tr("Pause?") : tr("Resume?"),
                     isPaused ? tr("%1 takes jobs, and starts none until it is resumed.").arg(name)
                              : tr("%1 starts jobs again.").arg(name),
                     [monitor = m_monitor, isPaused] { monitor->factory()->setPaused(isPaused); });
        updateHeader(); // the button shows what is, not what is asked about
    });
    connect(guard, &ActionGuard::changed, this, &HeaderPart::updateHeader);
    for (const auto signal : {&FactoryMonitor::sampled, &FactoryMonitor::frozenChanged,
                              &FactoryMonitor::factoryChanged})
        connect(monitor, signal, this, &HeaderPart::updateHeader);
    updateHeader();
}

void HeaderPart::updateHeader()
{
    const FactoryBase *factory = m_monitor->factory();
    const FactoryState state = m_monitor->state();
    const bool isOver = state == FactoryState::Stopped || state == FactoryState::Failed;
    const bool isPaused = factory && factory->isPaused();
    m_name->setText(factory && !factory->name().isEmpty() ? factory->name() : tr("Factory"));
    m_freeze->setText(m_monitor->isFrozen() ? tr("Go on") : tr("Freeze"));
    m_freeze->setChecked(m_monitor->isFrozen());
    m_pause->setVisible(m_guard->allows(FactoryDashboardWidget::PauseAction) && !isOver);
    m_pause->setText(isPaused ? tr("Resume") : tr("Pause"));
    m_pause->setChecked(isPaused);
    QStringList texts{m_monitor->isPaused() && !isOver ? tr("Paused")
                                                       : DashboardTexts::stateName(state)};
    texts += m_monitor->healthReasons();
    m_banner->show(m_monitor->health(), texts.join(QStringLiteral("  ·  ")));
}

} // namespace Millwright
