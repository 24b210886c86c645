// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "histogram.h"

#include <algorithm>
#include <cmath>
#include <new>

namespace Millwright {

using Detail::bucketIndex;
using Detail::BucketsPerBlock;

namespace {

int bucketShift(qsizetype index) noexcept
{
    return std::max(static_cast<int>(index / BucketsPerBlock) - 1, 0);
}

qint64 lowerBound(qsizetype index) noexcept
{
    const int shift = bucketShift(index);
    return (qint64(index) - shift * BucketsPerBlock) << shift;
}

qint64 upperBound(qsizetype index) noexcept
{
    return lowerBound(index) + ((qint64(1) << bucketShift(index)) - 1);
}

qint64 midpoint(qsizetype index) noexcept
{
    return lowerBound(index) + (upperBound(index) - lowerBound(index)) / 2;
}

// What the counts alone say of the samples. Sum and extremes are read at another instant than the
// counts, or include what came before an interval; they are believed as far as the counts allow.
class Evidence
{
public:
    void add(qsizetype index, qint64 count) noexcept
    {
        if (m_count == 0)
            m_first = index;
        m_last = index;
        m_count += count;
        m_lowestSum += static_cast<double>(lowerBound(index)) * static_cast<double>(count);
        m_highestSum += static_cast<double>(upperBound(index)) * static_cast<double>(count);
    }

    qint64 count() const noexcept { return m_count; }
    qsizetype first() const noexcept { return m_first; }
    qsizetype last() const noexcept { return m_last; }

