// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/samples.h"

#include <QStringList>
#include <QTest>

#include <algorithm>
#include <limits>

using namespace Support;

static_assert(sizeof(Histogram) < 600, "An empty histogram has to stay small");

namespace {

constexpr qint64 Largest = std::numeric_limits<qint64>::max();

} // namespace

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
};

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

QTEST_GUILESS_MAIN(tst_Histogram)

#include "tst_histogram.moc"
