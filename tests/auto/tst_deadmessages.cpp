// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/eventlog.h"
#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>

#include <QSignalSpy>
#include <QTest>

#include <thread>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

namespace {

//! Counts those that are alive, and may say when it goes. It can only be moved.
struct Parcel
{
    explicit Parcel(int theContent) : content(std::make_unique<int>(theContent)) { ++alive; }
    Parcel(Parcel &&other) noexcept
        : content(std::move(other.content))
        , onEnd(std::move(other.onEnd))
    {
        ++alive;
        other.onEnd = {};
    }
    ~Parcel()
    {
        --alive;
        if (onEnd)
            onEnd();
    }

    std::unique_ptr<int> content;
    std::function<void()> onEnd = {};
    static inline std::atomic<int> alive = 0;
};

//! Fails as long as it is told to.
struct Moody : Worker<int, Parcel, int>
{
    int process(Job &job) override
    {
        wasCanceled = job.isCanceled();
        attempt = job.attempt();
        if (takes)
            static_cast<void>(job.takeMessage());
        if (fails)
            throw JobError(u"moody"_s);
        return last = *job.message().content;
    }

    static inline std::atomic<bool> fails = true;
    static inline std::atomic<bool> takes = false;
    static inline std::atomic<bool> wasCanceled = false;
    static inline std::atomic<int> attempt = 0;
    static inline std::atomic<int> last = 0;
};

FactorySettings settings()
{
    return {.name = u"mill"_s, .workerCount = 1, .onFailure = OnFailure::KeepWorker};
}

} // namespace

// The messages of dead letters.
class tst_DeadMessages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        Support::failOnAnyWarning();
        Moody::fails = true;
        Moody::takes = false;
        Moody::last = 0;
    }
    void cleanup()
    {
        QVERIFY(eventually([] { return Parcel::alive == 0; }));
    }

    void SUP_5_messageWaitsToBeTriedAgain();
    void SUP_5_futureHasEndedAndCancelsNothing();
    void SUP_5_takenMessageIsGone();
    void SUP_5_withoutAListMessagesGoAtOnce();
    void SUP_5_messagesGoWithTheFactory();
    void SUP_5_messagesAreDestroyedWithoutALock();
    void SUP_5_filtersPick();
    void SUP_5_discardHandlerComesFirst_data();
    void SUP_5_discardHandlerComesFirst();
    void SUP_5_handlerOfARefusedRetry_data();
    void SUP_5_handlerOfARefusedRetry();
    void SUP_5_limitLoweredMeanwhile();
    void SUP_5_signalFollows();
    void SUP_5_wrongLimitIsIgnored();
    void SUP_5_manyThreadsAtOnce();
    void SUP_5_policiesMayOnlyLook();
};

void tst_DeadMessages::SUP_5_messageWaitsToBeTriedAgain()
{
    Factory<Moody> factory(settings());
    QVERIFY(factory.start());
    auto future = factory.submit(1, Parcel(7), {.retry = RetryPolicy{.maximumAttempts = 2}});
    QVERIFY(Support::errorAs<JobError>(future));
    QCOMPARE(factory.deadLetterCount(), 1); // who has seen the end finds the letter
    const DeadLetter letter = factory.deadLetters().first();
    QCOMPARE(letter.key, u"1"_s);
    QCOMPARE(letter.error, u"moody"_s);
    QCOMPARE(letter.attempts, 2);
    QVERIFY(letter.isRetriable);

    Moody::fails = false;
    QVERIFY(factory.retryDeadLetter(letter.id));
    QVERIFY(eventually([] { return Moody::last == 7; }));
    QCOMPARE(Moody::attempt, 1);
    QCOMPARE(factory.deadLetterCount(), 0);
    QVERIFY(Support::errorAs<JobError>(future)); // as before
    QVERIFY(hasEnded(factory.drain()));
    QVERIFY(factory.counters()
            == (Counters{.submitted = 2, .completed = 1, .failed = 1, .retried = 1}));
}

void tst_DeadMessages::SUP_5_futureHasEndedAndCancelsNothing()
{
    Factory<Moody> factory(settings());
    QVERIFY(factory.start());
    auto future = factory.submit(1, Parcel(7));
    QVERIFY(Support::errorAs<JobError>(future));
    future.cancel();
    Moody::fails = false;
    QVERIFY(factory.retryDeadLetter(1));
    QVERIFY(eventually([] { return Moody::last == 7; }));
    QVERIFY(!Moody::wasCanceled);
}

