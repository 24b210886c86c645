// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "queueing/fifoqueue.h"
#include "support/dice.h"
#include "support/expectations.h"
#include "support/simulation.h"

#include <QTest>

#include <algorithm>

using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::Dice;

namespace {

//! What a priority queue with aging must do, as simply as it can be said.
class AgingModel
{
public:
    explicit AgingModel(qint64 aging) : m_aging(aging) {}

    void submit(int name, int level, qint64 now) { m_waiting.push_back({name, level, now}); }
    [[nodiscard]] bool isEmpty() const { return m_waiting.empty(); }
    int take(qint64 now)
    {
        const auto rank = [&](const One &one) {
            return std::max<qint64>(0, one.level - (now - one.submitted) / m_aging);
        };
        const auto first = std::min_element(
            m_waiting.begin(), m_waiting.end(),
            [&](const One &a, const One &b) { return rank(a) < rank(b); }); // the first of equals
        const int name = first->name;
        m_waiting.erase(first);
        return name;
    }

private:
    struct One
    {
        int name;
        int level;
        qint64 submitted;
    };
    qint64 m_aging;
    std::vector<One> m_waiting; // in the order of submission
};

} // namespace

// Priority queues with aging.
class tst_Aging : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void QUEUE_3_withoutAgingLowJobsWait();
    void QUEUE_3_agingLetsLowJobsThrough_data();
    void QUEUE_3_agingLetsLowJobsThrough();
    void QUEUE_3_orderOfEquals();
    void QUEUE_3_agingEqualsItsModel();
    void QUEUE_3_agingNeedsNoTimer();
    void QUEUE_3_timeDoesNotGoBackFromThreadToThread();
};

void tst_Aging::QUEUE_3_withoutAgingLowJobsWait()
{
    for (const auto aging : {0ms, -5ms}) {
        World world({.workerCount = 1, .queue = priorityQueue({.aging = aging})});
        world.engine().start();
        world.submit({.name = u"low"_s, .options = {.priority = Priority::BestEffort}});
        for (int i = 0; i < 100; ++i) {
            world.submit({.name = u"h%1"_s.arg(i),
                          .duration = Millisecond,
                          .options = {.priority = Priority::High}});
            world.submit({.name = u"i%1"_s.arg(i),
                          .duration = Millisecond,
                          .options = {.priority = Priority::High}});
            world.pass(Millisecond);
        }
        QCOMPARE(world.fates().at(u"low"_s).started, 0);
        QVERIFY(world.finish());
        QCOMPARE(world.fates().at(u"low"_s).completed, 1);
    }
}

void tst_Aging::QUEUE_3_agingLetsLowJobsThrough_data()
{
    QTest::addColumn<Priority>("low");
    QTest::addColumn<Priority>("high");
    QTest::addColumn<int>("after"); // milliseconds, with an interval of ten
    QTest::newRow("one level") << Priority::Normal << Priority::Important << 10;
    QTest::newRow("two levels") << Priority::Normal << Priority::High << 20;
    QTest::newRow("three levels") << Priority::BestEffort << Priority::High << 30;
    QTest::newRow("all levels") << Priority::BestEffort << Priority::Highest << 40;
}

void tst_Aging::QUEUE_3_agingLetsLowJobsThrough()
{
    QFETCH(Priority, low);
    QFETCH(Priority, high);
    QFETCH(int, after);
    World world({.workerCount = 1, .queue = priorityQueue({.aging = 10ms})});
    world.engine().start();
    int number = 0;
    const auto submitHigh = [&] {
        world.submit({.name = u"h%1"_s.arg(number++),
                      .duration = Millisecond,
                      .options = {.priority = high}});
    };
    submitHigh();
    world.settle();
    world.submit({.name = u"low"_s, .options = {.priority = low}});
    for (int passed = 0; passed < after; ++passed) { // there is always a fresh one of high priority
        QCOMPARE(world.fates().at(u"low"_s).started, 0);
        submitHigh();
        world.pass(Millisecond);
    }
    QCOMPARE(world.fates().at(u"low"_s).started, 1);
    QVERIFY(world.finish());
}

