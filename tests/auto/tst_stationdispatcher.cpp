// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/gate.h"

#include "engine/stationdispatcher.h"

#include <Millwright/Factory>

#include <QAbstractEventDispatcher>
#include <QBasicTimer>
#include <QDir>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QProcess>
#include <QRegularExpression>
#include <QSemaphore>
#include <QSocketNotifier>
#include <QTest>
#include <QThread>
#include <QTimer>

#include <fcntl.h>
#include <functional>
#include <memory>
#include <set>
#include <sys/socket.h>
#include <unistd.h>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;

namespace {

//! A thread with an event loop, and an object that lives there.
class Loop
{
public:
    explicit Loop(bool isOurs)
    {
        if (isOurs)
            m_thread.setEventDispatcher(new StationDispatcher);
        m_object.moveToThread(&m_thread);
        m_thread.start();
    }
    ~Loop()
    {
        m_thread.quit();
        m_thread.wait();
    }
    Q_DISABLE_COPY_MOVE(Loop)

    //! Posts it to the thread.
    void post(std::function<void()> task)
    {
        QMetaObject::invokeMethod(&m_object, std::move(task), Qt::QueuedConnection);
    }
    //! The same, and waits until it is done.
    void run(std::function<void()> task)
    {
        QMetaObject::invokeMethod(&m_object, std::move(task), Qt::BlockingQueuedConnection);
    }
    [[nodiscard]] QObject *object() { return &m_object; }
    [[nodiscard]] QThread &thread() { return m_thread; }

private:
    QObject m_object;
    QThread m_thread;
};

//! Two sockets that are connected.
struct Sockets
{
    Sockets()
    {
        const int result = socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data());
        Q_ASSERT(result == 0);
    }
    ~Sockets()
    {
        for (const int end : ends)
            close(end);
    }
    Q_DISABLE_COPY_MOVE(Sockets)
    void send() const { QCOMPARE(write(ends[0], "x", 1), 1); }
    [[nodiscard]] bool receive() const
    {
        char byte = 0;
        return read(ends[1], &byte, 1) == 1;
    }

    std::array<int, 2> ends{};
};

class Ticker : public QObject
{
public:
    using QObject::QObject;
    std::function<void(int)> onTimer;

protected:
    void timerEvent(QTimerEvent *event) override { onTimer(event->timerId()); }
};

} // namespace

// The event loop of station's threads does what Qt's own does: nearly every test runs with both.
class tst_StationDispatcher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void POOL_1_postedEventsWakeIt_data() { addBoth(); }
    void POOL_1_postedEventsWakeIt();
    void POOL_1_timersFireInTheirOrder_data() { addBoth(); }
    void POOL_1_timersFireInTheirOrder();
    void POOL_1_timersComeAsOftenAsTheyShould_data() { addBoth(); }
    void POOL_1_timersComeAsOftenAsTheyShould();
    void POOL_1_coarseTimersComeTogether_data() { addBoth(); }
    void POOL_1_coarseTimersComeTogether();
    void POOL_1_timersAreStoppedWhereverThatIs_data() { addBoth(); }
    void POOL_1_timersAreStoppedWhereverThatIs();
    void POOL_1_timersDoNotNest_data() { addBoth(); }
    void POOL_1_timersDoNotNest();
    void POOL_1_timersMoveToAnotherThread_data() { addBoth(); }
    void POOL_1_timersMoveToAnotherThread();
    void POOL_1_timersAreTold_data() { addBoth(); }
    void POOL_1_timersAreTold();
    void POOL_1_socketsAreHeard_data() { addBoth(); }
    void POOL_1_socketsAreHeard();
    void POOL_1_socketsAndPostsTogether_data() { addBoth(); }
    void POOL_1_socketsAndPostsTogether();
    void POOL_1_notifiersGoWhereverThatIs_data() { addBoth(); }
    void POOL_1_notifiersGoWhereverThatIs();
    void POOL_1_invalidSocketIsDisabled_data() { addBoth(); }
    void POOL_1_invalidSocketIsDisabled();
    void POOL_1_processEventsTellsWhatItDid_data() { addBoth(); }
    void POOL_1_processEventsTellsWhatItDid();
    void POOL_1_nestedLoopsEnd_data() { addBoth(); }
    void POOL_1_nestedLoopsEnd();
    void POOL_1_wakeUpBeforeATurnIsHeard_data() { addBoth(); }
    void POOL_1_wakeUpBeforeATurnIsHeard();
    void POOL_1_sleepersAreToldFromOthers();
    void POOL_1_exitIsHeardAtAnyMoment_data() { addBoth(); }
    void POOL_1_exitIsHeardAtAnyMoment();
    void POOL_1_exitIsHeardAfterANestedTurn();
    void POOL_1_processesCanBeRun_data() { addBoth(); }
    void POOL_1_processesCanBeRun();
    void POOL_1_idleLoopSleeps_data() { addBoth(); }
    void POOL_1_idleLoopSleeps();
    void POOL_1_threadsTakeNoDescriptors();

