// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// Workers that hang: a decoder from somewhere else, which for some files never comes back. The dead man's
// switch gives the others their turn. One job is polite and can be called off; one is not.

#include <Millwright/Factory>

#include <QtCore>

using namespace Millwright;
using namespace std::chrono_literals;

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QTextStream out(stdout);
    QLoggingCategory::setFilterRules("millwright.warning=false"); // it says all this as well

    QSemaphore never;
    Factory decoder({.name = "decoder",
                     .workerCount = 1,
                     .deadMansSwitch = {.timeout = 300ms, .gracePeriod = 300ms}},
                    [&never](Job<QString, int> &job) {
                        if (job.key() == "hostile")
                            never.acquire();
                        for (int step = 0; step < job.message() && !job.isCanceled(); ++step) {
                            QThread::msleep(10);
                            if (job.key() == "long")
                                job.heartbeat(); // it takes its time, but it is alive
                        }
                        return job.key();
                    });
    QObject::connect(&decoder, &FactoryBase::workerStuck, &app,
                     [&out](int worker, const QString &key, qint64) {
                         out << "worker " << worker << " is stuck in " << key << "\n";
                     });
    decoder.start();

    int decoded = 0;
    QStringList given;
    for (const auto &[name, steps] :
         {std::pair<QString, int>("long", 30), {"slow", 100'000}, {"hostile", 0}, {"good", 1}}) {
        decoder.submit(name, steps)
            .then(&app, [&decoded](const QString &) { ++decoded; })
            .onCanceled(&app, [&given, name] { given << name + " was called off"; })
            .onFailed(&app, [&given, name](const WorkerLost &) { given << name + " is lost"; });
    }
    decoder.drain().then(&app, [&app] { // queued, since it may be at once, before exec()
        QMetaObject::invokeMethod(&app, &QCoreApplication::quit, Qt::QueuedConnection);
    });
    app.exec();
    QCoreApplication::processEvents();

    out << decoded << " decoded; " << given.join("; ") << "\n";
    out << decoder.condemnedThreads() << " thread was left behind\n";
    never.release(); // the hostile one comes back after all, and its thread ends
    while (decoder.condemnedThreads() > 0)
        QThread::yieldCurrentThread();
    if (decoded != 2 || given.size() != 2)
        return 1;
    out << "whoever hung, the others were served\n";
    return 0;
}
