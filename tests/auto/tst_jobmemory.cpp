// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "job/jobmemory.h"

#include <QTest>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>
#include <set>
#include <thread>
#include <vector>

namespace {

using Millwright::JobMemory;

constexpr std::size_t Size = 120;
std::atomic<qint64> slabs = 0; // that exist

std::vector<void *> allocate(int count)
{
    std::vector<void *> blocks;
    for (int i = 0; i < count; ++i)
        blocks.push_back(JobMemory::allocate(Size));
    return blocks;
}

void release(const std::vector<void *> &blocks)
{
    for (void *block : blocks)
        JobMemory::release(block, Size);
}

} // namespace

void *operator new(std::size_t size, std::align_val_t alignment)
{
    ++slabs;
    if (void *memory = std::aligned_alloc(std::size_t(alignment), size))
        return memory;
    throw std::bad_alloc();
}

void operator delete(void *memory, std::align_val_t) noexcept
{
    --slabs;
    std::free(memory);
}

class tst_JobMemory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void blocksDoNotOverlap_data();
    void blocksDoNotOverlap();
    void whatABurstTookIsGivenBack();
    void blocksOfAThreadThatEndedAreUsedAgain();
    void threadsMayPassBlocksOn();
};

void tst_JobMemory::blocksDoNotOverlap_data()
{
    QTest::addColumn<std::size_t>("size");
    for (const std::size_t size : {1, 64, 65, 128, 500, 512, 513, 4000})
        QTest::addRow("%zu bytes", size) << size;
}

void tst_JobMemory::blocksDoNotOverlap()
{
    QFETCH(const std::size_t, size);
    std::vector<void *> blocks;
    for (int round = 0; round < 2; ++round) { // new ones, and used ones
        for (int i = 0; i < 1000; ++i) {
            void *block = JobMemory::allocate(size);
            QCOMPARE(std::uintptr_t(block) % alignof(std::max_align_t), 0U);
            std::memset(block, i % 251, size);
            blocks.push_back(block);
        }
        for (int i = 0; i < 1000; ++i) {
            const auto *bytes = static_cast<const unsigned char *>(blocks[std::size_t(i)]);
            for (std::size_t k = 0; k < size; ++k)
                QCOMPARE(int(bytes[k]), i % 251);
            JobMemory::release(blocks[std::size_t(i)], size);
        }
        blocks.clear();
    }
}

void tst_JobMemory::whatABurstTookIsGivenBack()
{
    const std::vector<void *> blocks = allocate(200'000);
    const qint64 most = slabs;
    std::thread(release, blocks).join();
    if (most == 0)
        QSKIP("Built for the address sanitizer: every block is one of the allocator's.");
    // What is kept for the next burst is some 8,000 blocks.
    QVERIFY2(slabs < most / 10, qPrintable(QString::number(slabs)));
}

void tst_JobMemory::blocksOfAThreadThatEndedAreUsedAgain()
{
    release(allocate(1));
    const qint64 before = slabs;
    for (int i = 0; i < 1000; ++i)
        std::thread([] { release(allocate(3)); }).join();
    QVERIFY(slabs <= before + 1);
}

void tst_JobMemory::threadsMayPassBlocksOn()
{
    constexpr int Rounds = 2000;
    std::atomic<bool> failed = false;
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
        threads.emplace_back([&failed, t] {
            for (int i = 0; i < Rounds && !failed; ++i) {
                std::vector<void *> blocks = allocate(1 + i % 300);
                for (void *block : blocks)
                    std::memset(block, t + 1, Size);
                std::thread freeing; // now and then another thread releases them
                for (void *block : blocks) {
                    const auto *bytes = static_cast<const unsigned char *>(block);
                    failed = failed || bytes[0] != t + 1 || bytes[Size - 1] != t + 1;
                }
                if (i % 50 == 0)
                    freeing = std::thread(release, blocks);
                else
                    release(blocks);
                if (freeing.joinable())
                    freeing.join();
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QVERIFY(!failed);
}

QTEST_APPLESS_MAIN(tst_JobMemory)
#include "tst_jobmemory.moc"
