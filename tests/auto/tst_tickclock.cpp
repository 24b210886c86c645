// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/clock.h"
#include "engine/tickclock.h"

#include <QTest>

#include <atomic>
#include <chrono>
#include <thread>

using namespace Qt::StringLiterals;

namespace {

using Millwright::Clock;
using Millwright::TickClock;

constexpr qint64 Microsecond = 1'000;
constexpr qint64 Millisecond = 1'000'000;
constexpr qint64 Second = 1'000'000'000;

// A processor and a system whose time a test lets pass. `Of` tells those of one test from others', since what a tick
// is worth is known to the whole process.
template<typename Of>
struct Machine
{
    static inline double ticksPerNanosecond = 2.5;
    static inline double counter = 1e9;
    static inline qint64 systemTime = 5 * Second;
    static inline qint64 readingTakes = 0; // nanoseconds
    static inline bool trusted = true;
    static inline int questions = 0; // to the system
    static inline int counts = 0; // how often the counter was asked

    static void pass(qint64 time)
    {
        counter += double(time) * ticksPerNanosecond;
        systemTime += time;
    }

    static quint64 ticks()
    {
        ++counts;
        return quint64(counter);
    }
    static bool isTrusted() { return trusted; }
    static qint64 time()
    {
        ++questions;
        pass(readingTakes / 2);
        const qint64 now = systemTime;
        pass(readingTakes - readingTakes / 2);
        return now;
    }
};

// Long enough for the pace of the counter to be known.
template<typename M>
void becomeFamiliar(TickClock<M> &clock)
{
    for (int i = 0; i < 4; ++i) {
        M::pass(Millisecond);
        static_cast<void>(clock.now());
    }
}

// How often the system is asked in a millisecond in which the time is read every 50 ns.
template<typename M>
int questionsIn1ms(TickClock<M> &clock)
{
    const int before = M::questions;
    for (int i = 0; i < 20'000; ++i) {
        M::pass(50);
        static_cast<void>(clock.now());
    }
    return M::questions - before;
}

qint64 steadyTime()
{
    using namespace std::chrono;
    return nanoseconds(steady_clock::now().time_since_epoch()).count();
}

} // namespace

class tst_TickClock : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void JOB_7_systemIsAskedNowAndThen();
    void JOB_7_paceHasToBeKnown();
    void JOB_7_timeNeverGoesBack_data();
    void JOB_7_timeNeverGoesBack();
    void JOB_7_sleepingSystemTeachesNothing();
    void JOB_7_interruptedReadingIsNotCountedFrom();
    void JOB_7_processorMayBecomeSlower();
    void JOB_7_slowClockIsTheOnlyOne();
    void JOB_7_untrustedCounterIsNotAsked();
    void JOB_7_systemClockKeepsToSteadyClock();
    void JOB_7_timeGoesOnFromThreadToThread();
};

void tst_TickClock::JOB_7_systemIsAskedNowAndThen()
{
    using M = Machine<struct NowAndThen>;
    TickClock<M> clock;
    becomeFamiliar(clock);
    const int before = M::questions;
    constexpr int Reads = 100'000;
    for (int i = 0; i < Reads; ++i) {
        M::pass(65);
        QVERIFY2(qAbs(clock.now() - M::systemTime) <= 1, qPrintable(QString::number(i)));
    }
    const qint64 windows = Reads * qint64(65) / TickClock<M>::Window;
    QVERIFY(M::questions - before <= windows + 1);
    QVERIFY(M::questions - before >= windows * 9 / 10);
}

void tst_TickClock::JOB_7_paceHasToBeKnown()
{
    using M = Machine<struct Unknown>;
    TickClock<M> clock;
    QCOMPARE(clock.now(), M::systemTime);
    const int before = M::questions;
    for (int i = 1; i <= 1000; ++i) {
        M::pass(Microsecond);
        QCOMPARE(clock.now(), M::systemTime);
        QCOMPARE(M::questions, before + i);
    }
    // Once one thread has found it out, all know.
    becomeFamiliar(clock);
    TickClock<M> other;
    std::thread([&] { QVERIFY(questionsIn1ms(other) <= 101); }).join();
}

void tst_TickClock::JOB_7_timeNeverGoesBack_data()
{
    QTest::addColumn<double>("jump"); // of the counter
    QTest::addColumn<double>("pace"); // times the one before
    QTest::newRow("goes back a little") << -5e3 << 1.0;
    QTest::newRow("goes back far") << -5e8 << 1.0;
    QTest::newRow("goes back to 0") << -1e9 << 1.0;
    QTest::newRow("goes ahead a little") << 5e3 << 1.0;
    QTest::newRow("goes ahead far") << 5e12 << 1.0;
    QTest::newRow("counts faster") << 0.0 << 1.7;
    QTest::newRow("counts much faster") << 0.0 << 30.0;
    QTest::newRow("counts slower") << 0.0 << 0.6;
}

void tst_TickClock::JOB_7_timeNeverGoesBack()
{
    using M = Machine<struct Moody>;
    QFETCH(const double, jump);
    QFETCH(const double, pace);
    M::ticksPerNanosecond = 2.5;
    TickClock<M> clock;
    becomeFamiliar(clock);
    M::counter = std::max(0.0, M::counter + jump);
    M::ticksPerNanosecond *= pace;
    qint64 latest = 0;
    for (int i = 0; i < 20'000; ++i) {
        M::pass(100);
        const qint64 now = clock.now();
        QVERIFY(now >= latest);
        latest = now;
        const qint64 off = qAbs(now - M::systemTime);
        QVERIFY2(off <= TickClock<M>::Window, qPrintable(u"%1 ns at %2"_s.arg(off).arg(i)));
    }
}