private:
    static void addBoth()
    {
        QTest::addColumn<bool>("isOurs");
        QTest::newRow("ours") << true;
        QTest::newRow("Qt's") << false;
    }
};

void tst_StationDispatcher::POOL_1_postedEventsWakeIt()
{
    QFETCH(const bool, isOurs);
    Loop loop(isOurs);
    QSemaphore done;
    for (int i = 0; i < 20'000; ++i) { // asleep, about to sleep, just woken
        loop.post([&] { done.release(); });
        for (volatile int spins = i % 500; spins > 0;)
            spins = spins - 1;
        if (i % 3 == 0)
            QVERIFY(done.tryAcquire(1, Support::Patience));
        else
            done.tryAcquire();
    }
}

void tst_StationDispatcher::POOL_1_timersFireInTheirOrder()
{
    QFETCH(const bool, isOurs);
    Loop loop(isOurs);
    QStringList order;
    QSemaphore done;
    loop.run([&] {
        for (const int interval : {60, 20, 40, 0}) {
            QTimer::singleShot(interval, Qt::PreciseTimer, loop.object(),
                               [&order, &done, interval] {
                                   order += QString::number(interval);
                                   done.release();
                               });
        }
    });
    QVERIFY(done.tryAcquire(4, Support::Patience));
    QCOMPARE(order.join(u' '), u"0 20 40 60"_s);
}

void tst_StationDispatcher::POOL_1_timersComeAsOftenAsTheyShould()
{
    QFETCH(const bool, isOurs);
    Loop loop(isOurs);
    QSemaphore ticks;
    QSemaphore zeros;
    qint64 elapsed = 0;
    std::unique_ptr<QTimer> timer;
    std::unique_ptr<QTimer> zero;
    QElapsedTimer clock;
    loop.run([&] {
        timer = std::make_unique<QTimer>();
        timer->setTimerType(Qt::PreciseTimer);
        timer->callOnTimeout([&, count = 0]() mutable {
            if (++count == 10) {
                elapsed = clock.elapsed();
                timer->stop();
                ticks.release();
            }
        });
        zero = std::make_unique<QTimer>();
        zero->callOnTimeout([&] { zeros.release(); });
        clock.start();
        timer->start(5);
        zero->start(0);
    });
    QVERIFY(ticks.tryAcquire(1, Support::Patience));
    QVERIFY(elapsed >= 49); // no sooner, whatever else goes on
    QVERIFY(zeros.tryAcquire(10, Support::Patience)); // at each turn
    loop.run([&] {
        timer.reset();
        zero.reset();
    });
}

