// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "../workloads.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qprocess.h>

using namespace Qt::StringLiterals;

namespace {

Sample guiSample(const QString &program, const QString &load, int workers, int seconds)
{
    QProcess process;
    process.start(program, {load, QString::number(workers), QString::number(seconds)});
    process.waitForFinished(-1);
    const QJsonObject figures = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    if (process.exitCode() != 0 || figures.isEmpty())
        qFatal("%s has failed: %s", qPrintable(program),
               process.readAllStandardError().constData());
    Sample sample;
    for (auto it = figures.begin(); it != figures.end(); ++it)
        sample.insert(it.key(), it->toDouble());
    return sample;
}

} // namespace

// bench_gui is a program of its own, since it links Qt Quick.
void measureGui(Session &session)
{
    const QString program = QCoreApplication::applicationDirPath() + u"/bench_gui"_s;
    if (!QFileInfo(program).isExecutable()) {
        qInfo("W7: skipped: bench_gui was not built, since the QML module was not");
        return;
    }
    const int seconds = session.pick(4, 2);
    for (int workers : {4, 1000}) {
        std::vector<Contestant> contestants;
        for (const auto &[load, peer] : {std::pair{u"millwright"_s, u"Millwright"_s},
                                         std::pair{u"threads"_s, u"as many busy threads"_s}}) {
            const Record record{.workload = u"W7"_s,
                                .peer = peer,
                                .router = load == u"millwright" ? u"queuer"_s : QString(),
                                .parameters = {{u"workers"_s, workers}}};
            contestants.push_back({record, [program, load = load, workers, seconds] {
                                       return guiSample(program, load, workers, seconds);
                                   }});
        }
        session.compare(
            u"W7: GUI thread and dashboard while jobs run at full speed, %1 workers"_s.arg(workers),
            std::move(contestants));
    }
}
