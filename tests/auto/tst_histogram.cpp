// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "statistics/histogram.h"

#include <QDeadlineTimer>
#include <QStringList>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <new>
#include <numbers>
#include <random>
#include <thread>
#include <vector>

using Millwright::Histogram;
using Millwright::HistogramSnapshot;
using Samples = std::vector<qint64>;

static_assert(sizeof(Histogram) < 600, "An empty histogram has to stay small");

namespace {

thread_local bool memoryIsExhausted = false;

constexpr qint64 Largest = std::numeric_limits<qint64>::max();
constexpr double Tolerance = 0.02;
constexpr qint64 PerMille[] = {0, 10, 250, 500, 900, 990, 999, 1000};

// The standard engines give the same numbers everywhere, the standard distributions do not.
class Random
{
public:
    explicit Random(quint64 seed) : m_engine(seed) {}

    double uniform() { return static_cast<double>(m_engine() >> 11) * 0x1p-53; }
    double exponential() { return -std::log(1 - uniform()); }
    double normal()
    {
        const double radius = std::sqrt(2 * exponential());
        return radius * std::cos(2 * std::numbers::pi * uniform());
    }

private:
    std::mt19937_64 m_engine;
};

using Distribution = double (*)(Random &);

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

// Compares with the sorted samples, says what is out of tolerance. Ranks are counted in integers.
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

// What has to hold for every snapshot, also for one taken while samples come in.
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

} // namespace

// The histogram allocates its blocks with this form of new, which a test can make fail.
void *operator new(std::size_t size, const std::nothrow_t &) noexcept
{
    if (memoryIsExhausted)
        return nullptr;
    try {
        return ::operator new(size);
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}

class tst_Histogram : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void STAT_2_quantilesWithinTwoPercent_data();
    void STAT_2_quantilesWithinTwoPercent();
    void STAT_2_mergeEqualsRecordingAllInOne_data();
    void STAT_2_mergeEqualsRecordingAllInOne();
    void STAT_2_sinceGivesTheInterval_data();
    void STAT_2_sinceGivesTheInterval();
    void sinceKnowsNewExtremesExactly();
    void sinceDoesNotTakeOldExtremesForNew();
    void sinceOfTheSameOrALaterSnapshotIsEmpty();
    void sinceOfAnUnrelatedSnapshotIsConsistent();
    void everyBoundaryHasANarrowBucket();
    void quantileCountsRanksExactly();
    void quantileKnowsTheExtremesExactly();
    void emptyHistogramHasNoValues();
    void negativeDurationsCountAsZero();
    void sumOfHugeDurationsDoesNotOverflow();
    void snapshotIsAnIndependentValue();
    void exhaustedMemoryLosesNoCount();
    void exhaustedMemoryDropsWhatHasNoBucket();
    void readersSeeConsistentGrowingCounts_data();
    void readersSeeConsistentGrowingCounts();
    void ownershipMovesBetweenThreads();
};

static void addDistributions()
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

void tst_Histogram::STAT_2_quantilesWithinTwoPercent_data()
{
    addDistributions();
}

