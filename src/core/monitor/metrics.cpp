// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "monitor/metrics.h"

#include "factorybase.h"
#include "logging.h"
#include "milliseconds.h"
#include "monitor/latencysummary.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qmutex.h>

#include <array>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace Millwright {

namespace {

using std::chrono::nanoseconds;

constexpr std::array States{FactoryState::Idle,     FactoryState::Starting, FactoryState::Running,
                            FactoryState::Draining, FactoryState::Stopped,  FactoryState::Failed};

// --- Prometheus -------------------------------------------------------------------------------

// Upper bounds of the buckets: 1 microsecond to 250 seconds.
constexpr int Decades = 8;
constexpr std::array<double, 3> Steps{1, 2.5, 5};

//! A factory as it was when everything began to be written.
struct Subject
{
    QByteArray label; // factory="its name"
    FactorySnapshot now;
    Latencies latencies;
};

QByteArray escaped(const QString &text)
{
    return text.toUtf8().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
}

QByteArray number(double value)
{
    return QByteArray::number(value, 'g', 17);
}

// What is written as it is: 0.0025 and not 0.0025000000000000001.
QByteArray shortest(double value)
{
    return QByteArray::number(value, 'g', 3);
}

std::optional<double> ifLimited(qint64 limit)
{
    return limit < 0 ? std::nullopt : std::optional<double>(double(limit));
}

// Once for each name: metrics are asked for again and again.
void sayNamesakes(const QString &name)
{
    static QMutex mutex;
    static std::set<QString> said;
    {
        const QMutexLocker locker(&mutex);
        if (!said.insert(name).second)
            return;
    }
    qCWarning(lcMillwright,
              "prometheusText(): of several factories with the name \"%s\" only the first is "
              "written; give each factory a name of its own.",
              qUtf8Printable(name));
}

class Writer
{
public:
    explicit Writer(std::vector<Subject> subjects) : m_subjects(std::move(subjects)) {}

    void counter(const char *name, const char *help, qint64 Counters::*member)
    {
        head(name, help, "counter");
        for (const Subject &subject : m_subjects)
            sample(name, subject.label, QByteArray::number(subject.now.counters.*member));
    }

    using Value = std::function<std::optional<double>(const FactorySnapshot &)>;
    void gauge(const char *name, const char *help, const Value &value)
    {
        head(name, help, "gauge");
        for (const Subject &subject : m_subjects) {
            if (const std::optional<double> known = value(subject.now))
                sample(name, subject.label, number(*known));
        }
    }

    void discarded()
    {
        const char *const name = "millwright_jobs_discarded_total";
        head(name, "Jobs that were given up before they were started.", "counter");
        for (const Subject &subject : m_subjects) {
            for (std::size_t reason = 0; reason < DiscardReasons; ++reason) {
                sample(name,
                       subject.label + ",reason=\"" + nameOf(DiscardReason(reason)).toUtf8() + '"',
                       QByteArray::number(subject.now.counters.discardedBy[reason]));
            }
        }
    }

    void state()
    {
        const char *const name = "millwright_state";
        head(name, "1 for the state that the factory is in.", "gauge");
        for (const Subject &subject : m_subjects) {
            for (const FactoryState state : States) {
                sample(name, subject.label + ",state=\"" + nameOf(state).toUtf8() + '"',
                       subject.now.state == state ? "1" : "0");
            }
        }
    }

    void histogram(const char *name, const char *help, HistogramSnapshot Latencies::*member)
    {
        head(name, help, "histogram");
        const QByteArray buckets = QByteArray(name) + "_bucket";
        for (const Subject &subject : m_subjects) {
            const HistogramSnapshot &histogram = subject.latencies.*member;
            const QList<HistogramSnapshot::Bucket> all = histogram.buckets();
            auto next = all.begin();
            qint64 count = 0;
            double decade = 1e-6;
            for (int i = 0; i < Decades; ++i, decade *= 10) {
                for (const double step : Steps) {
                    const double bound = step * decade;
                    for (; next != all.end() && double(next->upper) <= bound * 1e9; ++next)
                        count += next->count;
                    sample(buckets, subject.label + ",le=\"" + shortest(bound) + '"',
                           QByteArray::number(count));
                }
            }
            sample(buckets, subject.label + ",le=\"+Inf\"", QByteArray::number(histogram.count()));
            sample(QByteArray(name) + "_sum", subject.label,
                   number(histogram.mean() * double(histogram.count()) / 1e9));
            sample(QByteArray(name) + "_count", subject.label,
                   QByteArray::number(histogram.count()));
        }
    }

