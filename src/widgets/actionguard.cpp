// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "actionguard.h"

#include "../charts/dashboardtexts.h"
#include "../core/monitor/factorymonitor.h"

#include <QtCore/qpointer.h>
#include <QtWidgets/qlabel.h>
#include <QtWidgets/qmessagebox.h>
#include <QtWidgets/qpushbutton.h>

namespace Millwright {

ActionGuard::ActionGuard(FactoryMonitor *monitor, QWidget *dashboard)
    : QObject(dashboard)
    , m_monitor(monitor)
    , m_dashboard(dashboard)
{
}

void ActionGuard::setReadOnly(bool readOnly)
{
    m_isReadOnly = readOnly;
    Q_EMIT changed();
}

void ActionGuard::setActions(Actions actions)
{
    m_actions = actions;
    Q_EMIT changed();
}

void ActionGuard::govern(QWidget *widget, Action action)
{
    connect(this, &ActionGuard::changed, widget, [=, this] { widget->setVisible(allows(action)); });
    if (!allows(action))
        widget->hide();
}

void ActionGuard::ask(Action action, const QString &title, const QString &question,
                      std::function<void()> deed)
{
    if (!m_monitor->factory())
        return;
    if (!(m_confirmed & action)) {
        deed();
        return;
    }
    auto *box = new QMessageBox(QMessageBox::Question, title, title,
                                QMessageBox::Cancel | QMessageBox::Ok, m_dashboard);
    box->setObjectName(QStringLiteral("confirmation"));
    box->setInformativeText(question);
    // Keys and names are in it, which are nobody's HTML.
    box->setTextFormat(Qt::PlainText);
    if (auto *label = box->findChild<QLabel *>(QStringLiteral("qt_msgbox_informativelabel")))
        label->setTextFormat(Qt::PlainText);
    box->button(QMessageBox::Ok)->setText(DashboardTexts::acceptance(DashboardAction(int(action))));
    box->button(QMessageBox::Cancel)->setText(DashboardTexts::refusal());
    box->setDefaultButton(QMessageBox::Cancel);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::finished, m_dashboard,
            [=, this, deed = std::move(deed), meant = QPointer(m_monitor->factory())](int answer) {
                if (answer == QMessageBox::Ok && meant && meant == m_monitor->factory()
                    && allows(action))
                    deed();
            });
    box->open();
}

} // namespace Millwright
