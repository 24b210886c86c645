// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "../workloads.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfile.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qprocess.h>

using namespace Qt::StringLiterals;

namespace {

// Of a job that waits; the dearest peers take more than this.
constexpr qint64 MostBytesPerJob = 500;
constexpr double LongestRun = 0.3e9; // nanoseconds; about, for the slow

qint64 availableMemory()
{
    QFile file(u"/proc/meminfo"_s);
    if (!file.open(QFile::ReadOnly))
        return 0;
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith("MemAvailable:"))
            return line.mid(13).trimmed().split(' ').value(0).toLongLong() * 1024;
    }
    return 0;
}

Sample costAt(const PeerKind &kind, const Setup &setup, qint64 depth, qint64 jobs)
{
    const std::unique_ptr<Peer> peer = kind.make(setup);
    constexpr qint64 WarmUp = 5000;
    const double timePerJob = double(peer->chain(10, WarmUp)) / double(WarmUp);
    const qint64 given = kind.getsAllJobs
                             ? jobs
                             : std::clamp(qint64(LongestRun / timePerJob), WarmUp, jobs);
    const qint64 time = peer->chain(depth, given);
    return {{u"ns/job"_s, double(time) / double(given)}};
}

void measureCost(Session &session, qint64 depth)
{
    if (availableMemory() / MostBytesPerJob < depth) {
        qInfo("W4: skipped %lld waiting jobs: not enough memory", depth);
        return;
    }
    const qint64 jobs = session.pick<qint64>(1'000'000, 200'000);
    std::vector<Contestant> contestants;
    for (const PeerKind *kind : session.candidates(Ability::Chain, 1)) {
        if (depth > kind->mostWaiting)
            continue;
        for (const QString &router : kind->ways()) {
            if (depth >= 1'000'000 && router != kind->ways().constFirst()
                && router != u"keyPersistent" && router != u"stickyQueuer")
                continue; // it takes long enough
            const Setup setup{.router = router, .workers = 1};
            const Record record{
                .workload = u"W4"_s,
                .peer = kind->name,
                .router = router,
                .parameters = {{u"workers"_s, 1}, {u"waiting"_s, depth}, {u"n"_s, jobs}}};
            contestants.push_back(
                {record, [kind, setup, depth, jobs] { return costAt(*kind, setup, depth, jobs); }});
        }
    }
    session.compare(u"W4: cost of a job while %1 others wait, 1 worker"_s.arg(depth),
                    std::move(contestants));
}

Sample memoryAlone(const PeerKind &kind, const QString &router, qint64 jobs)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(QCoreApplication::applicationFilePath(),
                  {u"--alone"_s, u"memory"_s, kind.name, router, QString::number(jobs)});
    process.waitForFinished(-1);
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
        qFatal("Measuring the memory of %s has failed.", qPrintable(kind.name));
    return {{u"bytes/job"_s, process.readAllStandardOutput().trimmed().toDouble()}};
}

} // namespace

int runMemory(const QString &peer, const QString &router, qint64 jobs)
{
    const PeerKind *kind = findPeerKind(peer);
    if (!kind || !kind->abilities.testFlag(Ability::Chain))
        return 1;
    const qint64 bytes = kind->make({.router = router, .workers = 1})->waitingMemory(jobs);
    std::printf("%g\n", double(bytes) / double(jobs));
    return 0;
}

void measureDepth(Session &session)
{
    const QList<qint64> depths = session.pick(
        QList<qint64>{10, 10'000, 100'000, 1'000'000, 10'000'000}, QList<qint64>{10, 100'000});
    for (qint64 depth : depths)
        measureCost(session, depth);

    std::vector<Contestant> contestants;
    for (const PeerKind *kind : session.candidates(Ability::Chain, 1)) {
        const qint64 jobs = kind->name == u"Millwright" ? 1'000'000 : 200'000;
        for (const QString &router : session.isQuick ? kind->ways().mid(0, 1) : kind->ways()) {
            const Record record{.workload = u"W4 memory"_s,
                                .peer = kind->name,
                                .router = router,
                                .parameters = {{u"workers"_s, 1}, {u"waiting"_s, jobs}}};
            contestants.push_back(
                {record, [kind, router, jobs] { return memoryAlone(*kind, router, jobs); }});
        }
    }
    session.compare(u"W4: memory of a waiting job, key and message of 8 bytes each included"_s,
                    std::move(contestants));
}
