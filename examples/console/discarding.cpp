// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// Too much work: a limit for what may wait, and who goes when it is reached. A viewer that cannot keep up
// with its camera drops the oldest frames, and never the frame that the user has asked to keep.

#include <Millwright/Factory>

#include <QtCore>

using namespace Millwright;

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QTextStream out(stdout);

    std::atomic<int> shown = 0;
    std::atomic<int> latest = -1;
    Factory viewer(
        {.name = "viewer", .workerCount = 1, .queueLimit = 3, .discardMode = DiscardMode::Oldest},
        [&](Job<int, QByteArray> &job) {
            QThread::msleep(1); // drawing takes longer than a frame
            ++shown;
            latest = job.key();
        });

    // The handler gets the job back, with its message: to count it, to keep it, to send it elsewhere.
    std::atomic<int> dropped = 0;
    std::atomic<qsizetype> bytes = 0;
    viewer.setDiscardHandler([&](Job<int, QByteArray> &job, DiscardReason reason) {
        if (reason == DiscardReason::Loadshed) {
            ++dropped;
            bytes += job.takeMessage().size();
        }
    });
    viewer.start();

    constexpr int Frames = 200;
    for (int frame = 0; frame < Frames; ++frame) {
        const bool keep = frame == 10;
        viewer.dispatch(frame, QByteArray(1000, 'x'), {.discardable = !keep});
    }
    out << "at most " << viewer.queueLimit() << " wait: " << viewer.queueDepth() << " do\n";
    viewer.drain();
    viewer.waitForStopped(std::chrono::seconds(5));

    out << shown << " shown, " << dropped << " dropped with " << bytes << " bytes\n";
    if (shown + dropped != Frames || bytes != 1000 * dropped || latest != Frames - 1)
        return 1;
    out << "the latest frame was never lost\n";
    return 0;
}
