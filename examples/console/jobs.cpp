// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// Jobs and their outcomes: a result, an exception, a time to live, a cancel, a retry.

#include <Millwright/Factory>

#include <QtCore>

using namespace Millwright;
using namespace std::chrono_literals;

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QTextStream out(stdout);

    // The key is a name, the message a number; the result is its square root.
    Factory roots({.name = "roots", .workerCount = 1}, [](Job<QString, double> &job) {
        if (job.key() == "slow" || job.attempt() == 1)
            QThread::msleep(20);
        if (job.key() == "flaky" && job.attempt() < 3)
            throw JobError("not today");
        if (job.message() < 0)
            throw JobError("no root of " + QString::number(job.message()));
        return std::sqrt(job.message());
    });
    roots.start();

    const auto say = [&out](const QString &name, QFuture<double> future) {
        try {
            future.waitForFinished();
            if (future.isCanceled() || future.resultCount() == 0)
                out << name << " was canceled\n";
            else
                out << name << ": " << future.result() << "\n";
        } catch (const JobDiscarded &discarded) {
            out << name << " was discarded: " << nameOf(discarded.reason()) << "\n";
        } catch (const QException &error) {
            out << name << " failed: " << error.what() << "\n";
        }
    };

    const auto slow = roots.submit("slow", 2);
    const auto good = roots.submit("good", 16, {.priority = Priority::High, .label = "for show"});
    const auto bad = roots.submit("bad", -1);
    // Tried up to four times, 5 ms after the first failure, 10 ms after the second.
    const auto flaky = roots.submit("flaky", 4,
                                    {.retry = RetryPolicy{.maximumAttempts = 4, .backoff = 5ms}});
    // Waits for the slow one, and by then it is no longer wanted.
    const auto stale = roots.submit("stale", 9, {.timeToLive = 1ms});
    auto dropped = roots.submit("dropped", 25);
    dropped.cancel();

    say("slow", slow);
    say("good", good);
    say("bad", bad);
    say("flaky", flaky);
    say("stale", stale);
    say("dropped", dropped);

    // A job whose result nobody wants needs no future: the verdict comes at once.
    roots.drain();
    roots.waitForStopped(5s);
    if (auto verdict = roots.dispatch("late", 36); !verdict)
        out << "late was refused: " << nameOf(*verdict.reason()) << ", " << *verdict.takeMessage()
            << " is back\n";

    const Counters counters = roots.counters();
    out << counters.submitted - 1 << ": " << counters.completed << " completed, " << counters.failed
        << " failed, " << counters.discarded(DiscardReason::TtlExpired) << " expired, "
        << counters.canceled << " canceled\n";
    return 0;
}