void tst_DeadMessages::SUP_5_takenMessageIsGone()
{
    Moody::takes = true;
    Factory<Moody> factory(settings());
    QVERIFY(factory.start());
    auto future = factory.submit(1, Parcel(7), {.retry = RetryPolicy{.maximumAttempts = 2}});
    QVERIFY(Support::errorAs<JobError>(future));
    QCOMPARE(factory.counters().retried, 0);
    QVERIFY(!factory.deadLetters().first().isRetriable);
    QVERIFY(!factory.retryDeadLetter(1));
    QCOMPARE(factory.deadLetterCount(), 1);
    QVERIFY(eventually([] { return Parcel::alive == 0; })); // what is left of it is not kept
    QVERIFY(factory.dropDeadLetter(1));
    QCOMPARE(factory.deadLetterCount(), 0);
}

void tst_DeadMessages::SUP_5_withoutAListMessagesGoAtOnce()
{
    FactorySettings none = settings();
    none.deadLetterLimit = 0;
    Factory<Moody> factory(none);
    QVERIFY(factory.start());
    QVERIFY(Support::errorAs<JobError>(factory.submit(1, Parcel(7))));
    QVERIFY(eventually([] { return Parcel::alive == 0; }));
    QCOMPARE(factory.deadLetterCount(), 0);
}

void tst_DeadMessages::SUP_5_messagesGoWithTheFactory()
{
    {
        Factory<Moody> factory(settings());
        QVERIFY(factory.start());
        for (int i = 0; i < 5; ++i)
            factory.dispatch(i, Parcel(i));
        QVERIFY(hasEnded(factory.drain()));
        QCOMPARE(Parcel::alive, 5);
        QCOMPARE(factory.deadLetterCount(), 5);
        QVERIFY(!factory.retryDeadLetter(1)); // it has stopped
        QCOMPARE(factory.retryDeadLetters(), 0);
        QCOMPARE(factory.deadLetterCount(), 5);
    }
    QCOMPARE(Parcel::alive, 0);
}

void tst_DeadMessages::SUP_5_messagesAreDestroyedWithoutALock()
{
    FactorySettings two = settings();
    two.deadLetterLimit = 2;
    Factory<Moody> factory(two);
    QVERIFY(factory.start());
    std::atomic<int> ended = 0;
    const auto dispatch = [&](int key) {
        Parcel parcel(key);
        parcel.onEnd = [&factory, &ended, limit = 1000 + key] {
            factory.setQueueLimit(limit); // is ignored if the lock is held
            ended += factory.queueLimit() == limit ? 1 : 0;
        };
        factory.dispatch(key, std::move(parcel));
    };
    for (int i = 0; i < 3; ++i)
        dispatch(i);
    QVERIFY(eventually([&] { return ended == 1; })); // made room
    QVERIFY(factory.dropDeadLetter(2));
    QCOMPARE(ended, 2);
    factory.setDeadLetterLimit(0);
    QCOMPARE(ended, 3);
    dispatch(4);
    QVERIFY(eventually([&] { return ended == 4; })); // not kept
}

void tst_DeadMessages::SUP_5_filtersPick()
{
    Factory<Moody> factory(settings());
    QVERIFY(factory.start());
    for (int i = 0; i < 6; ++i)
        factory.dispatch(i, Parcel(i), {.label = i % 2 == 0 ? u"even"_s : u"odd"_s});
    QVERIFY(eventually([&] { return factory.deadLetterCount() == 6; }));
    const auto isEven = [&](const DeadLetter &letter) {
        return letter.label == u"even"_s && factory.deadLetterCount() > 0; // no lock is held
    };
    QCOMPARE(factory.dropDeadLetters(isEven), 3);
    Moody::fails = false;
    QCOMPARE(factory.retryDeadLetters([](const DeadLetter &l) { return l.key == u"3"_s; }), 1);
    QVERIFY(eventually([] { return Moody::last == 3; }));
    QCOMPARE(factory.deadLetterCount(), 2);
    QCOMPARE(factory.retryDeadLetters(), 2);
    QVERIFY(eventually([&] { return factory.counters().completed == 3; }));
    QCOMPARE(factory.dropDeadLetters(), 0);
}

void tst_DeadMessages::SUP_5_discardHandlerComesFirst_data()
{
    QTest::addColumn<QString>("handler");
    QTest::addColumn<bool>("isRetriable");
    QTest::newRow("none") << u"none"_s << true;
    QTest::newRow("looks") << u"looks"_s << true;
    QTest::newRow("takes the message") << u"takes"_s << false;
    QTest::newRow("on another thread") << u"bound"_s << false;
    QTest::newRow("whose context has gone") << u"gone"_s << true;
}