void tst_TickClock::JOB_7_sleepingSystemTeachesNothing()
{
    using M = Machine<struct Sleeper>;
    TickClock<M> clock;
    for (int i = 0; i < 10; ++i) {
        M::counter += 60e9; // a minute of it for the counter
        M::pass(Second); // and a second of it for the system
        QCOMPARE(clock.now(), M::systemTime);
    }
    for (int i = 0; i < 10; ++i) {
        M::systemTime += 2 * Millisecond; // the counter stands still
        QCOMPARE(clock.now(), M::systemTime);
    }
    QVERIFY(questionsIn1ms(clock) > 10'000); // it has not learned a wrong pace
    becomeFamiliar(clock);
    M::counter += 60e9;
    M::pass(2 * Millisecond);
    becomeFamiliar(clock);
    for (int i = 0; i < 10'000; ++i) {
        M::pass(100);
        QVERIFY(qAbs(clock.now() - M::systemTime) <= 1);
    }
}

void tst_TickClock::JOB_7_interruptedReadingIsNotCountedFrom()
{
    using M = Machine<struct Interrupted>;
    M::readingTakes = 40;
    TickClock<M> clock;
    becomeFamiliar(clock);
    M::readingTakes = 8 * Microsecond;
    M::pass(TickClock<M>::Window * 2);
    const int before = M::questions;
    qint64 now = clock.now();
    QCOMPARE(now, M::systemTime - 4 * Microsecond); // what the system has said
    QCOMPARE(M::questions, before + 1);
    M::readingTakes = 40;
    M::pass(10);
    now = clock.now();
    QCOMPARE(now, M::systemTime - 20);
    QCOMPARE(M::questions, before + 2);
    M::pass(1000);
    QVERIFY(qAbs(clock.now() - M::systemTime) <= 1);
    QCOMPARE(M::questions, before + 2);
}

void tst_TickClock::JOB_7_processorMayBecomeSlower()
{
    using M = Machine<struct Tired>;
    M::readingTakes = 20;
    TickClock<M> clock;
    becomeFamiliar(clock);
    QVERIFY(questionsIn1ms(clock) <= 101);
    M::readingTakes = 100; // 250 ticks
    questionsIn1ms(clock);
    QVERIFY(questionsIn1ms(clock) <= 101);
    M::readingTakes = 130; // too long to be sure of what it says
    QVERIFY(questionsIn1ms(clock) > 19'000);
    M::readingTakes = 20;
    QVERIFY(questionsIn1ms(clock) <= 110);
    M::readingTakes = 60; // in comparison
    M::pass(TickClock<M>::Window);
    const int before = M::questions;
    static_cast<void>(clock.now());
    static_cast<void>(clock.now());
    QCOMPARE(M::questions, before + 2);
}

void tst_TickClock::JOB_7_slowClockIsTheOnlyOne()
{
    using M = Machine<struct Slow>;
    M::readingTakes = 500;
    TickClock<M> clock;
    static_cast<void>(clock.now()); // finds it out
    M::counts = 0;
    for (int i = 0; i < 10'000; ++i) {
        M::pass(Microsecond);
        const qint64 now = clock.now();
        QCOMPARE(now, M::systemTime - M::readingTakes / 2);
    }
    QCOMPARE(M::counts, 0);
}

void tst_TickClock::JOB_7_untrustedCounterIsNotAsked()
{
    using M = Machine<struct Untrusted>;
    M::trusted = false;
    TickClock<M> clock;
    for (int i = 0; i < 10'000; ++i) {
        M::pass(Microsecond);
        QCOMPARE(clock.now(), M::systemTime);
    }
    QCOMPARE(M::counts, 0);
}

void tst_TickClock::JOB_7_systemClockKeepsToSteadyClock()
{
    const std::shared_ptr<Clock> clock = Clock::system();
    qint64 latest = 0;
    const qint64 end = steadyTime() + 200 * Millisecond;
    while (latest < end) {
        const qint64 before = steadyTime();
        const qint64 now = clock->now();
        const qint64 after = steadyTime();
        QVERIFY(now >= latest);
        QVERIFY2(now >= before - Microsecond, qPrintable(QString::number(before - now)));
        QVERIFY2(now <= after + Microsecond, qPrintable(QString::number(now - after)));
        latest = now;
    }
}

void tst_TickClock::JOB_7_timeGoesOnFromThreadToThread()
{
    // Where others keep the processors busy each of them waits for its thread's turn.
    constexpr int Rounds = 20'000;
    const std::shared_ptr<Clock> clock = Clock::system();
    std::atomic<qint64> ball = clock->now(); // its sign says whose turn it is
    qint64 worst = 0;
    const auto play = [&](bool first, qint64 &furthestBack) {
        for (int i = 0; i < Rounds; ++i) {
            qint64 thrown;
            while (thrown = ball.load(), (thrown > 0) != first)
                std::this_thread::yield();
            const qint64 now = clock->now();
            furthestBack = std::max(furthestBack, qAbs(thrown) - now);
            ball = first ? -now : now;
        }
    };
    qint64 worstOfOther = 0;
    std::thread other([&] { play(false, worstOfOther); });
    play(true, worst);
    other.join();
    QVERIFY2(std::max(worst, worstOfOther) < Microsecond,
             qPrintable(QString::number(std::max(worst, worstOfOther))));
}

QTEST_APPLESS_MAIN(tst_TickClock)
#include "tst_tickclock.moc"
