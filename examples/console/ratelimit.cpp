// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// No more than so often: a service that allows one call every 5 ms, and three at once after a pause.

#include <Millwright/Factory>

#include <QtCore>

using namespace Millwright;
using namespace std::chrono_literals;

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QTextStream out(stdout);
    const RateLimit limit{.refill = 1, .interval = 5ms, .maximum = 3};

    // Over the limit, a job is refused, and the caller learns it at once...
    Factory eager({.name = "eager", .workerCount = 1, .rateLimit = limit}, [](Job<int, int> &) {});
    eager.start();
    int refused = 0;
    for (int i = 0; i < 20; ++i) {
        if (auto verdict = eager.dispatch(i, 0); verdict.reason() == DiscardReason::RateLimited)
            ++refused;
    }
    out << refused << " of 20 calls at once were refused\n";

    // ... or waits for its turn.
    Factory patient({.name = "patient",
                     .workerCount = 1,
                     .rateLimit = limit,
                     .rateLimitMode = RateLimitMode::Delay},
                    [](Job<int, int> &job) { return job.key(); });
    patient.start();
    QElapsedTimer timer;
    timer.start();
    QList<QFuture<int>> calls;
    for (int i = 0; i < 20; ++i)
        calls.append(patient.submit(i, 0));
    for (QFuture<int> &call : calls)
        call.waitForFinished();
    const qint64 needed = timer.elapsed();
    out << "20 calls took " << needed << " ms\n";

    // A new limit counts at once.
    patient.setRateLimit({});
    timer.start();
    patient.submit(21, 0).waitForFinished();

    if (refused < 10 || needed < 16 * 5) // three go at once, the others 5 ms after each other
        return 1;
    out << "the limit was kept\n";
    return 0;
}
