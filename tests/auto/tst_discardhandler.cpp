// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/eventlog.h"
#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>

#include <QCoreApplication>
#include <QScopeGuard>
#include <QTest>

#include <thread>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

namespace {

//! A factory whose only worker stands at the gate.
template<typename Message>
class Full
{
public:
    using Job = Millwright::Job<int, Message>;
    struct Work
    {
        void operator()(Job &) const { gate.pass(); }
        Support::Gate gate;
    };

    explicit Full(FactorySettings settings)
        : m_factory(std::move(settings), Work{gate})
        , m_opener(gate)
    {
    }

    bool occupy()
    {
        return m_factory.start() && m_factory.dispatch(0, Message(), {.discardable = false})
               && gate.awaitArrivals();
    }

    Factory<FunctionWorker<Work>> *operator->() { return &m_factory; }

    const Support::Gate gate;

private:
    Factory<FunctionWorker<Work>> m_factory;
    const Support::GateOpener m_opener;
};

//! A thread with an event loop, and an object that lives there.
class Elsewhere
{
public:
    Elsewhere()
    {
        context->moveToThread(&thread);
        thread.start();
    }
    ~Elsewhere()
    {
        thread.quit();
        thread.wait();
    }

    QThread thread;
    std::unique_ptr<QObject> context = std::make_unique<QObject>();
};

void addModes()
{
    QTest::addColumn<DiscardMode>("mode");
    QTest::addColumn<int>("limit");
    QTest::newRow("newest, limit 0") << DiscardMode::Newest << 0;
    QTest::newRow("newest, limit 3") << DiscardMode::Newest << 3;
    QTest::newRow("oldest, limit 0") << DiscardMode::Oldest << 0;
    QTest::newRow("oldest, limit 3") << DiscardMode::Oldest << 3;
}

} // namespace

class tst_DiscardHandler : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void DISC_7_handlersMayDispatchAgainHoweverDeep_data() { addModes(); }
    void DISC_7_handlersMayDispatchAgainHoweverDeep();
    void DISC_7_handlersMayDispatchAgainOnManyThreads_data() { addModes(); }
    void DISC_7_handlersMayDispatchAgainOnManyThreads();
    void DISC_7_noMessageIsLostHoweverDeep_data() { addModes(); }
    void DISC_7_noMessageIsLostHoweverDeep();
    void DISC_7_boundHandlerRunsOnTheThreadOfItsContext_data() { addModes(); }
    void DISC_7_boundHandlerRunsOnTheThreadOfItsContext();
    void DISC_7_boundHandlerSeesEveryReason();
    void DISC_7_jobsOutliveTheirContext();
    void DISC_7_contextDiesWhileManyThreadsDiscard();
    void DISC_7_stopDoesNotWaitForAContext();
    void DISC_7_boundHandlerMayBeExchanged();
    void DISC_7_boundHandlerThatThrowsIsReported();
    void DISC_7_missingContextIsNamed();
};

void tst_DiscardHandler::DISC_7_handlersMayDispatchAgainHoweverDeep()
{
    constexpr int Deep = 100'000;
    QFETCH(const DiscardMode, mode);
    QFETCH(const int, limit);
    Full<int> full({.workerCount = 1, .queueLimit = limit, .discardMode = mode});
    QVERIFY(full.occupy());
    int calls = 0;
    full->setDiscardHandler([&](Job<int, int> &, DiscardReason reason) {
        if (reason == DiscardReason::Loadshed && ++calls < Deep)
            full->dispatch(calls, calls);
    });
    for (int i = 0; i <= limit; ++i)
        full->dispatch(-1, 0); // the last one is too many
    QCOMPARE(calls, Deep);
    const Counters counters = full->counters();
    QCOMPARE(counters.submitted, Deep + 1 + limit);
    QCOMPARE(counters.discarded(DiscardReason::Loadshed), Deep);
    QVERIFY(Support::isConserved(counters));
}

void tst_DiscardHandler::DISC_7_handlersMayDispatchAgainOnManyThreads()
{
    constexpr int Each = 5'000;
    QFETCH(const DiscardMode, mode);
    QFETCH(const int, limit);
    Full<int> full({.workerCount = 1, .queueLimit = limit, .discardMode = mode});
    QVERIFY(full.occupy());
    std::atomic<int> calls = 0;
    full->setDiscardHandler([&](Job<int, int> &job, DiscardReason reason) {
        ++calls;
        if (reason == DiscardReason::Loadshed && job.message() < Each)
            full->dispatch(job.key(), job.message() + 1);
    });
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 3; ++k)
                full->dispatch(k, 0);
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    const Counters counters = full->counters();
    QVERIFY(Support::isConserved(counters));
    QCOMPARE(calls, counters.discarded());
    // Every chain went on until it was cut, or until one of its jobs got a place.
    QVERIFY(counters.discarded() >= (12 - limit) * (Each + 1));
    full.gate.open();
    QVERIFY(hasEnded(full->drain()));
}