    [[nodiscard]] QByteArray text() const { return m_text; }

private:
    void head(const char *name, const char *help, const char *type)
    {
        m_text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        m_text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }
    void sample(const QByteArray &name, const QByteArray &labels, const QByteArray &value)
    {
        m_text.append(name).append('{').append(labels).append("} ").append(value).append('\n');
    }

    const std::vector<Subject> m_subjects;
    QByteArray m_text;
};

// --- JSON -------------------------------------------------------------------------------------

QJsonObject toJson(const Counters &counters)
{
    QJsonObject discarded;
    for (std::size_t reason = 0; reason < DiscardReasons; ++reason)
        discarded.insert(nameOf(DiscardReason(reason)), counters.discardedBy[reason]);
    return {{QStringLiteral("submitted"), counters.submitted},
            {QStringLiteral("completed"), counters.completed},
            {QStringLiteral("failed"), counters.failed},
            {QStringLiteral("discarded"), discarded},
            {QStringLiteral("canceled"), counters.canceled},
            {QStringLiteral("lost"), counters.lost},
            {QStringLiteral("waiting"), counters.waiting},
            {QStringLiteral("running"), counters.running},
            {QStringLiteral("retried"), counters.retried},
            {QStringLiteral("restarts"), counters.restarts},
            {QStringLiteral("stuck"), counters.stuck}};
}

QJsonObject toJson(const HistogramSnapshot &histogram)
{
    const LatencySummary summary = LatencySummary::of(histogram);
    return {
        {QStringLiteral("count"), histogram.count()}, {QStringLiteral("mean"), summary.mean},
        {QStringLiteral("p50"), summary.p50},         {QStringLiteral("p90"), summary.p90},
        {QStringLiteral("p99"), summary.p99},         {QStringLiteral("maximum"), summary.maximum}};
}

QJsonObject toJson(const WorkerSnapshot &worker)
{
    QJsonObject object{{QStringLiteral("id"), worker.id},
                       {QStringLiteral("state"), nameOf(worker.state)},
                       {QStringLiteral("completed"), worker.completed},
                       {QStringLiteral("failed"), worker.failed},
                       {QStringLiteral("restarts"), worker.restarts},
                       {QStringLiteral("waiting"), worker.waiting}};
    if (worker.lastHeartbeat != 0) {
        const double fraction = worker.progress.fraction();
        object.insert(QStringLiteral("key"), worker.key);
        object.insert(QStringLiteral("label"), worker.label);
        object.insert(QStringLiteral("elapsed"), toMilliseconds(worker.elapsed));
        object.insert(QStringLiteral("progress"),
                      fraction < 0 ? QJsonValue() : QJsonValue(fraction));
    }
    if (worker.state == WorkerState::CrashLooping)
        object.insert(QStringLiteral("untilStart"), toMilliseconds(worker.untilStart));
    return object;
}

QJsonObject toJson(const DeadLetter &letter, qint64 now)
{
    return {{QStringLiteral("id"), qint64(letter.id)},
            {QStringLiteral("age"), toMilliseconds(nanoseconds(now - letter.time))},
            {QStringLiteral("outcome"), nameOf(letter.outcome)},
            {QStringLiteral("key"), letter.key},
            {QStringLiteral("label"), letter.label},
            {QStringLiteral("error"), letter.error},
            {QStringLiteral("attempts"), letter.attempts},
            {QStringLiteral("worker"), letter.worker}};
}

} // namespace

