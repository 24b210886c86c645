// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "job/slabspace.h"

#include <QTest>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <memory>
#include <new>
#include <vector>

#ifdef Q_OS_LINUX
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#endif

using Millwright::SlabSpace;
using Piece = SlabSpace::Piece;

namespace {

std::deque<Piece> take(SlabSpace &space, int count)
{
    std::deque<Piece> pieces;
    for (int i = 0; i < count; ++i) {
        pieces.push_back(space.take());
        std::memset(pieces.back().memory, i % 251, SlabSpace::SlabSize);
    }
    return pieces;
}

void give(SlabSpace &space, const std::deque<Piece> &pieces)
{
    for (const Piece &piece : pieces)
        space.give(piece);
}

#ifdef Q_OS_LINUX

//! How many slabs' worth of memory these places have; none for one that is not mapped.
int backed(const std::deque<Piece> &pieces)
{
    const auto pageSize = std::size_t(sysconf(_SC_PAGESIZE));
    std::size_t pages = 0;
    for (const Piece &piece : pieces) {
        std::vector<unsigned char> states((SlabSpace::SlabSize + pageSize - 1) / pageSize);
        if (mincore(piece.memory, SlabSpace::SlabSize, states.data()) == 0)
            pages += std::size_t(std::count_if(states.begin(), states.end(),
                                               [](unsigned char state) { return state & 1; }));
    }
    return int(pages * pageSize / SlabSpace::SlabSize);
}

int mapped(const std::deque<Piece> &pieces)
{
    return int(std::count_if(pieces.begin(), pieces.end(), [](const Piece &piece) {
        unsigned char state = 0;
        return mincore(piece.memory, 1, &state) == 0;
    }));
}

#endif

} // namespace

class tst_SlabSpace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void piecesAreAlignedAndApart();
#ifdef Q_OS_LINUX
    void fewAreTakenOneByOne();
    void whatIsUnusedGoes();
    void areasStayWholeWhileTheyEmptyInTurn();
    void fewThatStayDoNotKeepTheOthers();
    void whatWasGivenBackIsTakenAgain();
    void withoutRoomForAnAreaTheyAreTakenOneByOne();
#endif
};

void tst_SlabSpace::piecesAreAlignedAndApart()
{
    SlabSpace space;
    for (int round = 0; round < 3; ++round) {
        const std::deque<Piece> pieces = take(space, 300);
        for (int i = 0; i < 300; ++i) {
            const auto *bytes = static_cast<const unsigned char *>(pieces[std::size_t(i)].memory);
            QCOMPARE(std::uintptr_t(bytes) % SlabSpace::SlabSize, 0U);
            QCOMPARE(int(bytes[0]), i % 251);
            QCOMPARE(std::memcmp(bytes, bytes + 1, SlabSpace::SlabSize - 1), 0);
        }
        give(space, pieces);
    }
}

#ifdef Q_OS_LINUX

void tst_SlabSpace::fewAreTakenOneByOne()
{
    SlabSpace space;
    const std::deque<Piece> few = take(space, SlabSpace::MostSingle);
    for (const Piece &piece : few)
        QVERIFY(!piece.area);
    const std::deque<Piece> more = take(space, SlabSpace::SlabsPerArea + 1);
    QVERIFY(more.front().area);
    for (int i = 0; i < SlabSpace::SlabsPerArea; ++i)
        QCOMPARE(more[std::size_t(i)].area, more.front().area);
    QVERIFY(more.back().area != more.front().area);
    give(space, few);
    give(space, more);
}

// The backlog grows and is worked off, again and again: the next one finds some of it, but not all.
void tst_SlabSpace::whatIsUnusedGoes()
{
    constexpr int Areas = 10;
    SlabSpace space;
    const std::deque<Piece> few = take(space, SlabSpace::MostSingle);
    for (int round = 0; round < 3; ++round) {
        const std::deque<Piece> waiting = take(space, Areas * SlabSpace::SlabsPerArea);
        QCOMPARE(backed(waiting), int(waiting.size()));
        give(space, waiting);
        const int rest = backed(waiting);
        QVERIFY2(rest > 0 && rest <= SlabSpace::MostIdle, qPrintable(QString::number(rest)));
        QVERIFY(mapped(waiting) <= SlabSpace::MostIdle);
    }
    give(space, few);
}

