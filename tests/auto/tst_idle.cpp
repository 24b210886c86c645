// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/clock.h"
#include "support/expectations.h"

#include <Millwright/Factory>

#include <QDir>
#include <QFile>
#include <QHash>
#include <QTest>

#include <future>

#include <unistd.h>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;

namespace {

//! How often each thread of this process, but for this one, has gone to sleep so far.
QHash<QString, qint64> sleepsOfThreads()
{
    QHash<QString, qint64> sleeps;
    const QString self = QString::number(qint64(gettid()));
    for (const QString &thread :
         QDir(u"/proc/self/task"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        QFile status(u"/proc/self/task/%1/status"_s.arg(thread));
        if (thread == self || !status.open(QIODevice::ReadOnly))
            continue;
        for (const QByteArray &line : status.readAll().split('\n')) {
            if (line.startsWith("voluntary_ctxt_switches:"))
                sleeps.insert(thread, line.mid(24).trimmed().toLongLong());
        }
    }
    return sleeps;
}

//! Tells the name of the thread that rings it.
class Bell final : public Alarmed
{
public:
    void onAlarm() override
    {
        QFile name(u"/proc/thread-self/comm"_s);
        m_name.set_value(name.open(QIODevice::ReadOnly) ? name.readAll().trimmed() : QByteArray());
    }
    QByteArray threadName() { return m_name.get_future().get(); }

private:
    std::promise<QByteArray> m_name;
};

} // namespace

class tst_Idle : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_strangers = sleepsOfThreads().keys(); }
    void init() { Support::failOnAnyWarning(); }

    void STAT_5_idleFactoryWakesNobody();
    void STAT_5_threadOfTheClockHasANameOfItsOwn();

private:
    [[nodiscard]] QHash<QString, qint64> sleeps() const
    {
        QHash<QString, qint64> all = sleepsOfThreads();
        for (const QString &thread : m_strangers)
            all.remove(thread);
        return all;
    }

    QStringList m_strangers; // threads from before there was any factory: a sanitizer has one
};

void tst_Idle::STAT_5_idleFactoryWakesNobody()
{
    if (!QFile::exists(u"/proc/self/task"_s))
        QSKIP("Needs /proc.");
    using Simple = Factory<FunctionWorker<void (*)(Job<int, int> &)>>;
    std::vector<std::unique_ptr<Simple>> factories;
    for (int i = 0; i < 20; ++i) {
        factories.push_back(std::make_unique<Simple>(
            FactorySettings{.workerCount = 2, .threadCount = i % 2}, +[](Job<int, int> &) {}));
        Simple &factory = *factories.back();
        QVERIFY(factory.start());
        QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
        // Gives reasons for an alarm: both workers are needed, a job may expire, one is canceled.
        factory.submit(1, 0).cancel();
        for (int job = 0; job < 20; ++job)
            factory.dispatch(job, 0, {.timeToLive = 1h});
        QVERIFY(eventually(
            [&] { return factory.counters().waiting + factory.counters().running == 0; }));
    }
    QHash<QString, qint64> before = sleeps();
    QVERIFY(before.size() >= 30);
    // All have worked a moment ago. Wait for the dust to settle, then look for half a second.
    QVERIFY(eventually([&] {
        const QHash<QString, qint64> now = sleeps();
        return std::exchange(before, now) == now;
    }));
    QTest::qWait(300);
    before = sleeps();
    QTest::qWait(500);
    QVERIFY(sleeps() == before);
}

void tst_Idle::STAT_5_threadOfTheClockHasANameOfItsOwn()
{
    if (!QFile::exists(u"/proc/thread-self/comm"_s))
        QSKIP("Needs /proc.");
    const auto bell = std::make_shared<Bell>();
    Clock::system()->setAlarm(bell, 0);
    QCOMPARE(bell->threadName(), "Millwright cloc"); // Linux has room for 15 characters
}

QTEST_GUILESS_MAIN(tst_Idle)

#include "tst_idle.moc"
