// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// Failures: jobs that are tried again, by a policy of their factory, and what becomes of those that have
// failed for good. A mailer whose server is down for a while loses no letter.

#include <Millwright/Factory>

#include <QtCore>

using namespace Millwright;
using namespace std::chrono_literals;

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QTextStream out(stdout);

    std::atomic<bool> isDown = true;
    std::atomic<int> sent = 0;
    // Three attempts, 1 ms and 2 ms apart, a little less so that not all come back together. A letter for
    // which there is no room comes back in the same way.
    Factory mailer({.name = "mailer",
                    .workerCount = 2,
                    .queueLimit = 5,
                    .onFailure = OnFailure::KeepWorker, // it is not the worker's fault
                    .retry = {.maximumAttempts = 3,
                              .backoff = 1ms,
                              .jitter = 0.2,
                              .on = RetryOn::Failed | RetryOn::Loadshed}},
                   [&](Job<QString, QString> &job) {
                       if (isDown && job.key() != "postmaster")
                           throw JobError("the server is down");
                       ++sent;
                   });
    mailer.start();

    constexpr int Letters = 20;
    for (int i = 0; i < Letters; ++i)
        mailer.dispatch(i == 0 ? "postmaster" : QString("user%1").arg(i), "Hello");
    while (sent + mailer.deadLetterCount() < Letters)
        QThread::msleep(1);

    const QList<DeadLetter> dead = mailer.deadLetters();
    out << dead.size() << " letters were not sent; the first one, to " << dead.first().key
        << ", after " << dead.first().attempts << " attempts: " << dead.first().error << "\n";

    // Whoever looks after the mailer decides: one is not worth it, the others are tried again.
    isDown = false;
    mailer.setQueueLimit(FactorySettings::Unlimited);
    mailer.dropDeadLetters([](const DeadLetter &letter) { return letter.key == "user7"; });
    const int retried = mailer.retryDeadLetters();
    mailer.drain();
    mailer.waitForStopped(5s);
    out << retried << " were tried again\n";
    if (sent != Letters - 1 || mailer.deadLetterCount() != 0)
        return 1;
    out << "no letter was lost\n";
    return 0;
}