// As often as they should, too, and not much too soon.
void tst_StationDispatcher::POOL_1_coarseTimersComeTogether()
{
    constexpr int Timers = 50;
    constexpr int Times = 4;
    constexpr int Shortest = 100; // milliseconds
    QFETCH(const bool, isOurs);
    Loop loop(isOurs);
    QSemaphore done;
    int wakeUps = 0;
    int isTooSoon = 0;
    std::set<int> turns; // of those in which a timer came
    QObject *timers = nullptr;
    QElapsedTimer clock;
    loop.run([&] {
        timers = new QObject;
        connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, timers,
                [&] { ++wakeUps; });
        clock.start();
        for (int i = 0; i < Timers; ++i) {
            const int interval = Shortest + i / 10;
            auto *timer = new QTimer(timers);
            timer->callOnTimeout([&, timer, interval, count = 0]() mutable {
                turns.insert(wakeUps);
                ++count;
                isTooSoon += clock.elapsed() < interval * count - interval / 20 - 1 ? 1 : 0;
                if (count == Times) {
                    timer->stop();
                    done.release();
                }
            });
            timer->start(interval);
        }
    });
    QVERIFY(done.tryAcquire(Timers, Support::Patience));
    loop.run([&] { delete timers; });
    if (isOurs) { // Qt's may gain a few milliseconds each time, and have more points at which they come
        QCOMPARE(isTooSoon, 0);
        QVERIFY2(turns.size() <= 4 * Times, qPrintable(QString::number(turns.size())));
    }
}

void tst_StationDispatcher::POOL_1_timersAreStoppedWhereverThatIs()
{
    QFETCH(const bool, isOurs);
    Loop loop(isOurs);
    QStringList fired;
    QSemaphore done;
    loop.run([&] {
        auto *ticker = new Ticker;
        const int first = ticker->startTimer(0);
        const int second = ticker->startTimer(0);
        ticker->onTimer = [=, &fired](int id) {
            fired += id == first ? u"first"_s : u"second"_s;
            ticker->killTimer(second); // which is due, too
            ticker->killTimer(first); // itself
        };
        auto *suicide = new Ticker;
        suicide->onTimer = [=, &fired](int) {
            fired += u"suicide"_s;
            delete suicide;
        };
        suicide->startTimer(1);
        QTimer::singleShot(20, loop.object(), [=, &done] {
            delete ticker;
            done.release();
        });
    });
    QVERIFY(done.tryAcquire(1, Support::Patience));
    QCOMPARE(fired.join(u' '), u"first suicide"_s);
}

void tst_StationDispatcher::POOL_1_timersDoNotNest()
{
    QFETCH(const bool, isOurs);
    Loop loop(isOurs);
    int inside = 0;
    int deepest = 0;
    int others = 0;
    QSemaphore done;
    loop.run([&] {
        auto *ticker = new Ticker;
        auto *other = new QTimer(ticker);
        other->callOnTimeout([&] { ++others; });
        other->start(0);
        ticker->onTimer = [=, &inside, &deepest, &others, &done](int) {
            deepest = std::max(deepest, ++inside);
            const int before = others;
            QEventLoop nested;
            QTimer::singleShot(10, &nested, &QEventLoop::quit);
            nested.exec();
            if (--inside == 0 && others > before) { // which came meanwhile
                ticker->deleteLater();
                done.release();
            }
        };
        ticker->startTimer(1);
    });
    QVERIFY(done.tryAcquire(1, Support::Patience));
    QCOMPARE(deepest, 1);
}

void tst_StationDispatcher::POOL_1_timersMoveToAnotherThread()
{
    QFETCH(const bool, isOurs);
    Loop one(isOurs);
    Loop other(isOurs);
    QSemaphore ticks;
    std::atomic<QThread *> ticked = nullptr;
    auto *ticker = new Ticker;
    ticker->onTimer = [&](int) {
        ticked = QThread::currentThread();
        ticks.release();
    };
    ticker->startTimer(1);
    ticker->moveToThread(&one.thread());
    QVERIFY(ticks.tryAcquire(3, Support::Patience));
    QCOMPARE(ticked, &one.thread());
    one.run([&] { ticker->moveToThread(&other.thread()); });
    QVERIFY(eventually([&] { return ticked == &other.thread(); }));
    other.run([&] { delete ticker; });
}

