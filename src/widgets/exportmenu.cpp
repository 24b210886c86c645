// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "exportmenu.h"

#include "chartspart.h"

#include "../core/monitor/chrometrace.h"
#include "../core/monitor/factorymonitor.h"
#include "../core/monitor/metrics.h"

#include <QtCore/qbuffer.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qsavefile.h>
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
    const QString jsonFiles = tr("JSON (*.json)");
    add("copyJson", tr("Copy as JSON"), [=] { copy(json()); });
    add("copyMetrics", tr("Copy as metrics (Prometheus)"), [=] { copy(metrics()); });
    add("copyCharts", tr("Copy charts as picture"),
        [=, this] { QGuiApplication::clipboard()->setImage(m_charts->toImage()); });
    addSeparator();
    add("saveJson", tr("Save as JSON…"),
        [=, this] { save(tr("Save as JSON"), QStringLiteral("factory.json"), jsonFiles, json()); });
    add("saveTrace", tr("Save timeline (Chrome trace)…"), [=, this] {
        save(tr("Save timeline"), QStringLiteral("timeline.json"), jsonFiles, trace());
    });
    add("saveCharts", tr("Save charts as picture…"), [=, this] {
        QByteArray png;
        QBuffer buffer(&png);
        m_charts->toImage().save(&buffer, "PNG");
        save(tr("Save charts"), QStringLiteral("charts.png"), tr("PNG (*.png)"), png);
    });
    connect(this, &QMenu::aboutToShow, this, [this] {
        for (QAction *action : actions())
            action->setEnabled(m_monitor->factory());
        findChild<QAction *>(QStringLiteral("saveTrace"))
            ->setEnabled(m_monitor->factory() && m_monitor->timelineSpan() > 0);
    });
}

void ExportMenu::save(const QString &title, const QString &name, const QString &type,
                      const QByteArray &content)
{
    auto *dialog = new QFileDialog(parentWidget(), title, {}, type);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QFileInfo(name).suffix());
    dialog->selectFile(name);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QFileDialog::fileSelected, this, [this, title, content](const QString &path) {
        QSaveFile file(path);
        if (file.open(QFile::WriteOnly) && file.write(content) >= 0 && file.commit())
            return;
        auto *box = new QMessageBox(QMessageBox::Warning, title,
                                    tr("%1 could not be written: %2").arg(path, file.errorString()),
                                    QMessageBox::Ok, parentWidget());
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->open();
    });
    dialog->open();
}

} // namespace Millwright
