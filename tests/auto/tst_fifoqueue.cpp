// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "queueing/fifoqueue.h"
#include "support/dice.h"
#include "support/expectations.h"

#include <Millwright/Factory>

#include <QTest>

#include <array>
#include <cstdlib>
#include <deque>
#include <new>
#include <random>

using namespace Millwright;
using namespace Qt::StringLiterals;
using Support::Dice;

namespace {

// What the queue asks of the heap is the measure of its work: it moves nothing without.
std::atomic<qint64> requests = 0;
std::atomic<qint64> bytes = 0;

constexpr std::size_t Header = alignof(std::max_align_t);

} // namespace

void *operator new(std::size_t size)
{
    void *memory = std::malloc(size + Header);
    if (!memory)
        throw std::bad_alloc();
    ++requests;
    bytes += qint64(size);
    *static_cast<std::size_t *>(memory) = size;
    return static_cast<char *>(memory) + Header;
}

void operator delete(void *memory) noexcept
{
    if (!memory)
        return;
    void *whole = static_cast<char *>(memory) - Header;
    ++requests;
    bytes -= qint64(*static_cast<std::size_t *>(whole));
    std::free(whole);
}

void operator delete(void *memory, std::size_t) noexcept
{
    ::operator delete(memory);
}

namespace {

using Worked = FunctionWorker<void (*)(Job<int, int> &)>;
using QueuedJob = Detail::DispatchedJob<Worked>;
using Jobs = std::vector<std::unique_ptr<QueuedJob>>;

QueuedJob *add(Jobs &jobs, bool discardable = true)
{
    jobs.push_back(
        std::make_unique<QueuedJob>(int(jobs.size()), 0, JobOptions{.discardable = discardable}));
    return jobs.back().get();
}

//! Keeps the most that any one operation has asked of the heap.
class Effort
{
public:
    template<typename Operation>
    auto of(Operation operation)
    {
        const Measured measured(*this);
        return operation();
    }
    [[nodiscard]] qint64 most() const { return m_most; }

private:
    struct Measured
    {
        explicit Measured(Effort &e) : effort(e) {}
        ~Measured() { effort.m_most = std::max(effort.m_most, requests - before); }
        Effort &effort;
        const qint64 before = requests;
    };
    qint64 m_most = 0;
};

} // namespace

class tst_FifoQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void QUEUE_1_equalsItsModel();
    void QUEUE_1_firmAndOtherJobsComeBack();
    void QUEUE_4_noSingleOperationIsLong_data();
    void QUEUE_4_noSingleOperationIsLong();
    void QUEUE_4_memoryIsForWhatWaits_data();
    void QUEUE_4_memoryIsForWhatWaits();
};

void tst_FifoQueue::QUEUE_1_equalsItsModel()
{
    for (quint64 seed = 1; seed <= 60; ++seed) {
        Dice dice(seed);
        FifoQueue queue;
        std::deque<QueuedJob *> model;
        Jobs jobs;
        const int growth = 2 + dice.below(5);
        for (int i = 0; i < 3000; ++i) {
            QCOMPARE(queue.peek(), model.empty() ? nullptr : model.front());
            switch (dice.below(5 + growth)) {
            case 0:
            case 1:
                QCOMPARE(queue.pop(), model.empty() ? nullptr : model.front());
                if (!model.empty())
                    model.pop_front();
                break;
            case 2:
                if (!model.empty()) {
                    const auto it = model.begin() + dice.below(int(model.size()));
                    queue.remove(**it);
                    model.erase(it);
                }
                break;
            case 3: {
                const auto it = std::find_if(model.begin(), model.end(),
                                             [](auto *job) { return job->isDiscardable(); });
                AbstractJob *victim = queue.victim();
                QCOMPARE(victim, it == model.end() ? nullptr : *it);
                if (victim) {
                    queue.remove(*victim);
                    model.erase(it);
                }
                break;
            }
            case 4:
                if (AbstractJob *job = queue.pop()) {
                    queue.pushFront(*job);
                    QCOMPARE(queue.peek(), job);
                    QCOMPARE(queue.pop(), job);
                    model.pop_front();
                }
                break;
            case 5:
                if (dice.oneIn(50)) {
                    std::array<AbstractJob *, 150> room;
                    const std::size_t wanted = std::size_t(dice.below(150));
                    const std::size_t count = queue.popMany(std::span(room).first(wanted));
                    QCOMPARE(count, std::min(wanted, model.size()));
                    for (std::size_t taken = 0; taken < count; ++taken) {
                        QCOMPARE(room[taken], model.front());
                        model.pop_front();
                    }
                    break;
                }
                [[fallthrough]];
            default:
                model.push_back(add(jobs, dice.oneIn(2)));
                queue.push(*model.back());
            }
        }
        while (!model.empty()) {
            QCOMPARE(queue.pop(), model.front());
            model.pop_front();
        }
        QCOMPARE(queue.pop(), nullptr);
        QCOMPARE(queue.victim(), nullptr);
    }
}