// A huge page that was cut up for the last jobs on it would cost more than it spares.
void tst_SlabSpace::areasStayWholeWhileTheyEmptyInTurn()
{
    SlabSpace space;
    const std::deque<Piece> few = take(space, SlabSpace::MostSingle);
    std::deque<Piece> waiting = take(space, 3 * SlabSpace::SlabsPerArea);
    std::deque<Piece> gone;
    while (int(gone.size()) < SlabSpace::MostIdle) {
        gone.push_back(waiting.front());
        space.give(waiting.front());
        waiting.pop_front();
        QCOMPARE(backed(gone), int(gone.size()));
    }
    give(space, waiting);
    QVERIFY(backed(gone) < int(gone.size()));
    give(space, few);
}

void tst_SlabSpace::fewThatStayDoNotKeepTheOthers()
{
    constexpr int Areas = 20;
    SlabSpace space;
    const std::deque<Piece> few = take(space, SlabSpace::MostSingle);
    const std::deque<Piece> pieces = take(space, Areas * SlabSpace::SlabsPerArea);
    QCOMPARE(backed(pieces), int(pieces.size()));
    std::deque<Piece> staying;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (i % SlabSpace::SlabsPerArea == 7)
            staying.push_back(pieces[i]);
        else
            space.give(pieces[i]);
    }
    QCOMPARE(int(staying.size()), Areas);
    const int rest = backed(pieces);
    QVERIFY2(rest >= Areas && rest <= 2 * Areas + SlabSpace::MostIdle,
             qPrintable(QString::number(rest)));
    for (std::size_t i = 0; i < staying.size(); ++i) { // they have kept what is theirs
        const auto *bytes = static_cast<const unsigned char *>(staying[i].memory);
        QCOMPARE(int(bytes[0]), int(i * SlabSpace::SlabsPerArea + 7) % 251);
        QCOMPARE(std::memcmp(bytes, bytes + 1, SlabSpace::SlabSize - 1), 0);
    }
    give(space, staying);
    give(space, few);
}

void tst_SlabSpace::whatWasGivenBackIsTakenAgain()
{
    constexpr int Areas = 8;
    SlabSpace space;
    const std::deque<Piece> few = take(space, SlabSpace::MostSingle);
    std::deque<Piece> pieces = take(space, Areas * SlabSpace::SlabsPerArea);
    std::deque<Piece> staying;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (i % SlabSpace::SlabsPerArea == 0)
            staying.push_back(pieces[i]);
        else
            space.give(pieces[i]);
    }
    const std::deque<Piece> others = take(space, int(pieces.size() - staying.size()));
    std::deque<Piece> all = staying;
    all.insert(all.end(), others.begin(), others.end());
    const auto byAddress = [](const Piece &a, const Piece &b) { return a.memory < b.memory; };
    std::sort(all.begin(), all.end(), byAddress);
    std::sort(pieces.begin(), pieces.end(), byAddress);
    for (std::size_t i = 0; i < pieces.size(); ++i)
        QCOMPARE(all[i].memory, pieces[i].memory);
    give(space, all);
    give(space, few);
}

void tst_SlabSpace::withoutRoomForAnAreaTheyAreTakenOneByOne()
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("Sanitizers need all the address space.");
#endif
    SlabSpace space;
    const std::deque<Piece> few = take(space, SlabSpace::MostSingle);
    rlimit before{};
    QCOMPARE(getrlimit(RLIMIT_AS, &before), 0);
    rlimit tight = before;
    tight.rlim_cur = 1; // what is mapped stays, and the allocator has room in that
    std::vector<std::unique_ptr<char[]>> room;
    for (int i = 0; i < 100; ++i)
        room.push_back(std::make_unique<char[]>(4096));
    room.erase(room.begin(), room.end() - 1);
    QCOMPARE(setrlimit(RLIMIT_AS, &tight), 0);
    Piece piece;
    try {
        piece = space.take();
    } catch (const std::bad_alloc &) {
    }
    setrlimit(RLIMIT_AS, &before);
    QVERIFY(piece.memory);
    QVERIFY(!piece.area);
    space.give(piece);
    const std::deque<Piece> more = take(space, 2);
    QVERIFY(more.front().area);
    give(space, more);
    give(space, few);
}

#endif

QTEST_GUILESS_MAIN(tst_SlabSpace)
#include "tst_slabspace.moc"
