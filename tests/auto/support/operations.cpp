// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "operations.h"

#include "statistics/statisticslayer.h"

#include <QtCore/qregularexpression.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

namespace Simulation {

namespace {

// Attempts, backoff and outcomes are the captures from `first` on.
RetryPolicy policyOf(const QRegularExpressionMatch &match, int first)
{
    RetryPolicy policy{.maximumAttempts = match.captured(first).toInt(),
                       .backoff = std::chrono::milliseconds(match.captured(first + 1).toInt())};
    if (const QString letters = match.captured(first + 2); !letters.isEmpty()) {
        policy.on.setFlag(RetryOn::Failed, letters.contains(u'f'));
        policy.on.setFlag(RetryOn::WorkerLost, letters.contains(u'w'));
        policy.on.setFlag(RetryOn::Loadshed, letters.contains(u'l'));
    }
    return policy;
}

Script parseJob(const QRegularExpressionMatch &match)
{
    Script script;
    script.name = match.captured(1);
    script.key = quint64(match.captured(1).front().unicode());
    const QString duration = match.captured(2);
    script.duration = duration == u"*" ? World::Hung : duration.toLongLong() * Millisecond;
    static const QRegularExpression modifier(
        uR"((?:!(\d+)|~(\d+)|\^([XHINB])|(=)|&(\d+)(?:/(\d+))?([fwl]*)|(\.)|(%%?)|\*(\d+)|(@)))"_s);
    auto it = modifier.globalMatch(match.captured(3));
    while (it.hasNext()) {
        const QRegularExpressionMatch m = it.next();
        if (m.hasCaptured(1))
            script.failures = m.captured(1).toInt();
        if (m.hasCaptured(2))
            script.options.timeToLive = std::chrono::milliseconds(m.captured(2).toInt());
        if (m.hasCaptured(3))
            script.options.priority = Priority(u"XHINB"_s.indexOf(m.captured(3)));
        if (m.hasCaptured(4))
            script.options.discardable = false;
        if (m.hasCaptured(5))
            script.options.retry = policyOf(m, 5);
        if (m.hasCaptured(8))
            script.promised = false;
        if (m.hasCaptured(9)) {
            script.asynchronous = true;
            script.cancelsItself = m.captured(9).size() == 2;
        }
        if (m.hasCaptured(10))
            script.hangs = m.captured(10).toInt();
        if (m.hasCaptured(11))
            script.heeds = true;
    }
    return script;
}

void change(Engine &engine, const QString &setting, int value)
{
    DeadMansSwitch its = engine.deadMansSwitch();
    if (setting == u"cap")
        its.maximumCondemned = value;
    else
        its.timeout = std::chrono::milliseconds(value);
    engine.setDeadMansSwitch(its);
}

//! Writes into the log who is stuck.
class StuckLayer final : public StatisticsLayer
{
public:
    void workerStuck(int worker, const QString &key, std::chrono::nanoseconds elapsed) override
    {
        if (world)
            world->log(u"stuck %1@%2 %3"_s.arg(key).arg(worker).arg(elapsed.count() / Millisecond));
    }

