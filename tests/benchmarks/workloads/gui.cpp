// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "../workloads.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qprocess.h>

#include <array>

using namespace Qt::StringLiterals;

namespace {

struct Scene
{
    QString load;
    QString part; // of the dashboard
    QString peer;
    QString label; // in the place of a router, of which there is nothing to compare here
};

Sample guiSample(const QString &program, const Scene &scene, int workers, int seconds)
{
    QProcess process;
    process.start(program,
                  {scene.load, QString::number(workers), QString::number(seconds), scene.part});
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
        const std::array scenes{
            Scene{u"short"_s, u"charts"_s, u"Millwright"_s, u"charts"_s},
            Scene{u"short"_s, u"workers"_s, u"Millwright"_s, u"workers"_s},
            Scene{u"short"_s, u"jobs"_s, u"Millwright"_s, u"jobs"_s},
            Scene{u"long"_s, u"workers"_s, u"Millwright"_s, u"workers, jobs of 50 ms"_s},
            Scene{u"threads"_s, u"charts"_s, u"as many busy threads"_s, QString()},
        };
        for (const Scene &scene : scenes) {
            const Record record{.workload = u"W7"_s,
                                .peer = scene.peer,
                                .router = scene.label,
                                .parameters = {{u"workers"_s, workers}}};
            contestants.push_back(
                {record, [=] { return guiSample(program, scene, workers, seconds); }});
        }
        session.compare(
            u"W7: GUI thread and dashboard while jobs run at full speed, %1 workers"_s.arg(workers),
            std::move(contestants));
    }
}
