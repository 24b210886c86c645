// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "confirmation.h"

#include "../core/monitor/factorymonitor.h"

#include <QtCore/qpointer.h>
#include <QtWidgets/qmessagebox.h>
#include <QtWidgets/qpushbutton.h>

namespace Millwright {

void Confirmation::ask(const QString &title, const QString &question, std::function<void()> deed)
{
    if (!m_isAsking) {
        deed();
        return;
    }
    auto *box = new QMessageBox(QMessageBox::Question, title, title,
                                QMessageBox::Cancel | QMessageBox::Ok, m_dashboard);
    box->setObjectName(QStringLiteral("confirmation"));
    box->setInformativeText(question);
    box->setTextFormat(Qt::PlainText);
    box->setDefaultButton(QMessageBox::Cancel);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::finished, m_dashboard,
            [this, deed = std::move(deed), meant = QPointer(m_monitor->factory())](int answer) {
                if (answer == QMessageBox::Ok && meant && meant == m_monitor->factory())
                    deed();
            });
    box->open();
}

} // namespace Millwright
