// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "../workloads.h"

#include <Millwright/Factory>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qprocess.h>
#include <QtCore/qthread.h>

#include <ctime>

#ifdef Q_OS_LINUX
#include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace {

struct Activity
{
    qint64 switches = 0; //!< how often a thread has been given a processor
    double cpu = 0; //!< seconds
};

// Of all threads of this process but the one that looks.
Activity activity()
{
    Activity sum;
#ifdef Q_OS_LINUX
    const QString self = QString::number(::gettid());
    const QDir tasks(u"/proc/self/task"_s);
    const QStringList threads = tasks.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString &thread : threads) {
        QFile file(tasks.filePath(thread + u"/status"_s));
        if (thread == self || !file.open(QFile::ReadOnly))
            continue;
        const QList<QByteArray> lines = file.readAll().split('\n');
        for (const QByteArray &line : lines) {
            if (line.contains("voluntary_ctxt_switches:"))
                sum.switches += line.mid(line.indexOf(':') + 1).trimmed().toLongLong();
        }
    }
#endif
    std::timespec used{};
    if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0)
        sum.cpu = double(used.tv_sec) + double(used.tv_nsec) * 1e-9;
    if (std::timespec own{}; ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own) == 0)
        sum.cpu -= double(own.tv_sec) + double(own.tv_nsec) * 1e-9;
    return sum;
}

} // namespace

// In a process of its own: prints wake-ups and CPU milliseconds, each per second.
int runIdle(int factories, int seconds)
{
    using Worker = Millwright::FunctionWorker<std::function<int(Millwright::Job<int, int> &)>>;
    std::vector<std::unique_ptr<Millwright::Factory<Worker>>> all;
    for (int i = 0; i < factories; ++i) {
        all.push_back(std::make_unique<Millwright::Factory<Worker>>(
            Millwright::FactorySettings{.workerCount = 4},
            [](Millwright::Job<int, int> &job) { return job.message(); }));
        all.back()->start();
        for (int key = 0; key < 100; ++key)
            all.back()->submit(key, key).waitForFinished();
    }
    // Watches while the main thread, which may have something to notify, runs its event loop.
    Activity before;
    Activity after;
    const std::unique_ptr<QThread> watcher(QThread::create([&before, &after, seconds] {
        QThread::sleep(2);
        before = activity();
        QThread::sleep(unsigned(seconds));
        after = activity();
        QMetaObject::invokeMethod(QCoreApplication::instance(), &QCoreApplication::quit);
    }));
    watcher->start();
    QCoreApplication::exec();
    watcher->wait();
    std::printf("%g %g\n", double(after.switches - before.switches) / seconds,
                (after.cpu - before.cpu) * 1e3 / seconds);
    return 0;
}

void measureIdle(Session &session)
{
    constexpr int Factories = 100;
    const int seconds = session.pick(5, 3);
    const Record record{.workload = u"W6"_s,
                        .peer = u"Millwright"_s,
                        .router = u"queuer"_s,
                        .parameters = {{u"factories"_s, Factories}, {u"workers"_s, 4}}};
    const auto measure = [seconds]() -> Sample {
        QProcess process;
        process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process.start(
            QCoreApplication::applicationFilePath(),
            {u"--alone"_s, u"idle"_s, QString::number(Factories), QString::number(seconds)});
        process.waitForFinished(-1);
        const QList<QByteArray> figures = process.readAllStandardOutput().trimmed().split(' ');
        if (process.exitCode() != 0 || figures.size() != 2)
            qFatal("Measuring idle factories has failed.");
        return {{u"wake-ups/s"_s, figures[0].toDouble()}, {u"CPU ms/s"_s, figures[1].toDouble()}};
    };
    session.compare(u"W6: a process with %1 idle factories of 4 workers"_s.arg(Factories),
                    {{record, measure}});
}
