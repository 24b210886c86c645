// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/samples.h"

#include <QDeadlineTimer>
#include <QStringList>
#include <QTest>

#include <atomic>
#include <cmath>
#include <new>
#include <thread>
#include <vector>

using namespace Support;

namespace {

thread_local bool memoryIsExhausted = false;

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

// What histograms share between threads, and what they do when there is no memory.
class tst_HistogramMemory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void snapshotIsAnIndependentValue();
    void exhaustedMemoryLosesNoCount();
    void exhaustedMemoryDropsWhatHasNoBucket();
    void readersSeeConsistentGrowingCounts_data();
    void readersSeeConsistentGrowingCounts();
    void ownershipMovesBetweenThreads();
};

void tst_HistogramMemory::snapshotIsAnIndependentValue()
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

void tst_HistogramMemory::exhaustedMemoryLosesNoCount()
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

void tst_HistogramMemory::exhaustedMemoryDropsWhatHasNoBucket()
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

void tst_HistogramMemory::readersSeeConsistentGrowingCounts_data()
{
    QTest::addColumn<int>("readerCount");
    QTest::newRow("one reader") << 1;
    QTest::newRow("three readers") << 3;
}

void tst_HistogramMemory::readersSeeConsistentGrowingCounts()
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

void tst_HistogramMemory::ownershipMovesBetweenThreads()
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

QTEST_GUILESS_MAIN(tst_HistogramMemory)

#include "tst_histogrammemory.moc"