QByteArray prometheusText(const QList<const FactoryBase *> &factories)
{
    std::vector<Subject> subjects;
    std::map<QString, const FactoryBase *> named;
    for (const FactoryBase *factory : factories) {
        if (!factory)
            continue;
        const auto [it, isNew] = named.emplace(factory->name(), factory);
        if (isNew) {
            subjects.push_back({"factory=\"" + escaped(factory->name()) + '"',
                                factory->snapshot(false), factory->latencies()});
        } else if (it->second != factory) {
            sayNamesakes(factory->name());
        }
    }
    Writer writer(std::move(subjects));
    writer.counter("millwright_jobs_submitted_total", "Jobs that were given to the factory.",
                   &Counters::submitted);
    writer.counter("millwright_jobs_completed_total", "Jobs that were done.", &Counters::completed);
    writer.counter("millwright_jobs_failed_total", "Jobs whose last attempt has thrown.",
                   &Counters::failed);
    writer.discarded();
    writer.counter("millwright_jobs_canceled_total", "Jobs that were canceled.",
                   &Counters::canceled);
    writer.counter("millwright_jobs_lost_total", "Jobs that were lost with their worker.",
                   &Counters::lost);
    writer.counter("millwright_jobs_retried_total", "Attempts after the first.",
                   &Counters::retried);
    writer.counter("millwright_worker_restarts_total", "Workers that were replaced.",
                   &Counters::restarts);
    writer.counter("millwright_worker_stuck_total", "How often a worker was found stuck.",
                   &Counters::stuck);
    writer.gauge("millwright_jobs_waiting", "Jobs that wait.",
                 [](const FactorySnapshot &now) { return double(now.counters.waiting); });
    writer.gauge("millwright_jobs_running", "Jobs that run.",
                 [](const FactorySnapshot &now) { return double(now.counters.running); });
    writer.gauge("millwright_queue_limit",
                 "Jobs that may wait, for each worker if each has a queue, if there is a limit.",
                 [](const FactorySnapshot &now) { return ifLimited(now.queueLimit); });
    writer.gauge("millwright_queue_capacity", "Jobs that may wait in all, if there is a limit.",
                 [](const FactorySnapshot &now) { return ifLimited(now.queueCapacity); });
    writer.gauge("millwright_workers", "Workers that there are to be.",
                 [](const FactorySnapshot &now) { return double(now.workerCount); });
    writer.gauge("millwright_workers_active", "Workers that have something to do.",
                 [](const FactorySnapshot &now) { return double(now.activeWorkers); });
    writer.gauge("millwright_workers_crash_looping",
                 "Workers that wait to be started again because they fail too often.",
                 [](const FactorySnapshot &now) { return double(now.crashLoopingWorkers); });
    writer.gauge("millwright_threads_condemned",
                 "Threads that were left behind with a worker that hangs.",
                 [](const FactorySnapshot &now) { return double(now.condemnedThreads); });
    writer.gauge("millwright_dead_letters", "Jobs that have failed and are kept.",
                 [](const FactorySnapshot &now) { return double(now.deadLetters); });
    writer.gauge("millwright_paused", "1 while the factory is paused.",
                 [](const FactorySnapshot &now) { return now.paused ? 1.0 : 0.0; });
    writer.state();
    writer.histogram("millwright_job_queue_seconds",
                     "How long completed jobs waited, from submitted to started.",
                     &Latencies::queueTime);
    writer.histogram("millwright_job_run_seconds", "How long completed jobs ran.",
                     &Latencies::runTime);
    return writer.text();
}

QJsonObject toJson(const FactoryBase &factory)
{
    const FactorySnapshot now = factory.snapshot();
    const Latencies latencies = factory.latencies();
    QJsonArray workers;
    for (const WorkerSnapshot &worker : now.workers)
        workers.append(toJson(worker));
    QJsonArray letters;
    for (const DeadLetter &letter : factory.deadLetters())
        letters.append(toJson(letter, now.time));
    return {{QStringLiteral("name"), factory.name()},
            {QStringLiteral("state"), nameOf(now.state)},
            {QStringLiteral("paused"), now.paused},
            {QStringLiteral("error"), now.errorString},
            {QStringLiteral("queueDepth"), now.counters.waiting},
            {QStringLiteral("queueLimit"),
             now.queueLimit < 0 ? QJsonValue() : QJsonValue(now.queueLimit)},
            {QStringLiteral("queueCapacity"),
             now.queueCapacity < 0 ? QJsonValue() : QJsonValue(now.queueCapacity)},
            {QStringLiteral("availableCapacity"), now.availableCapacity},
            {QStringLiteral("workerCount"), now.workerCount},
            {QStringLiteral("activeWorkers"), now.activeWorkers},
            {QStringLiteral("crashLoopingWorkers"), now.crashLoopingWorkers},
            {QStringLiteral("condemnedThreads"), now.condemnedThreads},
            {QStringLiteral("counters"), toJson(now.counters)},
            {QStringLiteral("latencies"),
             QJsonObject{{QStringLiteral("queueTime"), toJson(latencies.queueTime)},
                         {QStringLiteral("runTime"), toJson(latencies.runTime)},
                         {QStringLiteral("totalTime"), toJson(latencies.totalTime)}}},
            {QStringLiteral("workers"), workers},
            {QStringLiteral("deadLetters"), letters}};
}

} // namespace Millwright