void tst_StationDispatcher::POOL_1_timersAreTold()
{
    QFETCH(const bool, isOurs);
    Loop loop(isOurs);
    loop.run([&] {
        QTimer hour;
        hour.setTimerType(Qt::PreciseTimer);
        hour.start(1h);
        QVERIFY(hour.remainingTime() > 3'590'000 && hour.remainingTime() <= 3'600'000);
        QTimer coarse;
        coarse.setTimerType(Qt::VeryCoarseTimer);
        coarse.start(1400);
        auto *dispatcher = QAbstractEventDispatcher::instance();
        const auto timers = dispatcher->registeredTimers(&hour);
        QCOMPARE(timers.size(), 1);
        QCOMPARE(timers.first().timerId, hour.timerId());
        QCOMPARE(timers.first().interval, 3'600'000);
        QCOMPARE(dispatcher->registeredTimers(&coarse).first().timerType, Qt::VeryCoarseTimer);
        const int id = hour.timerId();
        hour.stop();
        QVERIFY(dispatcher->remainingTime(id) < 0);
        QVERIFY(!dispatcher->unregisterTimer(id));
        QVERIFY(dispatcher->unregisterTimers(&coarse));
        QVERIFY(dispatcher->registeredTimers(&coarse).isEmpty());
    });
}

void tst_StationDispatcher::POOL_1_socketsAreHeard()
{
    QFETCH(const bool, isOurs);
    const Sockets sockets;
    Loop loop(isOurs);
    QSemaphore received;
    QSemaphore writable;
    std::unique_ptr<QSocketNotifier> reader;
    std::unique_ptr<QSocketNotifier> writer;
    loop.run([&] {
        reader = std::make_unique<QSocketNotifier>(sockets.ends[1], QSocketNotifier::Read);
        QObject::connect(reader.get(), &QSocketNotifier::activated, loop.object(), [&] {
            if (sockets.receive())
                received.release();
        });
        writer = std::make_unique<QSocketNotifier>(sockets.ends[1], QSocketNotifier::Write);
        QObject::connect(writer.get(), &QSocketNotifier::activated, loop.object(), [&] {
            writer->setEnabled(false); // as whoever has nothing to write
            writable.release();
        });
    });
    QVERIFY(writable.tryAcquire(1, Support::Patience));
    for (int i = 0; i < 100; ++i) {
        sockets.send();
        QVERIFY(received.tryAcquire(1, Support::Patience));
    }
    QVERIFY(!writable.tryAcquire());
    loop.run([&] { writer->setEnabled(true); });
    QVERIFY(writable.tryAcquire(1, Support::Patience));
    loop.run([&] { reader->setEnabled(false); });
    sockets.send();
    loop.run([] {});
    QVERIFY(!received.tryAcquire());
    loop.run([&] { reader->setEnabled(true); });
    QVERIFY(received.tryAcquire(1, Support::Patience));
    loop.run([&] {
        reader.reset();
        writer.reset();
    });
}

void tst_StationDispatcher::POOL_1_socketsAndPostsTogether()
{
    QFETCH(const bool, isOurs);
    const Sockets sockets;
    Loop loop(isOurs);
    QSemaphore received;
    QSemaphore posted;
    std::unique_ptr<QSocketNotifier> reader;
    loop.run([&] {
        reader = std::make_unique<QSocketNotifier>(sockets.ends[1], QSocketNotifier::Read);
        QObject::connect(reader.get(), &QSocketNotifier::activated, loop.object(), [&] {
            while (sockets.receive())
                received.release();
        });
    });
    for (int i = 0; i < 5000; ++i) { // it polls, or is about to
        loop.post([&] { posted.release(); });
        if (i % 2 == 0)
            sockets.send();
        for (volatile int spins = i % 500; spins > 0;)
            spins = spins - 1;
        if (i % 5 == 0)
            QVERIFY(posted.tryAcquire(1, Support::Patience));
        else
            posted.tryAcquire();
        if (i % 100 == 99) // before the socket is full
            QVERIFY(received.tryAcquire(50, Support::Patience));
    }
    loop.run([&] { reader.reset(); });
    loop.run([] {}); // without sockets again
}

