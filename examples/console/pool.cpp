// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// Workers and their number: workers that wait without blocking a thread, pause and resume, and a
// controller that makes workers as they are needed.

#include <Millwright/Factory>

#include <QtCore>

using namespace Millwright;
using namespace std::chrono_literals;

// Returns a future: the worker is busy until it ends, but its thread is free for the other workers
// that live on it. In place of the timer think of a network reply.
class Caller : public Worker<int, int, QFuture<int>>
{
public:
    QFuture<int> process(Job &job) override
    {
        auto promise = std::make_shared<QPromise<int>>();
        promise->start();
        QTimer::singleShot(20, this, [promise, answer = job.message() * 2] {
            promise->addResult(answer);
            promise->finish();
        });
        return promise->future();
    }
};

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QTextStream out(stdout);

    // A hundred calls at the same time on two threads.
    Factory<Caller> callers({.name = "callers", .workerCount = 100, .threadCount = 2});
    callers.start();
    QList<QFuture<int>> answers;
    for (int i = 0; i < 100; ++i)
        answers.append(callers.submit(i, i));
    int sum = 0;
    for (QFuture<int> &answer : answers)
        sum += answer.result();
    out << "the answers add up to " << sum << "\n";

    // Paused, a factory accepts jobs and starts none.
    callers.pause();
    QFuture<int> later = callers.submit(1, 21);
    out << callers.queueDepth() << " waits while paused\n";
    callers.resume();
    out << "and then: " << later.result() << "\n";

    // One more worker for as long as jobs wait, one less when none do; at least one, at most four.
    Factory elastic({.name = "elastic",
                     .workerCount = 1,
                     .capacityController = {.function =
                                                [](const FactorySnapshot &now) {
                                                    const bool busy = now.counters.waiting > 0;
                                                    return now.workerCount + (busy ? 1 : -1);
                                                },
                                            .interval = 2ms,
                                            .minimum = 1,
                                            .maximum = 4}},
                    [](Job<int, int> &) { QThread::msleep(10); });
    elastic.start();
    QFuture<void> last;
    for (int i = 0; i < 40; ++i)
        last = elastic.submit(i, 0);
    int most = 0;
    while (!last.isFinished()) {
        most = std::max(most, elastic.workerCount());
        QThread::msleep(1);
    }
    if (sum != 9900 || later.result() != 42 || most != 4)
        return 1;
    out << "four workers were enough\n";
    return 0;
}
