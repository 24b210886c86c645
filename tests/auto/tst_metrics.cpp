// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>
#include <Millwright/Metrics>

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

#include <map>
#include <optional>

using namespace Millwright;
using namespace Qt::StringLiterals;
using Support::eventually;
using Support::Gate;
using Support::hasEnded;

namespace {

//! Reads the text format as strictly as it is described. What is wrong with it is in `error`.
class Parsed
{
public:
    explicit Parsed(const QByteArray &text)
    {
        if (!text.endsWith('\n'))
            error = u"the last line does not end"_s;
        QByteArrayList lines = text.split('\n');
        lines.removeLast();
        for (const QByteArray &line : lines)
            read(QString::fromUtf8(line));
    }

    [[nodiscard]] std::optional<double> value(const QString &name, const QString &labels) const
    {
        const auto it = m_samples.find(name + u'{' + labels + u'}');
        return it == m_samples.end() ? std::nullopt : std::optional(it->second);
    }
    [[nodiscard]] QString typeOf(const QString &name) const
    {
        const auto it = m_types.find(name);
        return it == m_types.end() ? QString() : it->second;
    }
    [[nodiscard]] std::vector<std::pair<double, double>> buckets(const QString &name,
                                                                 const QString &labels) const
    {
        std::vector<std::pair<double, double>> buckets;
        const QString start = name + u"_bucket{"_s + labels + u",le=\""_s;
        for (const QString &sample : m_order) {
            if (!sample.startsWith(start))
                continue;
            const QString bound = sample.mid(start.size()).chopped(2);
            buckets.emplace_back(bound == u"+Inf" ? qInf() : bound.toDouble(),
                                 m_samples.at(sample));
        }
        return buckets;
    }

    QString error;

private:
    void read(const QString &line)
    {
        static const QRegularExpression help(u"^# HELP ([a-z_]+) [^\\n]+\\.$"_s);
        static const QRegularExpression type(u"^# TYPE ([a-z_]+) (counter|gauge|histogram)$"_s);
        static const QRegularExpression sample(
            u"^([a-z_]+)\\{(?:[a-z]+=\"(?:[^\"\\\\]|\\\\[\"\\\\n])*\",?)+\\} (\\S+)$"_s);
        if (const auto match = help.match(line); match.hasMatch()) {
            m_current = match.captured(1);
            if (m_types.contains(m_current))
                error = u"twice: "_s + line;
        } else if (const auto typed = type.match(line); typed.hasMatch()) {
            if (typed.captured(1) != m_current)
                error = u"no help: "_s + line;
            m_types[m_current] = typed.captured(2);
        } else if (const auto found = sample.match(line); found.hasMatch()) {
            QString family = found.captured(1);
            if (m_types[m_current] == u"histogram")
                family.remove(QRegularExpression(u"_(bucket|sum|count)$"_s));
            if (family != m_current)
                error = u"out of place: "_s + line;
            if (m_types[m_current] == u"counter" && !family.endsWith(u"_total"))
                error = u"not named like a counter: "_s + line;
            bool isNumber = false;
            const double value = found.captured(2).toDouble(&isNumber);
            const QString name = line.left(line.lastIndexOf(u' '));
            if (!isNumber || !m_samples.emplace(name, value).second)
                error = u"no number, or twice: "_s + line;
            m_order.append(name);
        } else {
            error = u"unknown: "_s + line;
        }
    }

    QString m_current;
    std::map<QString, QString> m_types;
    std::map<QString, double> m_samples;
    QStringList m_order;
};

} // namespace

class tst_Metrics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void UI_6_prometheusSaysWhatTheFactoryKnows();
    void UI_6_prometheusHistogramsAddUp();
    void UI_6_prometheusTellsFactoriesApart();
    void UI_6_prometheusEscapesNames();
    void UI_6_jsonSaysWhatTheFactoryKnows();
};

