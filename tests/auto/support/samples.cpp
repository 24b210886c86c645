// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "samples.h"

#include <QTest>

#include <algorithm>
#include <cmath>

namespace Support {

void addDistributions()
{
    QTest::addColumn<Distribution>("distribution");
    QTest::addColumn<quint64>("seed");

    const auto add = [](const char *name, Distribution distribution) {
        for (const quint64 seed : {1u, 20'260'101u, 4'000'000'007u})
            QTest::addRow("%s, seed %llu", name, seed) << distribution << seed;
    };
    add("uniform to 1 s", [](Random &random) { return 1e9 * random.uniform(); });
    add("exponential, mean 50 us", [](Random &random) { return 5e4 * random.exponential(); });
    add("log-normal, median 1 ms",
        [](Random &random) { return 1e6 * std::exp(2 * random.normal()); });
    add("constant", [](Random &) { return 123'457.0; });
    add("bimodal, from 2 us and from 3 s", [](Random &random) {
        const double mode = random.uniform() < 0.9 ? 2e3 : 3e9;
        return mode * (1 + random.uniform());
    });
    add("tiny, 0 to 100 ns", [](Random &random) { return 101 * random.uniform(); });
    add("huge, to 2^62 ns", [](Random &random) { return 0x1p62 * random.uniform(); });
    add("every magnitude", [](Random &random) { return std::exp2(62 * random.uniform()); });
}

Samples draw(Distribution distribution, quint64 seed, int count)
{
    Random random(seed);
    Samples samples;
    for (int i = 0; i < count; ++i)
        samples.push_back(static_cast<qint64>(distribution(random)));
    return samples;
}

void recordAll(Histogram &histogram, const Samples &samples)
{
    for (const qint64 sample : samples)
        histogram.record(sample);
}

HistogramSnapshot snapshotOf(const Samples &samples)
{
    Histogram histogram;
    recordAll(histogram, samples);
    return histogram.snapshot();
}

bool isClose(double value, double exact, double tolerance)
{
    return std::abs(value - exact) <= tolerance * std::abs(exact);
}

QStringList deviations(const HistogramSnapshot &snapshot, Samples exact)
{
    QStringList found;
    const auto check = [&found](const QString &what, double value, double expected,
                                double tolerance) {
        if (!isClose(value, expected, tolerance))
            found << QStringLiteral("%1 is %2, exact is %3").arg(what).arg(value).arg(expected);
    };

    std::sort(exact.begin(), exact.end());
    const auto count = static_cast<qint64>(exact.size());
    long double sum = 0;
    for (const qint64 sample : exact)
        sum += static_cast<long double>(sample);

    check(QStringLiteral("count"), double(snapshot.count()), double(count), 0);
    check(QStringLiteral("mean"), snapshot.mean(), double(sum / count), 1e-9);
    check(QStringLiteral("min"), double(snapshot.min()), double(exact.front()), Tolerance);
    check(QStringLiteral("max"), double(snapshot.max()), double(exact.back()), Tolerance);
    for (const qint64 perMille : PerMille) {
        const qint64 rank = std::max<qint64>(1, (perMille * count + 999) / 1000);
        const qint64 expected = exact[size_t(rank - 1)];
        const qint64 value = snapshot.quantile(double(perMille) / 1000);
        check(QStringLiteral("quantile %1 ‰").arg(perMille), double(value), double(expected),
              expected < 64 ? 0 : Tolerance);
    }
    return found;
}

QStringList contradictions(const HistogramSnapshot &snapshot)
{
    QStringList found;
    const auto require = [&found](bool holds, const char *what) {
        if (!holds)
            found << QString::fromUtf8(what);
    };

    const QList<HistogramSnapshot::Bucket> buckets = snapshot.buckets();
    if (buckets.isEmpty()) {
        require(snapshot.count() == 0, "no bucket, but a count");
        return found;
    }

    qint64 count = 0;
    qint64 previousUpper = -1;
    for (const HistogramSnapshot::Bucket &bucket : buckets) {
        require(bucket.lower > previousUpper && bucket.upper >= bucket.lower, "buckets overlap");
        require(bucket.count > 0, "a bucket is empty");
        previousUpper = bucket.upper;
        count += bucket.count;
    }
    const auto lowest = static_cast<double>(buckets.first().lower);
    const auto highest = static_cast<double>(buckets.last().upper);
    require(count == snapshot.count(), "count() is not the sum of the buckets");
    require(snapshot.min() >= buckets.first().lower, "min() is below the first bucket");
    require(snapshot.min() <= buckets.first().upper, "min() is above the first bucket");
    require(snapshot.max() >= buckets.last().lower, "max() is below the last bucket");
    require(snapshot.max() <= buckets.last().upper, "max() is above the last bucket");
    require(snapshot.mean() >= lowest && snapshot.mean() <= highest, "mean() is out of range");

    qint64 previous = snapshot.min();
    for (const qint64 perMille : PerMille) {
        const qint64 value = snapshot.quantile(double(perMille) / 1000);
        require(value >= previous && value <= snapshot.max(), "quantiles are not in order");
        previous = value;
    }
    return found;
}

QByteArray text(const QStringList &findings)
{
    return findings.join(QStringLiteral("; ")).toUtf8();
}

} // namespace Support