void tst_Aging::QUEUE_3_orderOfEquals()
{
    World world({.workerCount = 1, .queue = priorityQueue({.aging = 10ms})});
    world.engine().start();
    world.submit({.name = u"r"_s, .duration = 15 * Millisecond});
    world.settle();
    world.submit({.name = u"a"_s, .options = {.priority = Priority::Normal}});
    world.submit({.name = u"b"_s, .options = {.priority = Priority::BestEffort}});
    world.submit({.name = u"c"_s, .options = {.priority = Priority::Normal}});
    world.pass(10 * Millisecond);
    // From 10 ms on, a and c are as urgent as d, and b as e; those who came first go first.
    world.submit({.name = u"d"_s, .options = {.priority = Priority::Important}});
    world.submit({.name = u"e"_s, .options = {.priority = Priority::Normal}});
    world.pass(10 * Millisecond);
    QCOMPARE(world.takeLog().filter(u"@"_s).join(u' '), u"r@0 a@0 c@0 d@0 b@0 e@0"_s);
}

void tst_Aging::QUEUE_3_agingEqualsItsModel()
{
    for (quint64 seed = 1; seed <= 300; ++seed) {
        Dice dice(seed);
        const qint64 aging = (1 + dice.below(20)) * Millisecond;
        World world(
            {.workerCount = 1, .queue = priorityQueue({.aging = std::chrono::nanoseconds(aging)})});
        world.engine().start();
        world.settle();
        AgingModel model(aging);
        QStringList expected;
        std::vector<qint64> durations;
        qint64 busyUntil = -1;
        const auto advance = [&](qint64 until) { // the model's worker
            while (busyUntil <= until && !model.isEmpty()) {
                const qint64 start = std::max(busyUntil, qint64(0));
                const int name = model.take(start);
                expected += u"j%1@0"_s.arg(name);
                busyUntil = start + durations[std::size_t(name)];
            }
        };
        for (int name = 0; name < 60; ++name) {
            if (dice.oneIn(3)) {
                world.pass(dice.below(8'000) * 1000 + 1);
                advance(world.now());
            }
            const int level = dice.below(PriorityLevels);
            durations.push_back(Millisecond + dice.below(2'000'000));
            world.submit({.name = u"j%1"_s.arg(name),
                          .duration = durations.back(),
                          .options = {.priority = Priority(level), .discardable = !dice.oneIn(3)}});
            world.settle();
            model.submit(name, level, world.now());
            if (busyUntil < world.now())
                busyUntil = world.now();
            advance(world.now());
        }
        QVERIFY(world.finish());
        advance(std::numeric_limits<qint64>::max());
        QCOMPARE(world.takeLog().filter(u"@"_s).join(u' '), expected.join(u' '));
    }
}

void tst_Aging::QUEUE_3_agingNeedsNoTimer()
{
    World world({.workerCount = 1, .queue = priorityQueue({.aging = 10ms})});
    world.engine().start();
    world.submit({.name = u"long"_s, .duration = 10'000 * Millisecond, .promised = false});
    world.settle();
    world.submit(
        {.name = u"low"_s, .promised = false, .options = {.priority = Priority::BestEffort}});
    world.pass(100 * Millisecond);
    const int before = world.clock().alarmsRung();
    world.pass(1000 * Millisecond);
    QCOMPARE(world.clock().alarmsRung(), before);
    QVERIFY(world.finish());
}

// Though the clock of one may be a little behind that of another.
void tst_Aging::QUEUE_3_timeDoesNotGoBackFromThreadToThread()
{
    struct Watch : Queue
    {
        explicit Watch(QList<qint64> *list) : times(list) {}
        void push(AbstractJob &job) override { jobs.append(job); }
        void pushFront(AbstractJob &job) override { jobs.prepend(job); }
        AbstractJob *pop() override
        {
            times->append(now());
            return jobs.takeFirst();
        }
        AbstractJob *peek() const override { return jobs.first(); }
        void remove(AbstractJob &job) override { jobs.remove(job); }
        AbstractJob *victim() override { return jobs.first(); }
        QList<qint64> *times;
        JobList jobs;
    };
    QList<qint64> times;
    World world({.workerCount = 2, .queue = customQueue<Watch>(&times)});
    world.engine().start();
    for (const QString &name : {u"a"_s, u"b"_s, u"c"_s}) {
        world.pass(Millisecond);
        world.submit({.name = name});
        world.settle();
        world.clock().lag(Millisecond + 20);
    }
    QCOMPARE(times.size(), 3);
    QVERIFY(times.constFirst() > 0);
    QVERIFY(std::is_sorted(times.cbegin(), times.cend()));
    QVERIFY(world.finish());
}

QTEST_GUILESS_MAIN(tst_Aging)

#include "tst_aging.moc"
