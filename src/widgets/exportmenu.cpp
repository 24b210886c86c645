// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "exportmenu.h"

#include "../core/monitor/chrometrace.h"
#include "../core/monitor/factorymonitor.h"
#include "../core/monitor/metrics.h"

#include <QtCore/qjsondocument.h>
#include <QtGui/qclipboard.h>
#include <QtGui/qguiapplication.h>
#include <QtWidgets/qfiledialog.h>
#include <QtWidgets/qmessagebox.h>

namespace Millwright {

ExportMenu::ExportMenu(FactoryMonitor *monitor, QWidget *parent) : QMenu(parent), m_monitor(monitor)
{
    const auto json = [=] { return QJsonDocument(toJson(*monitor->factory())).toJson(); };
    const auto metrics = [=] { return prometheusText({monitor->factory()}); };
    const auto trace = [=] { return chromeTrace(*monitor->factory()); };
    const auto add = [this](const char *name, const QString &text, auto deed) {
        addAction(text, this, [this, deed] {
            if (m_monitor->factory())
                deed();
        })->setObjectName(QLatin1String(name));
    };
    const auto copy = [](const QByteArray &text) {
        QGuiApplication::clipboard()->setText(QString::fromUtf8(text));
    };
    add("copyJson", tr("Copy as JSON"), [=] { copy(json()); });
    add("copyMetrics", tr("Copy as metrics (Prometheus)"), [=] { copy(metrics()); });
    addSeparator();
    add("saveJson", tr("Save as JSON…"),
        [=, this] { save(tr("Save as JSON"), QStringLiteral("factory.json"), json()); });
    add("saveTrace", tr("Save timeline (Chrome trace)…"),
        [=, this] { save(tr("Save timeline"), QStringLiteral("timeline.json"), trace()); });
    connect(this, &QMenu::aboutToShow, this, [this] {
        for (QAction *action : actions())
            action->setEnabled(m_monitor->factory());
        findChild<QAction *>(QStringLiteral("saveTrace"))
            ->setEnabled(m_monitor->factory() && m_monitor->timelineSpan() > 0);
    });
}

void ExportMenu::save(const QString &title, const QString &name, const QByteArray &text)
{
    auto *dialog = new QFileDialog(parentWidget(), title, {}, tr("JSON (*.json)"));
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("json"));
    dialog->selectFile(name);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QFileDialog::fileSelected, this, [this, title, text](const QString &path) {
        QFile file(path);
        if (!file.open(QFile::WriteOnly) || file.write(text) < 0)
            QMessageBox::warning(parentWidget(), title, file.errorString());
    });
    dialog->open();
}

} // namespace Millwright
