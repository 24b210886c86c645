// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/pageserver.h"

#include <Millwright/Factory>

#include <QFutureWatcher>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QPromise>
#include <QTest>

#include <memory>
#include <vector>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;

namespace {

#include "fetcher.h"

enum class Trouble { Status, HangsUp, HalfAPage, NoServer };

//! Waits with the event loop running, in which the server answers.
template<typename T>
bool hasEnded(const QFuture<T> &future)
{
    return eventually([&] { return future.isFinished(); });
}

//! Counts the living.
class CountedFetcher : public Fetcher
{
public:
    CountedFetcher() { ++alive; }
    ~CountedFetcher() override { --alive; }
    static inline std::atomic<int> alive = 0;
};

} // namespace

// The network worker that docs/asynchronous-workers.md shows, as it stands there.
class tst_AsyncNetwork : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void POOL_2_replyIsTheResult();
    void POOL_2_progressOfTheReplyIsThatOfTheJob();
    void POOL_2_troubleFailsTheJob_data();
    void POOL_2_troubleFailsTheJob();
    void POOL_2_failedRequestIsTriedAgain();
    void POOL_2_cancelAbortsTheReply();
    void POOL_2_repliesGoOnSideBySideOnOneThread();
    void POOL_2_stopLetsRepliesEnd();
    void POOL_2_givenUpRepliesAreAborted();
};

void tst_AsyncNetwork::POOL_2_replyIsTheResult()
{
    Support::PageServer server;
    Factory<Fetcher> factory({.workerCount = 1});
    QVERIFY(factory.start());
    auto first = factory.submit(server.url(u"first"_s), {});
    auto second = factory.submit(server.url(u"second"_s), {}); // by the same manager
    QVERIFY(server.awaitRequests({u"first"_s}));
    QCOMPARE(factory.counters().running, 1);
    QCOMPARE(factory.counters().waiting, 1);
    server.answer(u"first"_s, "one");
    QVERIFY(hasEnded(first));
    QCOMPARE(first.result(), "one");
    QVERIFY(server.awaitRequests({u"second"_s}));
    server.answer(u"second"_s, "");
    QVERIFY(hasEnded(second));
    QCOMPARE(second.result(), "");
}

void tst_AsyncNetwork::POOL_2_progressOfTheReplyIsThatOfTheJob()
{
    Support::PageServer server;
    Factory<Fetcher> factory({.workerCount = 1});
    QVERIFY(factory.start());
    auto future = factory.submit(server.url(u"page"_s), {});
    QVERIFY(server.awaitRequests({u"page"_s}));
    constexpr int Size = 100'000;
    server.begin(u"page"_s, Size);
    int sent = 0;
    QVERIFY(eventually([&] { // Qt tells of progress ten times a second, when something comes
        server.send(u"page"_s, "x");
        ++sent;
        return future.progressValue() > 0;
    }));
    QVERIFY(future.progressValue() <= sent);
    QCOMPARE(future.progressMaximum(), Size);
    const WorkerSnapshot worker = factory.snapshot().workers.at(0);
    QVERIFY(worker.progress.value > 0 && worker.progress.value <= sent);
    QCOMPARE(worker.progress.maximum, Size);
    server.send(u"page"_s, QByteArray(Size - sent, 'x'));
    QVERIFY(hasEnded(future));
    QCOMPARE(future.result().size(), Size);
}

void tst_AsyncNetwork::POOL_2_troubleFailsTheJob_data()
{
    QTest::addColumn<Trouble>("trouble");
    QTest::addColumn<QString>("error");
    QTest::newRow("status") << Trouble::Status << u"Not Found"_s;
    QTest::newRow("server hangs up") << Trouble::HangsUp << u"refused"_s;
    QTest::newRow("half a page") << Trouble::HalfAPage << u"closed"_s;
    QTest::newRow("no server") << Trouble::NoServer << u"refused"_s;
}

void tst_AsyncNetwork::POOL_2_troubleFailsTheJob()
{
    QFETCH(const Trouble, trouble);
    QFETCH(const QString, error);
    auto server = std::make_unique<Support::PageServer>();
    const QUrl url = server->url(u"page"_s);
    if (trouble == Trouble::NoServer)
        server.reset();
    Factory<Fetcher> factory({.workerCount = 1, .onFailure = OnFailure::KeepWorker});
    QVERIFY(factory.start());
    auto future = factory.submit(url, {});
    QVERIFY(!server || server->awaitRequests({u"page"_s}));
    switch (trouble) {
    case Trouble::Status:
        server->answer(u"page"_s, "here it is not", "404 Not Found");
        break;
    case Trouble::HangsUp:
        server->close(); // Qt asks once more
        server->hangUp(u"page"_s);
        break;
    case Trouble::HalfAPage:
        server->begin(u"page"_s, 10);
        server->send(u"page"_s, "1234");
        server->hangUp(u"page"_s);
        break;
    case Trouble::NoServer:
        break;
    }
    QVERIFY(hasEnded(future));
    const auto failure = Support::errorAs<JobError>(future);
    QVERIFY(failure);
    QVERIFY2(failure->text().contains(error), qPrintable(failure->text()));
    QCOMPARE(factory.counters().failed, 1);
    QCOMPARE(factory.counters().restarts, 0);
}