void tst_StationDispatcher::POOL_1_notifiersGoWhereverThatIs()
{
    QFETCH(const bool, isOurs);
    const std::array<Sockets, 3> sockets;
    Loop loop(isOurs);
    QStringList heard;
    QSemaphore done;
    loop.run([&] {
        auto notifiers = std::make_shared<QList<QSocketNotifier *>>();
        for (int i = 0; i < 3; ++i) {
            auto *notifier = new QSocketNotifier(sockets[std::size_t(i)].ends[1],
                                                 QSocketNotifier::Read, loop.object());
            notifiers->append(notifier);
            QObject::connect(notifier, &QSocketNotifier::activated, loop.object(), [&, notifiers] {
                heard += u"one"_s;
                qDeleteAll(*notifiers); // this one, and those that are due, too
                notifiers->clear();
                QTimer::singleShot(10, loop.object(), [&done] { done.release(); });
            });
        }
        for (const Sockets &pair : sockets)
            pair.send();
    });
    QVERIFY(done.tryAcquire(1, Support::Patience));
    QCOMPARE(heard.size(), 1);
}

void tst_StationDispatcher::POOL_1_invalidSocketIsDisabled()
{
    QFETCH(const bool, isOurs);
    Loop loop(isOurs);
    constexpr int closed = 1000;
    QCOMPARE(fcntl(closed, F_GETFD), -1);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"QSocketNotifier: Invalid socket"_s));
    std::unique_ptr<QSocketNotifier> notifier;
    loop.run([&] { notifier = std::make_unique<QSocketNotifier>(closed, QSocketNotifier::Read); });
    const bool isDisabled = eventually([&] {
        bool isEnabled = true;
        loop.run([&] { isEnabled = notifier->isEnabled(); });
        return !isEnabled;
    });
    loop.run([&] { notifier.reset(); });
    QVERIFY(isDisabled);
}

void tst_StationDispatcher::POOL_1_processEventsTellsWhatItDid()
{
    QFETCH(const bool, isOurs);
    const Sockets sockets;
    Loop loop(isOurs);
    loop.run([&] {
        auto *dispatcher = QAbstractEventDispatcher::instance();
        while (dispatcher->processEvents(QEventLoop::AllEvents)) {}
        QVERIFY(!dispatcher->processEvents(QEventLoop::AllEvents));

        int ticks = 0;
        QTimer timer;
        timer.callOnTimeout([&] { ++ticks; });
        timer.start(1);
        const bool hasDoneAny = dispatcher->processEvents(QEventLoop::X11ExcludeTimers);
        QVERIFY(!hasDoneAny || !isOurs); // Qt's says so since 6.8
        QCOMPARE(ticks, 0);
        bool hasDone = false;
        while (ticks == 0)
            hasDone = dispatcher->processEvents(QEventLoop::AllEvents);
        QVERIFY(hasDone || !isOurs); // Qt's for Unix does not say so
        timer.stop();

        int heard = 0;
        QSocketNotifier notifier(sockets.ends[1], QSocketNotifier::Read);
        QObject::connect(&notifier, &QSocketNotifier::activated, &notifier, [&] {
            ++heard;
            static_cast<void>(sockets.receive());
        });
        sockets.send();
        if (isOurs) { // Qt's dispatcher for GLib does not heed it
            while (dispatcher->processEvents(QEventLoop::ExcludeSocketNotifiers)) {}
            QCOMPARE(heard, 0);
        }
        QVERIFY(dispatcher->processEvents(QEventLoop::AllEvents));
        QCOMPARE(heard, 1);
    });
}

