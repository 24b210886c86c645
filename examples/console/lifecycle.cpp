// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// The stages of a factory, and what it does at each: it opens a store before the first job may run,
// and closes it after the last one; a store that cannot be opened makes a factory that has failed.

#include <Millwright/Factory>

#include <QtConcurrent>
#include <QtCore>

using namespace Millwright;
using namespace std::chrono_literals;

class Store
{
public:
    void open(bool works)
    {
        QThread::msleep(30); // a disk, a server
        if (!works)
            throw JobError("the store is locked");
        m_open = true;
    }
    void close() { m_open = false; }
    void write() { m_written += m_open ? 1 : 1000; }
    [[nodiscard]] bool isOpen() const { return m_open; }
    [[nodiscard]] int written() const { return m_written; }

private:
    std::atomic<bool> m_open = false;
    std::atomic<int> m_written = 0;
};

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QTextStream out(stdout);

    Store store;
    // A hook runs on a thread of the factory's own. One that returns a future is waited for.
    Factory writers(
        {.name = "writers",
         .workerCount = 2,
         .onStarted = [&store] { return QtConcurrent::run([&store] { store.open(true); }); },
         .onStopped = [&store] { store.close(); }},
        [&store](Job<int, int> &) { store.write(); });
    writers.start();
    for (int i = 0; i < 10; ++i)
        writers.dispatch(i, 0); // waits until the store is open

    // drain() takes no new jobs and does those it has; stop() would discard them.
    writers.drain().then(&app, [&app] { // queued, since it may be at once, before exec()
        QMetaObject::invokeMethod(&app, &QCoreApplication::quit, Qt::QueuedConnection);
    });
    app.exec();
    out << store.written() << " writes, " << (store.isOpen() ? "open" : "closed") << "\n";

    Factory broken(
        {.name = "broken", .workerCount = 1, .onStarted = [&store] { store.open(false); }},
        [&store](Job<int, int> &) { store.write(); });
    QFuture<void> job = broken.submit(1, 0);
    broken.start();
    broken.waitForStopped(5s);
    try {
        job.waitForFinished();
    } catch (const JobDiscarded &discarded) {
        out << nameOf(broken.state()) << ": " << broken.errorString()
            << "; its job was discarded: " << nameOf(discarded.reason()) << "\n";
    }

    if (store.written() != 10 || store.isOpen() || broken.state() != FactoryState::Failed)
        return 1;
    out << "nothing was written to a closed store\n";
    return 0;
}