void tst_AsyncNetwork::POOL_2_failedRequestIsTriedAgain()
{
    Support::PageServer server;
    Factory<Fetcher> factory({.workerCount = 1, .onFailure = OnFailure::KeepWorker});
    QVERIFY(factory.start());
    auto future = factory.submit(server.url(u"page"_s), {},
                                 {.retry = RetryPolicy{.maximumAttempts = 2, .backoff = 1ms}});
    QVERIFY(server.awaitRequests({u"page"_s}));
    server.answer(u"page"_s, "", "503 Service Unavailable");
    QVERIFY(eventually([&] { return server.requests(u"page"_s) == 2; }));
    server.answer(u"page"_s, "at last");
    QVERIFY(hasEnded(future));
    QCOMPARE(future.result(), "at last");
}

void tst_AsyncNetwork::POOL_2_cancelAbortsTheReply()
{
    Support::PageServer server;
    Factory<Fetcher> factory({.workerCount = 1});
    QVERIFY(factory.start());
    auto future = factory.submit(server.url(u"page"_s), {});
    QVERIFY(server.awaitRequests({u"page"_s}));
    future.cancel();
    QVERIFY(server.awaitHangUp(u"page"_s));
    QVERIFY(eventually([&] { return factory.counters().canceled == 1; }));
    QVERIFY(!Support::errorOf(future));
    QCOMPARE(factory.counters().restarts, 0);
    auto next = factory.submit(server.url(u"next"_s), {}); // the worker is free for it
    QVERIFY(server.awaitRequests({u"next"_s}));
    server.answer(u"next"_s, "here");
    QVERIFY(hasEnded(next));
    QCOMPARE(next.result(), "here");
}

void tst_AsyncNetwork::POOL_2_repliesGoOnSideBySideOnOneThread()
{
    Support::PageServer server;
    Factory<Fetcher> factory({.workerCount = 8, .threadCount = 1});
    QVERIFY(factory.start());
    QStringList paths;
    std::vector<QFuture<QByteArray>> futures;
    for (int i = 0; i < 8; ++i) {
        paths.append(QString::number(i));
        futures.push_back(factory.submit(server.url(paths.last()), {}));
    }
    QVERIFY(server.awaitRequests(paths)); // none has been answered
    QCOMPARE(factory.counters().running, 8);
    for (int i = 7; i >= 0; --i) { // in any order
        server.answer(paths.at(i), paths.at(i).toLatin1());
        QVERIFY(hasEnded(futures.at(std::size_t(i))));
        QCOMPARE(futures.at(std::size_t(i)).result(), paths.at(i).toLatin1());
        QCOMPARE(factory.counters().running, i);
    }
}

void tst_AsyncNetwork::POOL_2_stopLetsRepliesEnd()
{
    Support::PageServer server;
    Factory<CountedFetcher> factory({.workerCount = 2, .threadCount = 1});
    QVERIFY(factory.start());
    auto first = factory.submit(server.url(u"first"_s), {});
    auto second = factory.submit(server.url(u"second"_s), {});
    auto third = factory.submit(server.url(u"third"_s), {});
    QVERIFY(server.awaitRequests({u"first"_s, u"second"_s}));
    QFuture<void> stopped = factory.stop();
    const auto discarded = Support::errorAs<JobDiscarded>(third);
    QVERIFY(discarded && discarded->reason() == DiscardReason::Shutdown);
    server.answer(u"second"_s, "two");
    QVERIFY(hasEnded(second));
    QVERIFY(eventually([] { return CountedFetcher::alive == 1; }));
    QVERIFY(!stopped.isFinished());
    server.answer(u"first"_s, "one");
    QVERIFY(hasEnded(stopped));
    QCOMPARE(first.result() + second.result(), "onetwo");
    QCOMPARE(CountedFetcher::alive, 0);
}

void tst_AsyncNetwork::POOL_2_givenUpRepliesAreAborted()
{
    Support::PageServer server;
    Factory<CountedFetcher> factory({.workerCount = 2, .threadCount = 1});
    QVERIFY(factory.start());
    auto first = factory.submit(server.url(u"first"_s), {});
    auto second = factory.submit(server.url(u"second"_s), {});
    QVERIFY(server.awaitRequests({u"first"_s, u"second"_s}));
    server.begin(u"second"_s, 10); // and no more
    for (int i = 0; i < 2; ++i)
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"has not finished job"_s));
    QCOMPARE(factory.stop(1ms).unfinished.size(), 2);
    QVERIFY(Support::errorAs<WorkerLost>(first) && Support::errorAs<WorkerLost>(second));
    QVERIFY(server.awaitHangUp(u"first"_s) && server.awaitHangUp(u"second"_s));
    QVERIFY(eventually([] { return CountedFetcher::alive == 0; }));
}

QTEST_GUILESS_MAIN(tst_AsyncNetwork)

#include "tst_asyncnetwork.moc"
