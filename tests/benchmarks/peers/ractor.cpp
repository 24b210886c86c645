// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "kinds.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qprocess.h>

#ifdef Q_OS_LINUX
#include <sched.h>
#endif

namespace {

QString program()
{
    return QStringLiteral(BENCH_RACTOR_PROGRAM);
}

// ractor is Rust: it does the same work in a process of its own, and takes its times there.
class RactorPeer final : public Peer
{
public:
    RactorPeer(const Setup &setup, bool pinned)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
#ifdef Q_OS_LINUX
        if (pinned) {
            m_process.setChildProcessModifier([] {
                cpu_set_t allowed;
                ::sched_getaffinity(0, sizeof allowed, &allowed);
                std::size_t first = 0;
                while (!CPU_ISSET(first, &allowed))
                    ++first;
                cpu_set_t one;
                CPU_ZERO(&one);
                CPU_SET(first, &one);
                ::sched_setaffinity(0, sizeof one, &one);
            });
        }
#else
        Q_UNUSED(pinned);
#endif
        m_process.start(program(), {});
        ask(QStringLiteral("open %1 %2").arg(setup.router).arg(setup.workers));
    }

    ~RactorPeer() override
    {
        ask(QStringLiteral("close"));
        m_process.closeWriteChannel();
        m_process.waitForFinished(-1);
    }

    qint64 flood(const Flood &flood) override
    {
        return ask(QStringLiteral("flood %1 %2 %3")
                       .arg(flood.jobs)
                       .arg(flood.producers)
                       .arg(flood.keys))
            .value(0)
            .toLongLong();
    }

    Trips roundTrips(int rounds) override
    {
        const QList<QByteArray> times = ask(QStringLiteral("trips %1 thread").arg(rounds));
        return {times.value(0).toLongLong(), times.value(1).toLongLong()};
    }

    qint64 chain(qint64 depth, qint64 jobs) override
    {
        return ask(QStringLiteral("chain %1 %2").arg(depth).arg(jobs)).value(0).toLongLong();
    }

    LargeResult large(const Large &large) override
    {
        const QList<QByteArray> times = ask(QStringLiteral("large %1 %2 %3")
                                                .arg(large.jobs)
                                                .arg(large.bytes)
                                                .arg(large.outstanding));
        return {times.value(0).toLongLong(), 0}; // a Vec is moved, or copied by an explicit clone()
    }

    qint64 waitingMemory(qint64 jobs) override
    {
        return ask(QStringLiteral("memory %1").arg(jobs)).value(0).toLongLong();
    }

private:
    QList<QByteArray> ask(const QString &command)
    {
        m_process.write(command.toLatin1() + '\n');
        while (!m_process.canReadLine()) {
            if (!m_process.waitForReadyRead(-1))
                qFatal("%s has ended: %s", qPrintable(program()),
                       qPrintable(m_process.errorString()));
        }
        const QByteArray answer = m_process.readLine().trimmed();
        if (answer.startsWith("error"))
            qFatal("ractor, told \"%s\", says: %s", qPrintable(command), answer.constData());
        return answer.split(' ');
    }

    QProcess m_process;
};

PeerKind kind(const QString &name, bool pinned)
{
    PeerKind kind{
        .name = name,
        .routers = {QStringLiteral("queuer"), QStringLiteral("roundRobin"),
                    QStringLiteral("keyPersistent"), QStringLiteral("stickyQueuer")},
        .abilities = {Ability::Flood, Ability::RoundTrip, Ability::Chain, Ability::Large},
        .make =
            [pinned](const Setup &setup) { return std::make_unique<RactorPeer>(setup, pinned); },
        .mostWorkers = 10'000,
        .mostWaiting = 1'000'000,
    };
    if (!QFileInfo(program()).isExecutable())
        kind.missing = QStringLiteral("not built; scripts/bench builds it where there is cargo");
    return kind;
}

} // namespace

PeerKind ractorKind()
{
    return kind(QStringLiteral("ractor"), false);
}

PeerKind ractorPinnedKind()
{
    PeerKind pinned = kind(QStringLiteral("ractor, one core"), true);
#ifndef Q_OS_LINUX
    pinned.missing = QStringLiteral("only on Linux a process is pinned to a processor here");
#endif
    return pinned;
}