// Of a job that was turned away for the last time.
void tst_DeadMessages::SUP_5_discardHandlerComesFirst()
{
    QFETCH(const QString, handler);
    QFETCH(const bool, isRetriable);
    FactorySettings full = settings();
    full.queueLimit = 0;
    Factory<Moody> factory(full); // not started: there is no room
    auto context = std::make_unique<QObject>();
    const Support::EventLog log;
    const auto look = [log](Moody::Job &job, DiscardReason) { log.add(job.keyText()); };
    if (handler == u"looks"_s)
        factory.setDiscardHandler(look);
    else if (handler == u"takes"_s)
        factory.setDiscardHandler(
            [](Moody::Job &job, DiscardReason) { static_cast<void>(job.takeMessage()); });
    else if (handler != u"none"_s)
        factory.setDiscardHandler(context.get(), look);
    if (handler == u"gone"_s)
        context.reset();
    auto future = factory.submit(
        1, Parcel(7), {.retry = RetryPolicy{.maximumAttempts = 2, .on = RetryOn::Loadshed}});
    QVERIFY(!future.isFinished()); // accepted
    QVERIFY(Support::errorAs<JobDiscarded>(future));
    const QList<DeadLetter> letters = factory.deadLetters();
    QCOMPARE(letters.size(), 1);
    QVERIFY(letters.first().outcome == Outcome::Discarded);
    QCOMPARE(letters.first().error, u"discarded: the queue limit was reached"_s);
    QCOMPARE(letters.first().attempts, 2);
    QCOMPARE(letters.first().isRetriable, isRetriable);
    if (handler == u"bound"_s)
        QVERIFY(eventually([&] { return log.count(u"1"_s) == 1; }));
    Moody::fails = false;
    factory.setQueueLimit(5);
    QVERIFY(factory.start());
    QCOMPARE(factory.retryDeadLetter(1), isRetriable);
    if (isRetriable)
        QVERIFY(eventually([] { return Moody::last == 7; }));
}

void tst_DeadMessages::SUP_5_handlerOfARefusedRetry_data()
{
    QTest::addColumn<QString>("handler");
    QTest::addColumn<bool>("isRetriable");
    QTest::newRow("none") << u"none"_s << true;
    QTest::newRow("takes the message") << u"takes"_s << false;
    QTest::newRow("on another thread") << u"bound"_s << false;
}

void tst_DeadMessages::SUP_5_handlerOfARefusedRetry()
{
    QFETCH(const QString, handler);
    QFETCH(const bool, isRetriable);
    Factory<Moody> factory(settings());
    QVERIFY(factory.start());
    QVERIFY(Support::errorAs<JobError>(factory.submit(1, Parcel(7))));
    QObject context;
    if (handler == u"takes"_s)
        factory.setDiscardHandler(
            [](Moody::Job &job, DiscardReason) { static_cast<void>(job.takeMessage()); });
    else if (handler == u"bound"_s)
        factory.setDiscardHandler(&context, [](Moody::Job &, DiscardReason) {});
    factory.pause();
    factory.setQueueLimit(0);
    QVERIFY(!factory.retryDeadLetter(1));
    QCOMPARE(factory.counters().discarded(DiscardReason::Loadshed), 1);
    QCOMPARE(factory.deadLetterCount(), 1);
    QCOMPARE(factory.deadLetters().first().id, quint64(1));
    QCOMPARE(factory.deadLetters().first().isRetriable, isRetriable);
    Moody::fails = false;
    factory.setQueueLimit(5);
    factory.resume();
    QCOMPARE(factory.retryDeadLetter(1), isRetriable);
    QCOMPARE(factory.deadLetterCount(), isRetriable ? 0 : 1);
    if (isRetriable)
        QVERIFY(eventually([] { return Moody::last == 7; }));
    QCoreApplication::processEvents(); // the handler that is bound
}

void tst_DeadMessages::SUP_5_limitLoweredMeanwhile()
{
    Factory<Moody> factory(settings());
    QVERIFY(factory.start());
    for (int i = 0; i < 2; ++i)
        QVERIFY(Support::errorAs<JobError>(factory.submit(i, Parcel(i))));
    factory.setDiscardHandler([&](Moody::Job &, DiscardReason) { factory.setDeadLetterLimit(1); });
    factory.pause();
    factory.setQueueLimit(0);
    QVERIFY(!factory.retryDeadLetter(1)); // comes back, as the oldest of too many
    QCOMPARE(factory.deadLetterCount(), 1);
    QCOMPARE(factory.deadLetters().first().id, quint64(2));
    factory.setDiscardHandler({});
}

