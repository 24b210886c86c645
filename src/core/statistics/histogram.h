// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../millwright_global.h"

#include <QList>
#include <QtGlobal>

#include <array>
#include <atomic>
#include <bit>
#include <limits>

namespace Millwright {

namespace Detail {

// A bucket is told by the six leading bits of its values. Below 64 that is the value itself; from
// there on the first of the six is always 1, and the other five choose among 32 buckets.
constexpr int LeadingBits = 6;
constexpr int BucketsPerBlock = 1 << (LeadingBits - 1);

//! Of a value that is not negative.
[[nodiscard]] constexpr int bucketIndex(qint64 value) noexcept
{
    constexpr quint64 LargestExactValue = 2 * BucketsPerBlock - 1;
    const auto bits = quint64(value);
    const int shift = int(std::bit_width(bits | LargestExactValue)) - LeadingBits;
    return shift * BucketsPerBlock + int(bits >> shift);
}

} // namespace Detail

/*!
    What a Histogram held at one moment, or what several of them held together.

    A plain value: copy it, send it in a signal, keep it to compare with a later one. Copies share
    their memory until one of them changes. Any thread may use a snapshot, one thread at a time.
    All values are nanoseconds. Quantiles are within 2 % of the exact ones, relative to these; those
    below 64 ns are exact.
*/
class MILLWRIGHT_CORE_EXPORT HistogramSnapshot
{
public:
    //! How many samples lie from \c lower to \c upper, both included, in nanoseconds.
    struct Bucket
    {
        qint64 lower = 0;
        qint64 upper = 0;
        qint64 count = 0;

        friend bool operator==(const Bucket &, const Bucket &) = default;
    };

    //! Adds the samples of \a other to these, as if one histogram had recorded both.
    void add(const HistogramSnapshot &other);

    /*!
        The samples that were recorded after \a earlier was taken.

        \a earlier is an earlier snapshot of the same histogram, or merged from the same histograms;
        a bucket in which it counts more than this one is taken as empty. min() and max() of the
        result are exact where they are new extremes, and within 2 % otherwise.
    */
    [[nodiscard]] HistogramSnapshot since(const HistogramSnapshot &earlier) const;

    //! The number of samples.
    [[nodiscard]] qint64 count() const noexcept { return m_count; }

    //! The smallest sample; 0 when empty.
    [[nodiscard]] qint64 min() const noexcept { return m_count > 0 ? m_min : 0; }

    //! The largest sample; 0 when empty.
    [[nodiscard]] qint64 max() const noexcept { return m_max; }

    //! The arithmetic mean, from a running sum and not from the buckets; 0 when empty.
    [[nodiscard]] double mean() const noexcept;

    /*!
        The sample that stands at the share \a q of all, sorted by size: the one of the first rank
        that is not below \a q times count(). 0.5 is the median; 0 and below is min(), 1 and above
        is max(). Returns 0 when empty.
    */
    [[nodiscard]] qint64 quantile(double q) const noexcept;

    //! The buckets that hold samples, in ascending order: what a chart draws.
    [[nodiscard]] QList<Bucket> buckets() const;

private:
    friend class Histogram;

    void growTo(qsizetype bucketCount);
    void addTotals(qint64 count, double sum, qint64 min, qint64 max) noexcept;

    QList<qint64> m_counts; // by bucket index, as far as the highest that was needed
    qint64 m_count = 0;
    qint64 m_min = std::numeric_limits<qint64>::max();
    qint64 m_max = 0;
    double m_sum = 0;
};

/*!
    A log-linear histogram of durations, for one writer and any number of readers, without a lock.

    Every power of two is cut into 32 buckets of equal width, from 0 to 2^63-1 ns. The buckets of
    one power of two are a block of 256 bytes, allocated when its first sample arrives: an empty
    histogram takes some 500 bytes, one whose samples spread over a factor of 1,000 about 3 kB.

    record() belongs to one thread at a time, the owner. A new owner has to be synchronised with the
    previous one, by a mutex or by whatever else hands the work over. snapshot() and addTo() may be
    called by any thread while the histogram lives, and do not make the owner wait.
*/
class MILLWRIGHT_CORE_EXPORT Histogram
{
public:
    Histogram() = default;

    //! Nobody may be recording or reading any more. Snapshots are independent, and live on.
    ~Histogram();

    Q_DISABLE_COPY_MOVE(Histogram)

    /*!
        Counts one duration; a negative one counts as 0. Only the owner may call.

        Never blocks or throws. It allocates only for the first sample of a power of two. If that
        fails, the sample is counted in the nearest bucket there is, or dropped if there is none.
    */
    Q_ALWAYS_INLINE void record(qint64 nanoseconds) noexcept
    {
        const qint64 value = nanoseconds > 0 ? nanoseconds : 0;
        const auto index = std::size_t(Detail::bucketIndex(value));
        Block *const block = m_blocks[index / Detail::BucketsPerBlock].load(
            std::memory_order_relaxed);
        std::atomic<qint64> *const count = block ? &block->counts[index % Detail::BucketsPerBlock]
                                                 : bucketInNewBlock(int(index));
        if (!count) [[unlikely]]
            return;

        increase<qint64>(*count, 1);
        increase<double>(m_sum, double(value));
        if (value < m_min.load(std::memory_order_relaxed))
            m_min.store(value, std::memory_order_relaxed);
        if (value > m_max.load(std::memory_order_relaxed))
            m_max.store(value, std::memory_order_relaxed);
    }

    /*!
        What has been recorded so far. Any thread may call.

        Samples recorded before the owner and this thread were last synchronised are included; later
        ones may be. The result is consistent all the same: count() is the sum of the buckets, and
        min(), max() and mean() are what they allow. From one snapshot of a thread to its next no
        count goes back.
    */
    [[nodiscard]] HistogramSnapshot snapshot() const;

    //! Adds snapshot() to \a snapshot, without a temporary one. Any thread may call.
    void addTo(HistogramSnapshot &snapshot) const;

private:
    static constexpr int BlockCount = 59; // 0 to 31, and the powers of two from 2^5 to 2^62

    struct Block
    {
        std::array<std::atomic<qint64>, Detail::BucketsPerBlock> counts{};
    };

    // The writer is alone, so that a load and a store do what a locked read-modify-write would.
    template<typename Number>
    static void increase(std::atomic<Number> &number, Number by) noexcept
    {
        number.store(number.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    }

    std::atomic<qint64> *bucketInNewBlock(int index) noexcept;
    std::atomic<qint64> *nearestBucket(int index) noexcept;

    // Written with each sample, hence far from the next histogram of an array: the last blocks of
    // the one before are for durations of years.
    std::atomic<double> m_sum = 0;
    std::atomic<qint64> m_min = std::numeric_limits<qint64>::max();
    std::atomic<qint64> m_max = 0;
    std::array<std::atomic<Block *>, BlockCount> m_blocks{};
};

} // namespace Millwright
