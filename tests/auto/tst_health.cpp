// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"

#include <Millwright/Health>

#include <QTest>

using namespace Millwright;
using namespace Qt::StringLiterals;

using Change = std::function<void(FactorySnapshot &now, Counters &before)>;

Q_DECLARE_METATYPE(Change)

// What dashboards say of a factory in a word.
class tst_Health : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void UI_6_healthIsTold_data();
    void UI_6_healthIsTold();
    void UI_6_worstComesFirst();
};

namespace {

FactorySnapshot running()
{
    FactorySnapshot now;
    now.state = FactoryState::Running;
    now.workerCount = 2;
    now.availableCapacity = 2;
    for (int id = 0; id < 2; ++id)
        now.workers.append({.id = id, .state = WorkerState::Idle});
    return now;
}

} // namespace

void tst_Health::UI_6_healthIsTold_data()
{
    QTest::addColumn<Change>("change");
    QTest::addColumn<Health::Level>("level");
    QTest::addColumn<QStringList>("reasons");

    const auto row = [](const char *name, Health::Level level, const QStringList &reasons,
                        const Change &change) {
        QTest::newRow(name) << change << level << reasons;
    };
    row("idle", Health::Calm, {}, [](auto &, auto &) {});
    row("at work", Health::Calm, {}, [](auto &now, auto &) { now.activeWorkers = 1; });
    row("all at work", Health::Busy, {}, [](auto &now, auto &) { now.activeWorkers = 2; });
    row("no workers", Health::Calm, {}, [](auto &now, auto &) { now.workerCount = 0; });
    row("waiting for workers", Health::Attention, {u"no workers, waiting jobs: 3"_s},
        [](auto &now, auto &) {
            now.workerCount = 0;
            now.counters.waiting = 3;
        });
    row("not started", Health::Calm, {}, [](auto &now, auto &) { now.state = FactoryState::Idle; });
    row("not started, with jobs", Health::Attention, {u"waiting for start(), jobs: 3"_s},
        [](auto &now, auto &) {
            now.state = FactoryState::Idle;
            now.counters.waiting = 3;
        });
    row("paused", Health::Calm, {}, [](auto &now, auto &) { now.paused = true; });
    row("paused with jobs", Health::Attention, {u"paused, waiting jobs: 4"_s},
        [](auto &now, auto &) {
            now.paused = true;
            now.counters.waiting = 4;
        });
    row("failed to start", Health::Critical, {u"could not start: no disk"_s},
        [](auto &now, auto &) {
            now.state = FactoryState::Failed;
            now.errorString = u"no disk"_s;
        });
    row("one stuck", Health::Attention, {u"stuck workers: 1"_s},
        [](auto &now, auto &) { now.workers[1].state = WorkerState::Stuck; });
    row("all stuck", Health::Critical, {u"stuck workers: 2"_s}, [](auto &now, auto &) {
        now.workers[0].state = now.workers[1].state = WorkerState::Stuck;
    });
    row("crash-looping", Health::Attention, {u"crash-looping workers: 1"_s},
        [](auto &now, auto &) { now.crashLoopingWorkers = 1; });
    row("all crash-looping", Health::Critical, {u"crash-looping workers: 2"_s},
        [](auto &now, auto &) {
            now.crashLoopingWorkers = 2;
            now.workers[0].state = WorkerState::CrashLooping;
            now.workers[1].state = WorkerState::Starting;
        });
    row("stuck in the start of a crash loop", Health::Attention,
        {u"stuck workers: 1"_s, u"crash-looping workers: 1"_s}, [](auto &now, auto &) {
            now.crashLoopingWorkers = 1;
            now.workers[0].state = WorkerState::Stuck;
        });
    row("only one that is about to leave works", Health::Critical, {u"stuck workers: 1"_s},
        [](auto &now, auto &) {
            now.workerCount = 1;
            now.workers[0].state = WorkerState::Stuck;
            now.workers[1].state = WorkerState::Busy;
        });
    row("stuck and about to leave", Health::Attention, {u"stuck workers: 1"_s},
        [](auto &now, auto &) {
            now.workerCount = 1;
            now.workers[1].state = WorkerState::Stuck;
        });
    row("condemned", Health::Attention, {u"threads left behind: 3"_s},
        [](auto &now, auto &) { now.condemnedThreads = 3; });
    row("full", Health::Attention, {u"the queue is full"_s}, [](auto &now, auto &) {
        now.queueLimit = now.queueCapacity = now.counters.waiting = 10;
        now.availableCapacity = 0;
        now.activeWorkers = 2;
    });
    row("nearly full", Health::Busy, {}, [](auto &now, auto &) {
        now.queueLimit = now.queueCapacity = 10;
        now.counters.waiting = 9;
        now.availableCapacity = 1;
        now.activeWorkers = 2;
    });
    row("shed", Health::Attention, {u"jobs shed in the last minute: 5"_s},
        [](auto &now, auto &before) {
            now.counters.discardedBy[int(DiscardReason::Loadshed)] = 7;
            before.discardedBy[int(DiscardReason::Loadshed)] = 2;
        });
    row("shed long ago", Health::Calm, {}, [](auto &now, auto &before) {
        now.counters.discardedBy[int(DiscardReason::Loadshed)] = 7;
        before.discardedBy[int(DiscardReason::Loadshed)] = 7;
    });
    row("rate limit", Health::Attention, {u"jobs over the rate limit in the last minute: 1"_s},
        [](auto &now, auto &) { now.counters.discardedBy[int(DiscardReason::RateLimited)] = 1; });
    row("expired", Health::Attention, {u"jobs expired in the last minute: 1"_s},
        [](auto &now, auto &) { now.counters.discardedBy[int(DiscardReason::TtlExpired)] = 1; });
    row("shutdown", Health::Calm, {},
        [](auto &now, auto &) { now.counters.discardedBy[int(DiscardReason::Shutdown)] = 1; });
    row("lost", Health::Attention, {u"jobs lost in the last minute: 1"_s},
        [](auto &now, auto &) { now.counters.lost = 1; });
    row("one of hundred failed", Health::Attention, {u"jobs failed in the last minute: 1"_s},
        [](auto &now, auto &before) {
            now.counters.failed = 10;
            before.failed = 9;
            now.counters.completed = 199;
            before.completed = 100;
        });
    row("one of more failed", Health::Calm, {}, [](auto &now, auto &) {
        now.counters.failed = 1;
        now.counters.completed = 100;
    });
}

void tst_Health::UI_6_healthIsTold()
{
    QFETCH(const Change, change);
    FactorySnapshot now = running();
    Counters before;
    change(now, before);
    const Health health = Health::of(now, before);
    QTEST(health.level, "level");
    QTEST(health.reasons, "reasons");
}

void tst_Health::UI_6_worstComesFirst()
{
    FactorySnapshot now = running();
    now.paused = true;
    now.counters.waiting = 1;
    now.crashLoopingWorkers = 2;
    now.workers[0].state = now.workers[1].state = WorkerState::CrashLooping;
    now.counters.lost = 3;
    const Health health = Health::of(now, {});
    QVERIFY(health.level == Health::Critical);
    QCOMPARE(health.reasons,
             (QStringList{u"crash-looping workers: 2"_s, u"paused, waiting jobs: 1"_s,
                          u"jobs lost in the last minute: 3"_s}));
}

QTEST_GUILESS_MAIN(tst_Health)
#include "tst_health.moc"