void tst_DeadMessages::SUP_5_signalFollows()
{
    FactorySettings one = settings();
    one.deadLetterLimit = 1;
    Factory<Moody> factory(one);
    QSignalSpy changed(&factory, &FactoryBase::deadLettersChanged);
    QVERIFY(factory.start());
    factory.dispatch(1, Parcel(1));
    QVERIFY(eventually([&] { return changed.count() == 1; }));
    QCOMPARE(factory.property("deadLetterCount").toInt(), 1);
    factory.dispatch(2, Parcel(2)); // takes the place of the first
    QVERIFY(eventually([&] { return changed.count() == 2; }));
    QCOMPARE(factory.property("deadLetterCount").toInt(), 1);
    QVERIFY(factory.dropDeadLetter(2));
    QVERIFY(eventually([&] { return changed.count() == 3; }));
}

void tst_DeadMessages::SUP_5_wrongLimitIsIgnored()
{
    Factory<Moody> factory(settings());
    QTest::ignoreMessage(QtWarningMsg,
                         "Factory \"mill\": a dead letter limit of -1 was ignored; it must "
                         "be 0 or more.");
    factory.setDeadLetterLimit(-1);
    QCOMPARE(factory.deadLetterLimit(), 100);
}

// Retries and drops race with each other and with new letters: each is retried or dropped once.
void tst_DeadMessages::SUP_5_manyThreadsAtOnce()
{
    Factory<Moody> factory({.workerCount = 2,
                            .restartPolicy = {.maximumRestarts = RestartPolicy::Unlimited},
                            .deadLetterLimit = 50});
    QVERIFY(factory.start());
    std::atomic<bool> ends = false;
    std::atomic<int> retried = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) {
        threads.emplace_back([&, i] {
            while (!ends) {
                retried += i == 0 ? factory.retryDeadLetters() : 0;
                factory.dropDeadLetters([](const DeadLetter &l) { return l.id % 3 == 0; });
            }
        });
    }
    for (int i = 0; i < 500; ++i)
        factory.dispatch(i, Parcel(i));
    const bool allCame = eventually([&] { return factory.counters().failed >= 500; });
    ends = true;
    for (std::thread &thread : threads)
        thread.join();
    QVERIFY(allCame);
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(factory.counters().submitted, 500 + retried);
    QVERIFY(Support::isConserved(factory.counters()));
    QVERIFY(factory.deadLetterCount() <= 50);
    QCOMPARE(Parcel::alive, factory.deadLetterCount());
}

void tst_DeadMessages::SUP_5_policiesMayOnlyLook()
{
    struct Meddler : Router
    {
        Route route(const AbstractJob &, const Workers &) override
        {
            if (FactoryBase *factory = std::exchange(victim, nullptr)) {
                count = factory->deadLetterCount();
                factory->setDeadLetterLimit(3);
                factory->setRetryPolicy({.maximumAttempts = 3});
                done = factory->retryDeadLetter(1) || factory->dropDeadLetter(1);
            }
            return Route::toQueue();
        }
        FactoryBase *&victim;
        int &count;
        bool &done;
        Meddler(FactoryBase **v, int *c, bool *d) : victim(*v), count(*c), done(*d) {}
    };
    FactoryBase *victim = nullptr;
    int count = -1;
    bool done = true;
    FactorySettings meddling = settings();
    meddling.router = customRouter<Meddler>(&victim, &count, &done);
    Factory<Moody> factory(meddling);
    QVERIFY(factory.start());
    QVERIFY(Support::errorAs<JobError>(factory.submit(1, Parcel(7))));
    victim = &factory;
    for (const char *function :
         {"setDeadLetterLimit", "setRetryPolicy", "retryDeadLetter", "dropDeadLetter"}) {
        QTest::ignoreMessage(QtCriticalMsg,
                             QRegularExpression(u"called %1\\(\\)"_s.arg(QLatin1String(function))));
    }
    QVERIFY(Support::errorAs<JobError>(factory.submit(2, Parcel(8))));
    QCOMPARE(count, 1);
    QVERIFY(!done);
    QCOMPARE(factory.deadLetterLimit(), 100);
    QCOMPARE(factory.retryPolicy().maximumAttempts, 1);
}

QTEST_GUILESS_MAIN(tst_DeadMessages)
#include "tst_deadmessages.moc"