void tst_DiscardHandler::DISC_7_noMessageIsLostHoweverDeep()
{
    constexpr int Messages = 1'000;
    using Message = std::unique_ptr<int>;
    QFETCH(const DiscardMode, mode);
    QFETCH(const int, limit);
    std::vector<int> seen(Messages, 0); // by the handler, in the end
    std::vector<int> returned(Messages, 0); // in a verdict
    Full<Message> full({.workerCount = 1, .queueLimit = limit, .discardMode = mode});
    QVERIFY(full.occupy());
    int next = 0;
    const auto dispatch = [&] {
        const int number = next++;
        auto verdict = full->dispatch(1, std::make_unique<int>(number));
        if (verdict)
            return;
        if (const auto message = verdict.takeMessage())
            ++returned.at(std::size_t(**message));
    };
    full->setDiscardHandler([&](Job<int, Message> &job, DiscardReason) {
        ++seen.at(std::size_t(*job.message()));
        if (next % 3) [[maybe_unused]]
            const auto taken = job.takeMessage();
        if (next < Messages)
            dispatch();
    });
    while (next < Messages)
        dispatch();
    full->setDiscardHandler(
        [&](Job<int, Message> &job, DiscardReason) { ++seen.at(std::size_t(*job.message())); });
    full->stop();
    QCOMPARE(seen, std::vector<int>(Messages, 1));
    for (const int times : returned)
        QVERIFY(times <= 1);
}

void tst_DiscardHandler::DISC_7_boundHandlerRunsOnTheThreadOfItsContext()
{
    QFETCH(const DiscardMode, mode);
    QFETCH(const int, limit);
    Elsewhere elsewhere;
    const Support::EventLog log;
    using Message = std::unique_ptr<int>;
    Full<Message> full({.workerCount = 1, .queueLimit = limit, .discardMode = mode});
    QVERIFY(full.occupy());
    full->setDiscardHandler(elsewhere.context.get(),
                            [&, log](Job<int, Message> &job, DiscardReason reason) {
                                const Message message = job.takeMessage();
                                log.add(u"%1 %2 %3 %4"_s.arg(nameOf(reason))
                                            .arg(job.key())
                                            .arg(*message)
                                            .arg(QThread::currentThread() == &elsewhere.thread));
                            });
    for (int i = 0; i < limit; ++i)
        QVERIFY(full->dispatch(i, std::make_unique<int>(i)));
    QFuture<void> shed = full->submit(limit, std::make_unique<int>(limit));
    auto verdict = full->dispatch(limit + 1, std::make_unique<int>(limit + 1));
    if (!verdict)
        QVERIFY(!verdict.takeMessage()); // that is left to the handler
    QStringList expected;
    const int first = mode == DiscardMode::Newest ? limit : 0;
    for (const int key : {first, first + 1})
        expected.append(u"Loadshed %1 %1 1"_s.arg(key));
    QCOMPARE(log.await(2), expected);
    if (first == limit)
        QVERIFY(Support::errorAs<JobDiscarded>(shed));
    full->setDiscardHandler({});
}

void tst_DiscardHandler::DISC_7_boundHandlerSeesEveryReason()
{
    Elsewhere elsewhere;
    const Support::EventLog log;
    Full<int> full({.workerCount = 1, .queueLimit = 2});
    QVERIFY(full.occupy());
    full->setDiscardHandler(elsewhere.context.get(), [log](Job<int, int> &, DiscardReason reason) {
        log.add(nameOf(reason));
    });
    auto expiring = full->submit(1, 0, {.timeToLive = 1ms});
    QCOMPARE(log.await(1), QStringList(u"TtlExpired"_s));
    QVERIFY(Support::errorAs<JobDiscarded>(expiring));
    full->dispatch(1, 0);
    full->dispatch(2, 0);
    full->dispatch(3, 0);
    full->stop();
    full->dispatch(4, 0);
    QCOMPARE(log.await(5), (QStringList{u"TtlExpired"_s, u"Loadshed"_s, u"Shutdown"_s,
                                        u"Shutdown"_s, u"Shutdown"_s}));
}

void tst_DiscardHandler::DISC_7_jobsOutliveTheirContext()
{
    using Message = std::shared_ptr<int>;
    const auto message = std::make_shared<int>(1);
    std::optional<QObject> context;
    context.emplace(); // on this thread, whose event loop does not run
    int calls = 0;
    Full<Message> full({.workerCount = 1, .queueLimit = 1, .discardMode = DiscardMode::Oldest});
    QVERIFY(full.occupy());
    full->setDiscardHandler(&*context, [&](Job<int, Message> &, DiscardReason) { ++calls; });
    auto shed = full->submit(1, message);
    auto stays = full->submit(2, message);
    QVERIFY(Support::errorAs<JobDiscarded>(shed)); // has ended already
    QCOMPARE(message.use_count(), 3); // but is kept
    context.reset();
    QCOMPARE(message.use_count(), 2);
    QCoreApplication::sendPostedEvents();
    QCOMPARE(calls, 0);
    QCOMPARE(full->counters().discarded(DiscardReason::Loadshed), 1);

    // From now on there is no handler.
    QVERIFY(full->dispatch(3, message));
    QVERIFY(Support::errorAs<JobDiscarded>(stays));
    QCOMPARE(message.use_count(), 2);
    full->setDiscardMode(DiscardMode::Newest);
    auto verdict = full->dispatch(4, message);
    QVERIFY(!verdict && verdict.takeMessage() == message);
    QVERIFY(Support::isConserved(full->counters()));
}