    double possibleSum(double sum) const noexcept
    {
        return std::clamp(sum, m_lowestSum, m_highestSum);
    }

private:
    qsizetype m_first = 0;
    qsizetype m_last = 0;
    qint64 m_count = 0;
    double m_lowestSum = 0;
    double m_highestSum = 0;
};

} // namespace

void HistogramSnapshot::add(const HistogramSnapshot &other)
{
    growTo(other.m_counts.size());
    qint64 *counts = m_counts.data();
    for (qsizetype i = 0; i < other.m_counts.size(); ++i)
        counts[i] += other.m_counts.at(i);
    addTotals(other.m_count, other.m_sum, other.m_min, other.m_max);
}

HistogramSnapshot HistogramSnapshot::since(const HistogramSnapshot &earlier) const
{
    if (earlier.m_count == 0)
        return *this;

    HistogramSnapshot interval;
    interval.growTo(m_counts.size());
    qint64 *counts = interval.m_counts.data();
    Evidence evidence;
    for (qsizetype i = 0; i < m_counts.size(); ++i) {
        const qint64 count = m_counts.at(i) - earlier.m_counts.value(i);
        if (count > 0) {
            counts[i] = count;
            evidence.add(i, count);
        }
    }
    if (evidence.count() == 0)
        return {};

    // A new extreme was recorded in the interval; an old one hides the interval's own.
    const bool isMinNew = m_min < earlier.m_min && bucketIndex(m_min) == evidence.first();
    const bool isMaxNew = m_max > earlier.m_max && bucketIndex(m_max) == evidence.last();
    interval.addTotals(evidence.count(), evidence.possibleSum(m_sum - earlier.m_sum),
                       isMinNew ? m_min : std::clamp(midpoint(evidence.first()), m_min, m_max),
                       isMaxNew ? m_max : std::clamp(midpoint(evidence.last()), m_min, m_max));
    return interval;
}

double HistogramSnapshot::mean() const noexcept
{
    return m_count > 0 ? m_sum / static_cast<double>(m_count) : 0;
}

qint64 HistogramSnapshot::quantile(double q) const noexcept
{
    // 0.07 of 100 samples is the 7th, though the product is a little over 7.
    constexpr double RoundingSlack = 1 - 2 * std::numeric_limits<double>::epsilon();

    if (m_count == 0)
        return 0;
    if (q >= 1)
        return m_max;
    const double share = q > 0 ? q : 0; // also if q is not a number
    const auto rank = qint64(std::ceil(share * static_cast<double>(m_count) * RoundingSlack));
    if (rank <= 1)
        return m_min;
    if (rank >= m_count)
        return m_max;

    qsizetype index = 0;
    for (qint64 passed = m_counts.at(0); passed < rank; passed += m_counts.at(index))
        ++index;
    return std::clamp(midpoint(index), m_min, m_max);
}

QList<HistogramSnapshot::Bucket> HistogramSnapshot::buckets() const
{
    QList<Bucket> buckets;
    for (qsizetype i = 0; i < m_counts.size(); ++i) {
        if (m_counts.at(i) > 0)
            buckets.append({lowerBound(i), upperBound(i), m_counts.at(i)});
    }
    return buckets;
}

void HistogramSnapshot::growTo(qsizetype bucketCount)
{
    if (m_counts.size() < bucketCount)
        m_counts.resize(bucketCount);
}

void HistogramSnapshot::addTotals(qint64 count, double sum, qint64 min, qint64 max) noexcept
{
    m_count += count;
    m_sum += sum;
    m_min = std::min(m_min, min);
    m_max = std::max(m_max, max);
}

Histogram::~Histogram()
{
    for (const std::atomic<Block *> &block : m_blocks)
        delete block.load(std::memory_order_relaxed);
}

HistogramSnapshot Histogram::snapshot() const
{
    HistogramSnapshot snapshot;
    addTo(snapshot);
    return snapshot;
}

void Histogram::addTo(HistogramSnapshot &snapshot) const
{
    int end = BlockCount;
    while (end > 0 && !m_blocks[size_t(end - 1)].load(std::memory_order_relaxed))
        --end;
    snapshot.growTo(qsizetype(end) * BucketsPerBlock);
    qint64 *counts = snapshot.m_counts.data();

    Evidence evidence;
    for (int i = 0; i < end; ++i) {
        // Acquire: the zeros that the block was filled with come before the pointer to it.
        const Block *block = m_blocks[size_t(i)].load(std::memory_order_acquire);
        for (int j = 0; block && j < BucketsPerBlock; ++j) {
            const qint64 count = block->counts[size_t(j)].load(std::memory_order_relaxed);
            if (count > 0) {
                const int index = i * BucketsPerBlock + j;
                counts[index] += count;
                evidence.add(index, count);
            }
        }
    }
    if (evidence.count() == 0)
        return;

    const qint64 min = m_min.load(std::memory_order_relaxed);
    const qint64 max = m_max.load(std::memory_order_relaxed);
    const bool isMinCounted = bucketIndex(min) == evidence.first();
    const bool isMaxCounted = bucketIndex(max) == evidence.last();
    const qint64 possibleMin = isMinCounted ? min : midpoint(evidence.first());
    const qint64 possibleMax = isMaxCounted ? max : midpoint(evidence.last());
    snapshot.addTotals(evidence.count(),
                       evidence.possibleSum(m_sum.load(std::memory_order_relaxed)),
                       std::min(possibleMin, possibleMax), possibleMax);
}

Q_NEVER_INLINE std::atomic<qint64> *Histogram::bucketInNewBlock(int index) noexcept
{
    Block *block = new (std::nothrow) Block;
    if (!block)
        return nearestBucket(index);
    m_blocks[size_t(index / BucketsPerBlock)].store(block, std::memory_order_release);
    return &block->counts[size_t(index % BucketsPerBlock)];
}

std::atomic<qint64> *Histogram::nearestBucket(int index) noexcept
{
    const auto blockAt = [this](int i) -> Block * {
        const bool exists = i >= 0 && i < BlockCount;
        return exists ? m_blocks[size_t(i)].load(std::memory_order_relaxed) : nullptr;
    };

    const int home = index / BucketsPerBlock;
    for (int distance = 1; distance < BlockCount; ++distance) {
        if (Block *below = blockAt(home - distance))
            return &below->counts.back();
        if (Block *above = blockAt(home + distance))
            return &above->counts.front();
    }
    return nullptr;
}

} // namespace Millwright