void tst_Metrics::UI_6_prometheusSaysWhatTheFactoryKnows()
{
    const Gate gate;
    Factory factory({.name = u"mill"_s, .workerCount = 2, .queueLimit = 3},
                    [gate](Job<int, int> &job) {
                        if (job.key() == 0)
                            gate.pass();
                        if (job.key() == 1)
                            throw JobError(u"no"_s);
                    });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    QVERIFY(hasEnded(factory.submit(1, 0)));
    QVERIFY(hasEnded(factory.submit(2, 0)));
    factory.dispatch(0, 0);
    factory.dispatch(0, 0);
    QVERIFY(gate.awaitArrivals(2));
    for (int i = 0; i < 4; ++i)
        factory.dispatch(3, 0);

    const Parsed parsed(prometheusText({&factory}));
    QCOMPARE(parsed.error, QString());
    const QString mill = u"factory=\"mill\""_s;
    const auto is = [&](const char *name, double expected, const QString &more = {}) {
        const auto value = parsed.value(u"millwright_"_s + QLatin1String(name), mill + more);
        if (value != expected)
            qWarning("%s: %g", name, value.value_or(-1));
        return value == expected;
    };
    QVERIFY(is("jobs_submitted_total", 8));
    QVERIFY(is("jobs_completed_total", 1));
    QVERIFY(is("jobs_failed_total", 1));
    QVERIFY(is("jobs_discarded_total", 1, u",reason=\"Loadshed\""_s));
    QVERIFY(is("jobs_discarded_total", 0, u",reason=\"TtlExpired\""_s));
    QVERIFY(is("jobs_canceled_total", 0));
    QVERIFY(is("jobs_lost_total", 0));
    QVERIFY(is("jobs_retried_total", 0));
    QVERIFY(is("worker_restarts_total", 1));
    QVERIFY(is("worker_stuck_total", 0));
    QVERIFY(is("jobs_waiting", 3));
    QVERIFY(is("jobs_running", 2));
    QVERIFY(is("queue_limit", 3));
    QVERIFY(is("queue_capacity", 3));
    QVERIFY(is("workers", 2));
    QVERIFY(is("workers_active", 2));
    QVERIFY(is("workers_crash_looping", 0));
    QVERIFY(is("threads_condemned", 0));
    QVERIFY(is("dead_letters", 1));
    QVERIFY(is("paused", 0));
    QVERIFY(is("state", 1, u",state=\"Running\""_s));
    QVERIFY(is("state", 0, u",state=\"Stopped\""_s));
    QCOMPARE(parsed.typeOf(u"millwright_jobs_waiting"_s), u"gauge"_s);
    QCOMPARE(parsed.typeOf(u"millwright_jobs_submitted_total"_s), u"counter"_s);

    factory.setQueueLimit(-1);
    factory.pause();
    const Parsed later(prometheusText({&factory}));
    QVERIFY(!later.value(u"millwright_queue_limit"_s, mill));
    QCOMPARE(later.value(u"millwright_paused"_s, mill), 1.0);
}

void tst_Metrics::UI_6_prometheusHistogramsAddUp()
{
    Factory factory({.name = u"mill"_s, .workerCount = 1}, [](Job<int, int> &) {});
    QVERIFY(factory.start());
    for (int i = 0; i < 1000; ++i)
        factory.dispatch(i, 0);
    QVERIFY(eventually([&] { return factory.counters().completed == 1000; }));
    const QString mill = u"factory=\"mill\""_s;
    const Parsed parsed(prometheusText({&factory}));
    QCOMPARE(parsed.error, QString());
    const Latencies latencies = factory.latencies();
    const auto check = [&](const QString &name, const HistogramSnapshot &expected) {
        QCOMPARE(parsed.typeOf(name), u"histogram"_s);
        QCOMPARE(parsed.value(name + u"_count"_s, mill), 1000.0);
        const double sum = parsed.value(name + u"_sum"_s, mill).value_or(-1);
        QVERIFY(qAbs(sum - expected.mean() * 1000 / 1e9) < 1e-12 + sum * 1e-9);
        const auto buckets = parsed.buckets(name, mill);
        QCOMPARE(buckets.size(), std::size_t(25));
        QCOMPARE(buckets.front().first, 1e-6);
        QVERIFY(qIsInf(buckets.back().first));
        QCOMPARE(buckets.back().second, 1000.0);
        for (std::size_t i = 1; i < buckets.size(); ++i) {
            QVERIFY(buckets[i].first > buckets[i - 1].first);
            QVERIFY(buckets[i].second >= buckets[i - 1].second);
        }
        for (const auto &[bound, count] : buckets) {
            // Within the 3 % that are promised.
            const auto below = [&](double most) {
                double sumBelow = 0;
                for (const auto &bucket : expected.buckets())
                    sumBelow += double(bucket.upper) <= most * 1e9 ? double(bucket.count) : 0;
                return sumBelow;
            };
            QVERIFY(count >= below(bound * 0.97) && count <= below(bound * 1.03));
        }
    };
    check(u"millwright_job_queue_seconds"_s, latencies.queueTime);
    check(u"millwright_job_run_seconds"_s, latencies.runTime);
}