void tst_DiscardHandler::DISC_7_contextDiesWhileManyThreadsDiscard()
{
    using Message = std::shared_ptr<int>;
    for (int round = 0; round < 20; ++round) {
        const auto message = std::make_shared<int>(1);
        Elsewhere elsewhere;
        std::atomic<int> calls = 0;
        std::atomic<int> ended = 0;
        Full<Message> full({.workerCount = 1, .queueLimit = 0});
        QVERIFY(full.occupy());
        full->setDiscardHandler(elsewhere.context.get(),
                                [&](Job<int, Message> &, DiscardReason) { ++calls; });
        std::vector<std::thread> threads;
        for (int i = 0; i < 3; ++i) {
            threads.emplace_back([&] {
                for (int k = 0; k < 300; ++k)
                    ended += full->submit(k, message).isFinished() ? 1 : 0;
            });
        }
        QMetaObject::invokeMethod(elsewhere.context.release(), &QObject::deleteLater);
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(ended, 900);
        QCOMPARE(full->counters().discarded(), 900);
        QVERIFY(eventually([&] { return message.use_count() == 1; })); // no job is left
        QVERIFY(calls <= 900);
    }
}

void tst_DiscardHandler::DISC_7_stopDoesNotWaitForAContext()
{
    QObject context; // its event loop does not run
    const Support::EventLog log;
    {
        Factory factory({.workerCount = 0}, [](Job<int, QString> &) {});
        factory.setDiscardHandler(
            &context, [log](Job<int, QString> &job, DiscardReason) { log.add(job.takeMessage()); });
        QVERIFY(factory.start());
        QVERIFY(factory.dispatch(1, u"kept"_s));
        QVERIFY(factory.stop(Support::Patience).isClean());
        QVERIFY(factory.state() == FactoryState::Stopped);
    }
    QCOMPARE(log.events(), QStringList());
    QCoreApplication::sendPostedEvents(&context); // now it does, and the factory has gone
    QCOMPARE(log.events(), QStringList(u"kept"_s));
}

void tst_DiscardHandler::DISC_7_boundHandlerMayBeExchanged()
{
    QObject context;
    const auto alive = std::make_shared<int>(1);
    const Support::EventLog log;
    Full<int> full({.workerCount = 1, .queueLimit = 0});
    QVERIFY(full.occupy());
    full->setDiscardHandler(&context, [=](Job<int, int> &job, DiscardReason) {
        log.add(u"old %1 %2"_s.arg(job.key()).arg(*alive));
    });
    full->dispatch(1, 0);
    full->setDiscardHandler(
        &context, [=](Job<int, int> &job, DiscardReason) { log.add(u"new %1"_s.arg(job.key())); });
    full->dispatch(2, 0);
    QCOMPARE(log.events(), QStringList());
    QCoreApplication::sendPostedEvents(&context);
    QCOMPARE(log.events(), (QStringList{u"old 1 1"_s, u"new 2"_s}));
    QCOMPARE(alive.use_count(), 1); // the old one has gone
    full->setDiscardHandler(&context, {});
    auto verdict = full->dispatch(3, 7);
    QCOMPARE(verdict.takeMessage(), std::optional<int>(7));
}

void tst_DiscardHandler::DISC_7_boundHandlerThatThrowsIsReported()
{
    QObject context;
    Full<int> full({.workerCount = 1, .queueLimit = 0});
    QVERIFY(full.occupy());
    full->setDiscardHandler(&context,
                            [](Job<int, int> &, DiscardReason) { throw JobError(u"oops"_s); });
    full->dispatch(1, 0);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"discard handler threw \"oops\""_s));
    QCoreApplication::sendPostedEvents(&context);
}

void tst_DiscardHandler::DISC_7_missingContextIsNamed()
{
    Full<int> full({.workerCount = 1, .queueLimit = 0});
    QVERIFY(full.occupy());
    int calls = 0;
    full->setDiscardHandler([&](Job<int, int> &, DiscardReason) { ++calls; });
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"its context is null"_s));
    full->setDiscardHandler(nullptr, [](Job<int, int> &, DiscardReason) {});
    full->dispatch(1, 0);
    QCOMPARE(calls, 1); // the old one is still there
}

QTEST_GUILESS_MAIN(tst_DiscardHandler)

#include "tst_discardhandler.moc"