void tst_Histogram::STAT_2_quantilesWithinTwoPercent()
{
    QFETCH(const Distribution, distribution);
    QFETCH(const quint64, seed);

    for (const int count : {1, 2, 1000, 100'000}) {
        const Samples samples = draw(distribution, seed, count);
        const HistogramSnapshot snapshot = snapshotOf(samples);
        const QStringList wrong = deviations(snapshot, samples) + contradictions(snapshot);
        QVERIFY2(wrong.isEmpty(), text(wrong).constData());
        QCOMPARE(snapshot.min(), *std::min_element(samples.begin(), samples.end()));
        QCOMPARE(snapshot.max(), *std::max_element(samples.begin(), samples.end()));
    }
}

void tst_Histogram::STAT_2_mergeEqualsRecordingAllInOne_data()
{
    addDistributions();
}

void tst_Histogram::STAT_2_mergeEqualsRecordingAllInOne()
{
    QFETCH(const Distribution, distribution);
    QFETCH(const quint64, seed);

    const Samples first = draw(distribution, seed, 5000);
    const Samples second = draw([](Random &random) { return 1e7 * random.uniform(); }, seed, 3000);
    Samples both = first;
    both.insert(both.end(), second.begin(), second.end());
    const HistogramSnapshot expected = snapshotOf(both);

    HistogramSnapshot merged = snapshotOf(first);
    merged.add(snapshotOf(second));

    Histogram firstHistogram;
    Histogram secondHistogram;
    recordAll(firstHistogram, first);
    recordAll(secondHistogram, second);
    HistogramSnapshot gathered;
    secondHistogram.addTo(gathered);
    firstHistogram.addTo(gathered);

    for (const HistogramSnapshot &snapshot : {merged, gathered}) {
        QCOMPARE(snapshot.buckets(), expected.buckets());
        QCOMPARE(snapshot.count(), expected.count());
        QCOMPARE(snapshot.min(), expected.min());
        QCOMPARE(snapshot.max(), expected.max());
        QVERIFY(isClose(snapshot.mean(), expected.mean(), 1e-12));
        for (const qint64 perMille : PerMille)
            QCOMPARE(snapshot.quantile(double(perMille) / 1000),
                     expected.quantile(double(perMille) / 1000));
    }
}

void tst_Histogram::STAT_2_sinceGivesTheInterval_data()
{
    addDistributions();
}

void tst_Histogram::STAT_2_sinceGivesTheInterval()
{
    QFETCH(const Distribution, distribution);
    QFETCH(const quint64, seed);

    const Samples before = draw([](Random &random) { return 1e7 * random.uniform(); }, seed, 3000);
    const Samples after = draw(distribution, seed, 5000);
    Histogram histogram;
    recordAll(histogram, before);
    const HistogramSnapshot earlier = histogram.snapshot();
    recordAll(histogram, after);
    const HistogramSnapshot interval = histogram.snapshot().since(earlier);

    const QStringList wrong = deviations(interval, after) + contradictions(interval);
    QVERIFY2(wrong.isEmpty(), text(wrong).constData());
    QCOMPARE(interval.buckets(), snapshotOf(after).buckets());

    HistogramSnapshot joined = earlier;
    joined.add(interval);
    QCOMPARE(joined.buckets(), histogram.snapshot().buckets());
}

void tst_Histogram::sinceKnowsNewExtremesExactly()
{
    Histogram histogram;
    recordAll(histogram, {100'000, 200'000});
    const HistogramSnapshot earlier = histogram.snapshot();
    QCOMPARE(earlier.since({}).min(), 100'000);
    QCOMPARE(earlier.since({}).max(), 200'000);

    histogram.record(200'001);
    const HistogramSnapshot later = histogram.snapshot();
    QVERIFY(isClose(double(later.since(earlier).min()), 200'001, Tolerance));
    QCOMPARE(later.since(earlier).max(), 200'001);

    recordAll(histogram, {99'000, 150'000});
    const HistogramSnapshot latest = histogram.snapshot();
    QCOMPARE(latest.since(later).min(), 99'000);
    QVERIFY(isClose(double(latest.since(later).max()), 150'000, Tolerance));
    QCOMPARE(latest.since(later).mean(), (99'000 + 150'000) / 2.0);
}

void tst_Histogram::sinceDoesNotTakeOldExtremesForNew()
{
    // The two ends of one bucket, which are 3 % apart.
    const HistogramSnapshot::Bucket bucket = snapshotOf({1 << 20}).buckets().constFirst();
    for (const qint64 sample : {bucket.lower, bucket.upper}) {
        Histogram histogram;
        recordAll(histogram, {bucket.lower, bucket.upper});
        const HistogramSnapshot earlier = histogram.snapshot();
        histogram.record(sample);
        const HistogramSnapshot interval = histogram.snapshot().since(earlier);
        QVERIFY(isClose(double(interval.min()), double(sample), Tolerance));
        QVERIFY(isClose(double(interval.max()), double(sample), Tolerance));
    }
}

void tst_Histogram::sinceOfTheSameOrALaterSnapshotIsEmpty()
{
    Histogram histogram;
    histogram.record(1000);
    const HistogramSnapshot earlier = histogram.snapshot();
    histogram.record(2000);
    const HistogramSnapshot later = histogram.snapshot();

    for (const HistogramSnapshot &none : {later.since(later), earlier.since(later)}) {
        QCOMPARE(none.count(), 0);
        QCOMPARE(none.min(), 0);
        QCOMPARE(none.max(), 0);
        QCOMPARE(none.mean(), 0.0);
        QVERIFY(none.buckets().isEmpty());
    }
}

void tst_Histogram::sinceOfAnUnrelatedSnapshotIsConsistent()
{
    const HistogramSnapshot interval = snapshotOf({993, 5000, 9000, 70'000})
                                           .since(snapshotOf({1001, 69'700}));
    QCOMPARE(interval.count(), 2);
    QVERIFY2(contradictions(interval).isEmpty(), text(contradictions(interval)).constData());
}

void tst_Histogram::everyBoundaryHasANarrowBucket()
{
    Samples boundaries = {0, Largest};
    for (int power = 1; power < 63; ++power) {
        for (const qint64 offset : {-1, 0, 1})
            boundaries.push_back((qint64(1) << power) + offset);
    }
    for (const qint64 value : boundaries) {
        const HistogramSnapshot snapshot = snapshotOf({value});
        QCOMPARE(snapshot.quantile(0.5), value);
        QCOMPARE(snapshot.buckets().size(), 1);
        const HistogramSnapshot::Bucket bucket = snapshot.buckets().constFirst();
        QVERIFY(bucket.lower <= value && value <= bucket.upper);
        QVERIFY(bucket.upper - bucket.lower <= bucket.lower / 32);
        QCOMPARE(bucket.count, 1);
    }
}

void tst_Histogram::quantileCountsRanksExactly()
{
    Histogram histogram;
    for (int i = 0; i < 50; ++i)
        histogram.record(i);
    for (int i = 50; i < 100; ++i)
        histogram.record(1'000'000);
    const HistogramSnapshot snapshot = histogram.snapshot();

    for (int percent = 1; percent <= 50; ++percent)
        QCOMPARE(snapshot.quantile(percent / 100.0), percent - 1);
    QVERIFY(isClose(double(snapshot.quantile(0.51)), 1e6, Tolerance));
    QCOMPARE(snapshot.quantile(0.495), 49);
}

void tst_Histogram::quantileKnowsTheExtremesExactly()
{
    const HistogramSnapshot snapshot = snapshotOf({993, 2002, 3003});
    QCOMPARE(snapshot.quantile(0.1), 993);
    QCOMPARE(snapshot.quantile(0.9), 3003);
    QCOMPARE(snapshot.quantile(-1), 993);
    QCOMPARE(snapshot.quantile(std::numeric_limits<double>::quiet_NaN()), 993);
    QCOMPARE(snapshot.quantile(std::numeric_limits<double>::infinity()), 3003);
    QCOMPARE(snapshot.quantile(1.5), 3003);
}

void tst_Histogram::emptyHistogramHasNoValues()
{
    const Histogram histogram;
    HistogramSnapshot empty = histogram.snapshot();
    empty.add(HistogramSnapshot());

    QCOMPARE(empty.count(), 0);
    QCOMPARE(empty.min(), 0);
    QCOMPARE(empty.max(), 0);
    QCOMPARE(empty.mean(), 0.0);
    QVERIFY(empty.buckets().isEmpty());
    for (const double q : {0.0, 0.5, 1.0})
        QCOMPARE(empty.quantile(q), 0);
    QCOMPARE(empty.since(snapshotOf({5})).count(), 0);

    empty.add(snapshotOf({7000}));
    QCOMPARE(empty.min(), 7000);
}

void tst_Histogram::negativeDurationsCountAsZero()
{
    const HistogramSnapshot snapshot = snapshotOf({-1, std::numeric_limits<qint64>::min(), 10});
    QCOMPARE(snapshot.buckets(), (QList<HistogramSnapshot::Bucket>{{0, 0, 2}, {10, 10, 1}}));
    QCOMPARE(snapshot.min(), 0);
    QCOMPARE(snapshot.max(), 10);
    QCOMPARE(snapshot.mean(), 10 / 3.0);
}

void tst_Histogram::sumOfHugeDurationsDoesNotOverflow()
{
    const HistogramSnapshot snapshot = snapshotOf(Samples(1000, Largest));
    QCOMPARE(snapshot.count(), 1000);
    QCOMPARE(snapshot.max(), Largest);
    QCOMPARE(snapshot.buckets().constLast().upper, Largest);
    QVERIFY(isClose(snapshot.mean(), 0x1p63, 1e-12));
}

void tst_Histogram::snapshotIsAnIndependentValue()
{
    HistogramSnapshot kept;
    HistogramSnapshot copy;
    {
        Histogram histogram;
        histogram.record(40);
        kept = histogram.snapshot();
        copy = kept;
        histogram.record(41);
        histogram.addTo(copy);
    }
    QCOMPARE(kept.count(), 1);
    QCOMPARE(kept.max(), 40);
    QCOMPARE(kept.buckets(), (QList<HistogramSnapshot::Bucket>{{40, 40, 1}}));
    QCOMPARE(copy.buckets(), (QList<HistogramSnapshot::Bucket>{{40, 40, 2}, {41, 41, 1}}));

    copy.add(copy);
    QCOMPARE(copy.buckets(), (QList<HistogramSnapshot::Bucket>{{40, 40, 4}, {41, 41, 2}}));
    QCOMPARE(copy.count(), 6);
}

void tst_Histogram::exhaustedMemoryLosesNoCount()
{
    Histogram histogram;
    recordAll(histogram, {70, 1'000'000});

    memoryIsExhausted = true;
    recordAll(histogram, {20, 300, 10'000, 900'000'000});
    memoryIsExhausted = false;

    const HistogramSnapshot scarce = histogram.snapshot();
    QCOMPARE(scarce.count(), 6);
    QVERIFY(contradictions(scarce).isEmpty());
    const QList<HistogramSnapshot::Bucket> buckets = scarce.buckets();
    QCOMPARE(buckets.size(), 6);
    QCOMPARE(buckets.at(0), (HistogramSnapshot::Bucket{64, 65, 1})); // 20
    QCOMPARE(buckets.at(2), (HistogramSnapshot::Bucket{126, 127, 1})); // 300
    QCOMPARE(buckets.at(3).lower, 1 << 19); // 10'000
    QCOMPARE(buckets.at(5).upper, (1 << 20) - 1); // 900'000'000

    recordAll(histogram, {20, 900'000'000});
    QCOMPARE(histogram.snapshot().min(), 20);
    QCOMPARE(histogram.snapshot().max(), 900'000'000);
    QCOMPARE(histogram.snapshot().count(), 8);
}

void tst_Histogram::exhaustedMemoryDropsWhatHasNoBucket()
{
    Histogram histogram;
    memoryIsExhausted = true;
    histogram.record(5);
    memoryIsExhausted = false;
    histogram.record(1000);

    QCOMPARE(histogram.snapshot().count(), 1);
    QCOMPARE(histogram.snapshot().min(), 1000);
    QCOMPARE(histogram.snapshot().mean(), 1000.0);
}

void tst_Histogram::readersSeeConsistentGrowingCounts_data()
{
    QTest::addColumn<int>("readerCount");
    QTest::newRow("one reader") << 1;
    QTest::newRow("three readers") << 3;
}

void tst_Histogram::readersSeeConsistentGrowingCounts()
{
    QFETCH(const int, readerCount);

    Histogram histogram;
    std::atomic<bool> isStopping = false;
    qint64 recorded = 0;
    std::thread writer([&] {
        Random random(7);
        for (; !isStopping; ++recorded)
            histogram.record(static_cast<qint64>(std::exp2(62 * random.uniform())));
    });

    // Each reader goes on until it has seen the counts grow many times.
    const auto read = [&histogram](QStringList &findings) {
        const QDeadlineTimer deadline(60'000);
        HistogramSnapshot previous;
        for (int growths = 0; growths < 50 && findings.isEmpty();) {
            const HistogramSnapshot current = histogram.snapshot();
            const HistogramSnapshot interval = current.since(previous);
            findings << contradictions(current) << contradictions(interval);
            if (current.count() < previous.count())
                findings << QStringLiteral("count() went back");
            if (interval.count() != current.count() - previous.count())
                findings << QStringLiteral("a bucket went back");
            if (deadline.hasExpired())
                findings << QStringLiteral("the counts did not grow");
            growths += current.count() > previous.count();
            previous = current;
        }
    };
    std::vector<QStringList> findings(static_cast<size_t>(readerCount));
    std::vector<std::thread> readers;
    for (QStringList &reader : findings)
        readers.emplace_back(read, std::ref(reader));
    for (std::thread &reader : readers)
        reader.join();
    isStopping = true;
    writer.join();

    for (const QStringList &reader : findings)
        QVERIFY2(reader.isEmpty(), text(reader).constData());
    QCOMPARE(histogram.snapshot().count(), recorded);
}

void tst_Histogram::ownershipMovesBetweenThreads()
{
    Histogram histogram;
    for (int owner = 0; owner < 4; ++owner) {
        std::thread([&histogram, owner] {
            for (int i = 0; i < 1000; ++i)
                histogram.record(qint64(1) << (i % 50 + owner));
        }).join();
    }
    QCOMPARE(histogram.snapshot().count(), 4000);
    QCOMPARE(histogram.snapshot().min(), 1);
    QCOMPARE(histogram.snapshot().max(), qint64(1) << 52);
}

QTEST_GUILESS_MAIN(tst_Histogram)

#include "tst_histogram.moc"