void tst_Metrics::UI_6_prometheusTellsFactoriesApart()
{
    Factory one({.name = u"one"_s, .workerCount = 1}, [](Job<int, int> &) {});
    Factory two({.name = u"two"_s, .workerCount = 2, .router = roundRobin(), .queueLimit = 3},
                [](Job<int, int> &) {});
    Factory twin({.name = u"two"_s, .workerCount = 3}, [](Job<int, int> &) {});
    QTest::ignoreMessage(QtWarningMsg, "prometheusText(): of several factories with the name "
                                       "\"two\" only the first is written; give each factory a "
                                       "name of its own.");
    const Parsed parsed(prometheusText({&one, nullptr, &two, &twin}));
    QCOMPARE(parsed.error, QString());
    QCOMPARE(parsed.value(u"millwright_workers"_s, u"factory=\"one\""_s), 1.0);
    QCOMPARE(parsed.value(u"millwright_workers"_s, u"factory=\"two\""_s), 2.0);
    QCOMPARE(parsed.value(u"millwright_queue_limit"_s, u"factory=\"two\""_s), 3.0);
    QCOMPARE(parsed.value(u"millwright_queue_capacity"_s, u"factory=\"two\""_s), 6.0);
    QVERIFY(!parsed.value(u"millwright_queue_capacity"_s, u"factory=\"one\""_s));
    QCOMPARE(toJson(two)[u"queueCapacity"], 6);
    QCOMPARE(Parsed(prometheusText({})).error, QString());

    // That is said once, for each name; one that is given twice is no namesake of itself.
    QVERIFY(!prometheusText({&two, &twin}).isEmpty());
    QVERIFY(!prometheusText({&one, &one}).isEmpty());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"with the name \"\" only the first"_s));
    Factory nameless({.workerCount = 1}, [](Job<int, int> &) {});
    Factory another({.workerCount = 1}, [](Job<int, int> &) {});
    QVERIFY(!prometheusText({&nameless, &another}).isEmpty());
}

void tst_Metrics::UI_6_prometheusEscapesNames()
{
    Factory factory({.name = u"a \"b\" \\ c\nd é"_s, .workerCount = 1}, [](Job<int, int> &) {});
    const Parsed parsed(prometheusText({&factory}));
    QCOMPARE(parsed.error, QString());
    QCOMPARE(parsed.value(u"millwright_workers"_s, u"factory=\"a \\\"b\\\" \\\\ c\\nd é\""_s), 1.0);
}

void tst_Metrics::UI_6_jsonSaysWhatTheFactoryKnows()
{
    const Gate gate;
    Factory factory({.name = u"mill"_s, .workerCount = 2}, [gate](Job<QString, int> &job) {
        job.setProgressRange(0, 4);
        job.setProgress(1);
        if (job.key() == u"bad")
            throw JobError(u"no"_s);
        gate.pass();
    });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    QVERIFY(hasEnded(factory.submit(u"bad"_s, 0)));
    factory.dispatch(u"good"_s, 0, {.label = u"label"_s});
    QVERIFY(gate.awaitArrivals());
    const QJsonObject json = QJsonDocument::fromJson(QJsonDocument(toJson(factory)).toJson())
                                 .object();
    QCOMPARE(json[u"name"], u"mill"_s);
    QCOMPARE(json[u"state"], u"Running"_s);
    QCOMPARE(json[u"paused"], false);
    QVERIFY(json[u"queueLimit"].isNull());
    QVERIFY(json[u"queueCapacity"].isNull());
    QCOMPARE(json[u"workerCount"], 2);
    QCOMPARE(json[u"activeWorkers"], 1);
    const QJsonObject counters = json[u"counters"].toObject();
    QCOMPARE(counters[u"submitted"], 2);
    QCOMPARE(counters[u"failed"], 1);
    QCOMPARE(counters[u"running"], 1);
    QCOMPARE(counters[u"discarded"].toObject()[u"Shutdown"], 0);
    const QJsonArray workers = json[u"workers"].toArray();
    QCOMPARE(workers.size(), 2);
    const bool isFirst = workers[0][u"state"] == u"Busy"_s;
    const QJsonObject busy = workers[isFirst ? 0 : 1].toObject();
    const QJsonObject idle = workers[isFirst ? 1 : 0].toObject();
    QCOMPARE(busy[u"key"], u"good"_s);
    QCOMPARE(busy[u"label"], u"label"_s);
    QCOMPARE(busy[u"progress"], 0.25);
    QVERIFY(busy[u"elapsed"].toDouble() > 0);
    QVERIFY(!idle.contains(u"key"));
    const QJsonArray letters = json[u"deadLetters"].toArray();
    QCOMPARE(letters.size(), 1);
    QCOMPARE(letters[0][u"key"], u"bad"_s);
    QCOMPARE(letters[0][u"error"], u"no"_s);
    QVERIFY(letters[0][u"age"].toDouble() >= 0);

    gate.open();
    QVERIFY(eventually([&] { return factory.counters().completed == 1; }));
    const QJsonObject latencies = toJson(factory)[u"latencies"].toObject();
    QCOMPARE(latencies[u"runTime"].toObject()[u"count"], 1);
    QVERIFY(latencies[u"runTime"].toObject()[u"maximum"].toDouble() > 0);
}

QTEST_GUILESS_MAIN(tst_Metrics)
#include "tst_metrics.moc"
