// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// What can be seen of a factory: counters and latencies at any time, and a layer that is told of every
// job, to pass it on to whatever collects such things.

#include <Millwright/Factory>
#include <Millwright/StatisticsLayer>

#include <QtCore>

using namespace Millwright;
using namespace std::chrono_literals;

class SlowJobs : public StatisticsLayer
{
public:
    void jobCompleted(const AbstractJob &job, const JobRun &run) override
    {
        if (run.runTime() < 20ms)
            return;
        const QMutexLocker locker(&m_mutex); // it is called on the threads of all workers
        m_keys.append(job.keyText());
    }
    [[nodiscard]] QStringList keys() const
    {
        const QMutexLocker locker(&m_mutex);
        return m_keys;
    }

private:
    mutable QMutex m_mutex;
    QStringList m_keys;
};

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QTextStream out(stdout);

    const auto slowJobs = std::make_shared<SlowJobs>();
    Factory factory({.name = "mixed", .workerCount = 2, .statistics = slowJobs},
                    [](Job<QString, int> &job) { QThread::msleep(quint32(job.message())); });
    factory.start();
    for (int i = 0; i < 50; ++i)
        factory.dispatch("job " + QString::number(i), i == 17 ? 30 : 1);
    factory.drain();
    factory.waitForStopped(5s);

    const auto milliseconds = [](qint64 nanoseconds) { return double(nanoseconds) / 1e6; };
    const HistogramSnapshot runTime = factory.latencies().runTime;
    out << "run time: median " << milliseconds(runTime.quantile(0.5)) << " ms, 90 % within "
        << milliseconds(runTime.quantile(0.9)) << " ms, longest " << milliseconds(runTime.max())
        << " ms\n";
    for (const WorkerSnapshot &worker : factory.snapshot().workers)
        out << "worker " << worker.id << " has done " << worker.completed << "\n";

    const Counters counters = factory.counters();
    if (counters.completed != 50 || runTime.count() != 50 || !slowJobs->keys().contains("job 17"))
        return 1;
    out << "job 17 was slow\n";
    return 0;
}