    World *world = nullptr;
};

} // namespace

void addOperationColumns()
{
    QTest::addColumn<QString>("settings");
    QTest::addColumn<QString>("operations");
    QTest::addColumn<QString>("expected");
}

void perform(World &world, const QString &operation)
{
    static const QRegularExpression jobPattern(uR"(^([a-z]\d*)(?::(\d+|\*))?([!~^=&.%*@].*)?$)"_s);
    static const QRegularExpression settingPattern(uR"(^([a-z]+)=(-?\d+)$)"_s);
    Engine &engine = world.engine();
    if (const auto m = settingPattern.match(operation); m.hasMatch()) {
        const int value = m.captured(2).toInt();
        const QString what = m.captured(1);
        if (what == u"workers")
            engine.setWorkerCount(value);
        else if (what == u"limit")
            engine.setQueueLimit(value);
        else if (what == u"break")
            world.breakWorker(value);
        else if (what == u"repair")
            world.repairWorker(value);
        else if (what == u"restarts")
            engine.setRestartPolicy({.maximumRestarts = value, .jitter = 0});
        else if (what == u"failbuilds")
            world.failBuilds(value);
        else if (what == u"lose")
            QVERIFY(world.abandon(value));
        else if (what == u"letters")
            engine.setDeadLetterLimit(value);
        else if (what == u"retry" && !engine.retryDeadLetter(quint64(value)))
            world.log(u"not retried %1"_s.arg(value));
        else if (what == u"drop" && !engine.dropDeadLetter(quint64(value)))
            world.log(u"not dropped %1"_s.arg(value));
        else if (what == u"hangbuilds")
            world.hangBuilds(value);
        else if (what == u"hangends")
            world.hangEnds(value);
        else if (what == u"deaf")
            world.deafen(value);
        else if (what != u"retry" && what != u"drop")
            change(engine, what, value);
    } else if (operation.startsWith(u"policy&")) {
        static const QRegularExpression policyPattern(uR"(&(\d+)(?:/(\d+))?([fwl]*)$)"_s);
        engine.setRetryPolicy(policyOf(policyPattern.match(operation), 1));
    } else if (operation == u"letters") {
        QStringList texts;
        for (const DeadLetter &letter : engine.deadLetters()) {
            texts += u"%1:%2*%3 %4%5"_s.arg(letter.id)
                         .arg(letter.key)
                         .arg(letter.attempts)
                         .arg(nameOf(letter.outcome), letter.isRetriable ? u""_s : u" -"_s);
        }
        world.log(u'[' + texts.join(u", "_s) + u']');
    } else if (operation == u"start") {
        engine.start();
    } else if (operation == u"drain") {
        engine.drain();
    } else if (operation == u"stop") {
        engine.stop();
    } else if (operation == u"pause") {
        engine.pause();
    } else if (operation == u"resume") {
        engine.resume();
    } else if (operation == u"giveup") {
        for (const UnfinishedJob &job : engine.giveUp().unfinished)
            world.log(u"unfinished %1@%2"_s.arg(job.key).arg(job.worker));
    } else if (operation == u"oldest") {
        engine.setDiscardMode(DiscardMode::Oldest);
    } else if (operation == u"newest") {
        engine.setDiscardMode(DiscardMode::Newest);
    } else if (operation == u"keep") {
        engine.setOnFailure(OnFailure::KeepWorker);
    } else if (operation == u"log" || operation == u"replace") {
        DeadMansSwitch its = engine.deadMansSwitch();
        its.action = operation == u"log" ? StuckAction::Log : StuckAction::Replace;
        engine.setDeadMansSwitch(its);
    } else if (operation.startsWith(u"beat=")) {
        world.beat(operation.mid(5));
    } else if (operation.startsWith(u"end=")) {
        world.letGo(operation.mid(4));
    } else if (operation == u"endhangs") {
        world.letGo();
    } else if (operation == u"!") {
        const FactorySnapshot now = engine.snapshot(true);
        QStringList states;
        for (const WorkerSnapshot &worker : now.workers)
            states += nameOf(worker.state);
        QString text = states.join(u' ');
        if (engine.deadMansSwitch().timeout.count() > 0)
            text += u"; %1 condemned"_s.arg(now.condemnedThreads);
        world.log(u'[' + text + u']');
    } else if (operation == u"?") {
        const FactorySnapshot now = engine.snapshot(false);
        world.log(u"[%1 %2 %3 %4]"_s.arg(nameOf(now.state))
                      .arg(now.counters.waiting)
                      .arg(now.counters.running)
                      .arg(now.availableCapacity));
    } else if (operation.startsWith(u'+')) {
        world.pass(operation.mid(1).toLongLong() * Millisecond);
    } else if (operation.size() > 1 && operation.startsWith(u'x')) {
        world.cancel(operation.mid(1));
    } else if (const auto parts = jobPattern.match(operation); parts.hasMatch()) {
        if (!world.submit(parseJob(parts)))
            world.log(u"refused %1"_s.arg(parts.captured(1)));
        return; // so that jobs can be submitted together
    } else {
        QFAIL(qPrintable(u"unknown operation \"%1\""_s.arg(operation)));
    }
    world.settle();
}

void run()
{
    QFETCH(QString, settings);
    QFETCH(QString, operations);
    QFETCH(QString, expected);

    FactorySettings factory{.name = u"test"_s, .workerCount = 1, .restartPolicy = {.jitter = 0}};
    const auto layer = std::make_shared<StuckLayer>();
    const auto given = settings.split(u' ', Qt::SkipEmptyParts);
    for (const QString &setting : given) {
        if (setting == u"priority")
            factory.queue = priorityQueue();
        else if (setting.startsWith(u"threads="))
            factory.threadCount = setting.mid(8).toInt();
        else if (setting == u"roundrobin")
            factory.router = roundRobin();
        else if (setting == u"leastloaded")
            factory.router = leastLoaded();
        else if (setting == u"keypersistent")
            factory.router = keyPersistent();
        else if (setting == u"sticky")
            factory.router = stickyQueuer();
        else if (setting.startsWith(u"stuck=")) {
            const QStringList times = setting.mid(6).split(u'/');
            factory.deadMansSwitch.timeout = std::chrono::milliseconds(times.at(0).toInt());
            factory.deadMansSwitch.gracePeriod = std::chrono::milliseconds(times.at(1).toInt());
            factory.statistics = layer;
        } else
            factory.workerCount = setting.toInt();
    }
    World world(factory);
    layer->world = &world;
    const auto forget = qScopeGuard([&] { layer->world = nullptr; });
    const auto all = operations.split(u' ', Qt::SkipEmptyParts);
    for (const QString &operation : all) {
        perform(world, operation);
        QCOMPARE(world.violations(), QString());
    }
    world.settle();
    QCOMPARE(world.takeLog().join(u", "_s), expected);
}

} // namespace Simulation
