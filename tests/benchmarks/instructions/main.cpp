// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// How many instructions a trivial job takes, from dispatch() until its memory is back, for each router and
// few and many workers: counted by callgrind, so that every machine finds the same, and compared with
// what was recorded. Times would tell more, but not the same twice.

#include "cases.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qmap.h>
#include <QtCore/qprocess.h>
#include <QtCore/qstandardpaths.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qtextstream.h>

#include <cmath>

using namespace Qt::StringLiterals;

namespace {

constexpr int Skipped = 77; // ctest knows
constexpr double Room = 0.05;

using Figures = QMap<QString, double>;

QTextStream &out()
{
    static QTextStream stream(stdout);
    return stream;
}

int complain(const QString &text)
{
    QTextStream(stderr) << "instructions: " << text << Qt::endl;
    return 1;
}

// What else decides how many there are.
QString configuration()
{
    return u"%1 %2, Qt %3, %4"_s.arg(QLatin1String(COMPILER),
                                     QString::fromLatin1(COMPILER_VERSION).section(u'.', 0, 0),
                                     QLatin1String(qVersion()), QLatin1String(BUILD_TYPE))
#ifdef QT_FORCE_ASSERTS
           + u" with assertions"_s
#endif
        ;
}

// Callgrind writes a file for each case: "desc: Trigger: Client Request: NAME" and "totals: N".
Figures readDumps(const QDir &folder)
{
    Figures figures;
    const QStringList names = folder.entryList({u"callgrind.out*"_s}, QDir::Files);
    for (const QString &name : names) {
        QFile file(folder.filePath(name));
        if (!file.open(QFile::ReadOnly))
            continue;
        QString trigger;
        const QList<QByteArray> lines = file.readAll().split('\n');
        for (const QByteArray &line : lines) {
            if (line.startsWith("desc: Trigger: Client Request: "))
                trigger = QString::fromLatin1(line.mid(line.lastIndexOf(": ") + 2));
            else if (line.startsWith("totals: ") && !trigger.isEmpty())
                figures.insert(trigger, line.mid(8).toDouble() / CountedJobs);
        }
    }
    return figures;
}

Figures count(const QString &valgrind)
{
    const QTemporaryDir folder;
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"QT_HASH_SEED"_s, u"0"_s);
    process.setProcessEnvironment(environment);
    process.start(valgrind, {u"--tool=callgrind"_s, u"--instr-atstart=no"_s, u"--dump-instr=no"_s,
                             u"--callgrind-out-file="_s + folder.filePath(u"callgrind.out"_s),
                             QCoreApplication::applicationFilePath(), u"--count"_s});
    process.waitForFinished(-1);
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
        out() << process.readAll();
    return readDumps(QDir(folder.path()));
}

int record(const Figures &figures)
{
    QFile file(QStringLiteral(RECORDED_FIGURES));
    if (!file.open(QFile::WriteOnly | QFile::Text))
        return complain(u"cannot write %1: %2"_s.arg(file.fileName(), file.errorString()));
    QTextStream stream(&file);
    stream << "# Instructions per trivial job, written by `instructions --record`: the router, the "
              "number of\n# workers and of the threads that they share, if they do.\n"
           << "configuration: " << configuration() << '\n';
    for (const Case &one : allCases())
        stream << one.name() << ' ' << std::lround(figures.value(one.name())) << '\n';
    out() << "recorded in " << file.fileName() << Qt::endl;
    return 0;
}

// False if the file is of another configuration.
bool readRecorded(Figures &figures, QString &recordedWith)
{
    QFile file(QStringLiteral(RECORDED_FIGURES));
    if (!file.open(QFile::ReadOnly | QFile::Text))
        return false;
    const QStringList lines = QString::fromUtf8(file.readAll()).split(u'\n', Qt::SkipEmptyParts);
    for (const QString &line : lines) {
        if (line.startsWith(u"configuration: "))
            recordedWith = line.section(u": "_s, 1);
        else if (!line.startsWith(u'#'))
            figures.insert(line.section(u' ', 0, 0), line.section(u' ', 1).toDouble());
    }
    return recordedWith == configuration();
}

int compare(const Figures &counted)
{
    Figures recorded;
    QString recordedWith;
    if (!readRecorded(recorded, recordedWith)) {
        out() << "nothing to compare with: recorded with " << recordedWith << ", this is "
              << configuration() << Qt::endl;
        return Skipped;
    }
    int worse = 0;
    out() << u"%1 %2 %3\n"_s.arg(u"instructions per job"_s, -26)
                 .arg(u"recorded"_s, 9)
                 .arg(u"now"_s, 9);
    for (const Case &one : allCases()) {
        const double before = recorded.value(one.name());
        const double now = counted.value(one.name());
        const double change = before > 0 ? now / before - 1 : 1; // what is not recorded is worse
        out() << u"%1 %2 %3"_s.arg(one.name(), -26).arg(before, 9, 'f', 0).arg(now, 9, 'f', 0);
        const double percent = std::round(change * 1000) / 10 + 0.0;
        out() << u"  %1%2 %"_s.arg(percent > 0 ? u"+"_s : u""_s).arg(percent, 0, 'f', 1);
        if (change > Room) {
            ++worse;
            out() << "  WORSE";
        } else if (change < -Room) {
            out() << "  better: record it, or the gain can get lost unseen";
        }
        out() << Qt::endl;
    }
    if (worse == 0)
        return 0;
    out()
        << u"%1 of %2 have become worse by more than %3 %. If it has to be, record it: %4 --record"_s
               .arg(worse)
               .arg(allCases().size())
               .arg(Room * 100)
               .arg(QCoreApplication::applicationFilePath())
        << Qt::endl;
    return 1;
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QString mode = QCoreApplication::arguments().value(1);
    if (mode == u"--count") {
        runCases();
        return 0;
    }
    if (argc > 2 || (!mode.isEmpty() && mode != u"--record"))
        return complain(u"usage: instructions [--record]"_s);

    const QString valgrind = QStandardPaths::findExecutable(u"valgrind"_s);
    if (valgrind.isEmpty()) {
        out() << "skipped: there is no valgrind" << Qt::endl;
        return Skipped;
    }
    const Figures counted = count(valgrind);
    if (counted.size() != allCases().size())
        return complain(u"callgrind has counted %1 of %2 cases; see above"_s.arg(counted.size())
                            .arg(allCases().size()));
    return mode == u"--record" ? record(counted) : compare(counted);
}