void tst_StationDispatcher::POOL_1_nestedLoopsEnd()
{
    QFETCH(const bool, isOurs);
    Loop loop(isOurs);
    QStringList log;
    QSemaphore entered;
    QSemaphore done;
    QEventLoop *inner = nullptr;
    loop.post([&] {
        QEventLoop nested;
        inner = &nested;
        QMetaObject::invokeMethod(
            &nested, [&] { entered.release(); }, Qt::QueuedConnection);
        log += u"in"_s;
        nested.exec();
        log += u"out"_s;
        done.release();
    });
    QVERIFY(entered.tryAcquire(1, Support::Patience));
    loop.run([&] { log += u"inside"_s; });
    inner->exit(); // from another thread, while it sleeps
    QVERIFY(done.tryAcquire(1, Support::Patience));
    QCOMPARE(log.join(u' '), u"in inside out"_s);
    loop.post([&] {
        QEventLoop nested;
        entered.release();
        nested.exec(); // the end of the thread ends it
        done.release();
    });
    QVERIFY(entered.tryAcquire(1, Support::Patience));
    loop.thread().quit();
    QVERIFY(done.tryAcquire(1, Support::Patience));
    QVERIFY(loop.thread().wait(Support::Patience));
}

// As by a loop that has just looked whether it is over.
void tst_StationDispatcher::POOL_1_wakeUpBeforeATurnIsHeard()
{
    QFETCH(const bool, isOurs);
    const Sockets sockets;
    Loop loop(isOurs);
    QSemaphore done;
    for (const bool hasSocket : {false, true}) {
        loop.post([&] {
            if (hasSocket)
                new QSocketNotifier(sockets.ends[1], QSocketNotifier::Read, loop.object());
            auto *dispatcher = QAbstractEventDispatcher::instance();
            dispatcher->wakeUp();
            dispatcher->processEvents(QEventLoop::WaitForMoreEvents);
            dispatcher->interrupt();
            dispatcher->processEvents(QEventLoop::WaitForMoreEvents);
            done.release();
        });
        QVERIFY(done.tryAcquire(1, Support::Patience));
    }
}

// Who posts is told that the thread comes at once, if that sleeps and is woken by nothing else.
void tst_StationDispatcher::POOL_1_sleepersAreToldFromOthers()
{
    const Sockets sockets;
    Loop loop(true);
    const auto post = [&] {
        const StationDispatcher::WakeScope scope;
        loop.post([] {});
        return scope.hasWokenSleeper();
    };
    const auto sleeps = [&] { return eventually(post); }; // looks at intervals, so that it can
    const auto neverSleeps = [&] { return !QTest::qWaitFor(post, 200); };
    QVERIFY(sleeps());

    const Support::Gate gate;
    const Support::GateOpener opener(gate);
    loop.post([gate] { gate.pass(); });
    QVERIFY(gate.awaitArrivals());
    QVERIFY(!post()); // busy
    gate.open();
    QVERIFY(sleeps());

    std::unique_ptr<QTimer> timer;
    loop.run([&] {
        timer = std::make_unique<QTimer>();
        timer->start(1h);
    });
    QVERIFY(neverSleeps()); // a timer may be due first
    loop.run([&] { timer.reset(); });
    QVERIFY(sleeps());

    std::unique_ptr<QSocketNotifier> notifier;
    loop.run([&] {
        notifier = std::make_unique<QSocketNotifier>(sockets.ends[1], QSocketNotifier::Read);
    });
    QVERIFY(neverSleeps()); // so may a socket
    loop.run([&] { notifier.reset(); });
    QVERIFY(sleeps());
}

// By a loop that is about to begin, to sleep, or asleep.
void tst_StationDispatcher::POOL_1_exitIsHeardAtAnyMoment()
{
    QFETCH(const bool, isOurs);
    Loop loop(isOurs);
    constexpr int rounds = 20'000;
    std::atomic<QEventLoop *> entered = nullptr;
    QSemaphore done;
    loop.post([&] {
        for (int i = 0; i < rounds; ++i) {
            QEventLoop nested;
            bool isOver = false;
            QMetaObject::invokeMethod(
                &nested, [&] { entered = &nested; }, Qt::QueuedConnection);
            while (!isOver)
                isOver = nested.exec() == i;
            done.release();
        }
    });
    for (int i = 0; i < rounds; ++i) {
        QEventLoop *nested = nullptr;
        while (!(nested = entered.exchange(nullptr)))
            QThread::yieldCurrentThread();
        for (volatile int spins = i % 300; spins > 0;)
            spins = spins - 1;
        nested->exit(i);
        QVERIFY(done.tryAcquire(1, Support::Patience));
    }
}

