// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "commandline.h"
#include "headlessrun.h"
#include "thumbnailmodel.h"

#include <QtCore/qdir.h>
#include <QtCore/qloggingcategory.h>
#include <QtGui/qguiapplication.h>
#include <QtGui/qimagereader.h>
#include <QtQml/qqmlapplicationengine.h>
#include <QtQuick/qquickwindow.h>

#include <cstdio>
#include <memory>

namespace {

constexpr int BadArgument = 2;

int complain(const QString &text, int exitCode)
{
    std::fputs(qPrintable(QLatin1String("thumbnails: ") + text + u'\n'), stderr);
    return exitCode;
}

} // namespace

int main(int argc, char *argv[])
{
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments << QString::fromLocal8Bit(argv[i]);
    const CommandLine commandLine = CommandLine::parse(arguments);
    if (commandLine.wantsHelp) {
        std::fputs(qPrintable(CommandLine::help()), stdout);
        return 0;
    }
    if (!commandLine.error.isEmpty())
        return complain(commandLine.error, BadArgument);
    if (!commandLine.outputFolder.isEmpty() && !QDir().mkpath(commandLine.outputFolder))
        return complain(QCoreApplication::translate("main", "cannot make the folder %1")
                            .arg(commandLine.outputFolder),
                        BadArgument);

    if (commandLine.isHeadless) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
        qputenv("QT_QUICK_BACKEND", "software");
    }
    // What is wrong with a picture is told by its job.
    QLoggingCategory::setFilterRules(QStringLiteral("qt.gui.imageio*=false"));
    QImageReader::setAllocationLimit(ThumbnailWorker::AllocationLimit);
    const QGuiApplication application(argc, argv);
    QGuiApplication::setApplicationDisplayName(QCoreApplication::translate("main", "Thumbnails"));

    ThumbnailModel model({
        .workerCount = commandLine.workerCount,
        .thumbnailSize = commandLine.thumbnailSize,
        .outputFolder = commandLine.outputFolder,
    });
    QQmlApplicationEngine engine;
    engine.setInitialProperties({{QStringLiteral("model"), QVariant::fromValue(&model)}});
    engine.load(QUrl(QStringLiteral("qrc:/qt-project.org/imports/Thumbnails/Main.qml")));
    auto *window = engine.rootObjects().isEmpty()
                       ? nullptr
                       : qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst());
    if (!window)
        return 1; // the engine has said why

    std::unique_ptr<HeadlessRun> headlessRun;
    if (commandLine.isHeadless)
        headlessRun = std::make_unique<HeadlessRun>(model, *window, commandLine.outputFolder);
    model.setFolder(commandLine.folder);
    return QGuiApplication::exec();
}
