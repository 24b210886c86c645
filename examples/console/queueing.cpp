// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// Who waits, and in which order: priorities, first come first served within each.

#include <Millwright/Factory>

#include <QtCore>

using namespace Millwright;

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QTextStream out(stdout);

    QStringList order; // one worker, so nobody else touches it
    Factory desk({.name = "desk", .workerCount = 1, .queue = priorityQueue()},
                 [&order](Job<QString, int> &job) { order.append(job.key()); });

    // Before start() jobs only wait, so all of them are there when the first is chosen.
    desk.dispatch("mail", 0);
    desk.dispatch("tidy up", 0, {.priority = Priority::BestEffort});
    desk.dispatch("call back", 0);
    desk.dispatch("lunch", 0, {.priority = Priority::High});
    desk.dispatch("fire", 0, {.priority = Priority::Highest});
    out << desk.queueDepth() << " jobs wait\n";

    desk.start();
    desk.drain();
    desk.waitForStopped(std::chrono::seconds(5));
    out << order.join(", ") << "\n";
    if (order != QStringList{"fire", "lunch", "mail", "call back", "tidy up"})
        return 1;
    out << "fire, then lunch, then the rest\n";
    return 0;
}