void tst_FifoQueue::QUEUE_1_firmAndOtherJobsComeBack()
{
    Jobs jobs;
    FifoQueue queue;
    QueuedJob *other = add(jobs);
    queue.push(*other);
    QueuedJob *firm = add(jobs, false);
    queue.pushFront(*firm);
    QCOMPARE(queue.victim(), other);
    QueuedJob *returned = add(jobs);
    queue.pushFront(*returned);
    QCOMPARE(queue.victim(), returned);
    queue.remove(*returned);
    QCOMPARE(queue.pop(), firm);
    queue.pushFront(*firm);
    queue.remove(*firm);
    QCOMPARE(queue.pop(), other);
    QCOMPARE(queue.peek(), nullptr);
}

void tst_FifoQueue::QUEUE_4_noSingleOperationIsLong_data()
{
    QTest::addColumn<bool>("atRandom");
    QTest::addColumn<bool>("shed");
    QTest::newRow("in their order") << false << false;
    QTest::newRow("in any order") << true << false;
    QTest::newRow("shed behind firm ones") << false << true;
}

// Half a million of a million jobs are canceled, and the rest is taken: nobody may hold the lock for long
// meanwhile, whatever has become of others before.
void tst_FifoQueue::QUEUE_4_noSingleOperationIsLong()
{
    QFETCH(const bool, atRandom);
    QFETCH(const bool, shed);
    constexpr int Count = 1'000'000;
    Jobs jobs;
    for (int i = 0; i < Count; ++i)
        add(jobs, !shed || i >= Count / 2);
    std::vector<QueuedJob *> canceled;
    for (int i = Count / 2; i < Count; ++i)
        canceled.push_back(jobs[std::size_t(i)].get());
    if (atRandom)
        std::shuffle(canceled.begin(), canceled.end(),
                     std::mt19937(1)); // NOLINT: the same each time
    const qint64 before = requests;
    Effort effort;
    FifoQueue queue;
    QueuedJob *last = add(jobs);
    for (int i = Count / 2; i < Count; ++i)
        effort.of([&] { queue.push(*jobs[std::size_t(i)]); });
    for (int i = 0; i < Count / 2; ++i)
        effort.of([&] { queue.push(*jobs[std::size_t(i)]); });
    queue.push(*last);
    for (QueuedJob *job : canceled) {
        effort.of([&] {
            if (shed)
                queue.remove(*queue.victim());
            else
                queue.remove(*job);
        });
    }
    for (int i = 0; i < Count / 2; ++i)
        QCOMPARE(effort.of([&] { return queue.pop(); }), jobs[std::size_t(i)].get());
    QCOMPARE(queue.pop(), last);
    QVERIFY(requests - before > 1000); // it is measured
    QVERIFY2(effort.most() <= 4, qPrintable(QString::number(effort.most())));
}

void tst_FifoQueue::QUEUE_4_memoryIsForWhatWaits_data()
{
    QTest::addColumn<int>("oneIn");
    QTest::newRow("every tenth stays") << 10;
    QTest::newRow("every 64th stays") << 64;
    QTest::newRow("every 5000th stays") << 5000;
    QTest::newRow("none stays") << 1'000'000;
}

void tst_FifoQueue::QUEUE_4_memoryIsForWhatWaits()
{
    QFETCH(const int, oneIn);
    constexpr int Count = 500'000;
    Jobs jobs;
    for (int i = 0; i < Count; ++i)
        add(jobs);
    const qint64 before = bytes;
    FifoQueue queue;
    for (const auto &job : jobs)
        queue.push(*job);
    QVERIFY(bytes - before >= Count * 8); // it is measured
    int waiting = 0;
    for (int i = 0; i < Count; ++i) {
        if (i % oneIn == oneIn / 2)
            ++waiting;
        else
            queue.remove(*jobs[std::size_t(i)]);
    }
    const qint64 used = bytes - before;
    QVERIFY2(used <= 1024 + waiting * 600, qPrintable(QString::number(used)));
}

QTEST_GUILESS_MAIN(tst_FifoQueue)

#include "tst_fifoqueue.moc"