// Qt's dispatcher for Unix sleeps on.
void tst_StationDispatcher::POOL_1_exitIsHeardAfterANestedTurn()
{
    Loop loop(true);
    QSemaphore entered;
    QSemaphore done;
    QEventLoop *outer = nullptr;
    for (int i = 0; i < 100; ++i) {
        loop.post([&] {
            QEventLoop nested;
            outer = &nested;
            QMetaObject::invokeMethod(
                &nested, [&] { entered.release(); }, Qt::QueuedConnection);
            nested.exec();
            done.release();
        });
        QVERIFY(entered.tryAcquire(1, Support::Patience));
        loop.run([] {});
        loop.post([&] { // it sleeps by now, or is about to
            outer->exit();
            QCoreApplication::processEvents();
        });
        QVERIFY(done.tryAcquire(1, Support::Patience));
    }
}

void tst_StationDispatcher::POOL_1_processesCanBeRun()
{
#ifdef __SANITIZE_THREAD__
    QSKIP("The thread sanitizer knows no threads that come after a fork.");
#endif
    QFETCH(const bool, isOurs);
    Loop loop(isOurs);
    QByteArray output;
    QSemaphore done;
    loop.run([&] {
        auto *process = new QProcess(loop.object());
        QObject::connect(process, &QProcess::finished, loop.object(), [&, process] {
            output = process->readAllStandardOutput();
            delete process;
            done.release();
        });
        process->start(u"cat"_s, {});
        process->write("through a pipe");
        process->closeWriteChannel();
    });
    QVERIFY(done.tryAcquire(1, Support::Patience));
    QCOMPARE(output, "through a pipe");
}

void tst_StationDispatcher::POOL_1_idleLoopSleeps()
{
    QFETCH(const bool, isOurs);
    const Sockets sockets;
    Loop loop(isOurs);
    std::atomic<int> blocks = 0;
    QSemaphore done;
    loop.run([&] {
        QObject::connect(QAbstractEventDispatcher::instance(),
                         &QAbstractEventDispatcher::aboutToBlock, loop.object(), [&] { ++blocks; });
    });
    for (const bool hasSocket : {false, true}) {
        loop.run([&] {
            if (hasSocket)
                new QSocketNotifier(sockets.ends[1], QSocketNotifier::Read, loop.object());
        });
        blocks = 0;
        loop.run([&] { QTimer::singleShot(100, loop.object(), [&] { done.release(); }); });
        QVERIFY(done.tryAcquire(1, Support::Patience));
        QVERIFY2(blocks <= 10, qPrintable(QString::number(blocks)));
    }
}

void tst_StationDispatcher::POOL_1_threadsTakeNoDescriptors()
{
    const QDir descriptors(u"/proc/self/fd"_s);
    const auto count = [&] { return descriptors.entryList(QDir::Files | QDir::System).size(); };
    Factory idle({.workerCount = 1}, [](Job<int, int> &) {}); // what the first one takes stays
    QVERIFY(idle.start());
    QVERIFY(Support::hasEnded(idle.submit(1, 1)));
    const qsizetype before = count();
    Factory factory({.workerCount = 50, .router = roundRobin()}, [](Job<int, int> &) {});
    QVERIFY(factory.start());
    for (int i = 0; i < 100; ++i)
        factory.dispatch(i, i);
    QVERIFY(eventually([&] { return factory.completed() == 100; }));
    QVERIFY(count() <= before + 5);
}

QTEST_GUILESS_MAIN(tst_StationDispatcher)
#include "tst_stationdispatcher.moc"
