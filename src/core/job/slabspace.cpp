// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "job/slabspace.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <new>

#ifdef Q_OS_LINUX
#include <sys/mman.h>
#endif

namespace Millwright {

namespace {

constexpr std::size_t AreaSize = SlabSpace::SlabsPerArea * SlabSpace::SlabSize;

#ifdef Q_OS_LINUX

// Null if the system has none.
char *map() noexcept
{
    constexpr std::size_t Size = 2 * AreaSize; // in which one that is aligned must be
    void *mapping = mmap(nullptr, Size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED)
        return nullptr;
    char *const begin = static_cast<char *>(mapping);
    const std::size_t before = -reinterpret_cast<std::uintptr_t>(begin) % AreaSize;
    const std::size_t after = Size - AreaSize - before;
    char *const memory = begin + before;
    if (before > 0)
        munmap(begin, before);
    if (after > 0)
        munmap(memory + AreaSize, after);
    madvise(memory, AreaSize, MADV_HUGEPAGE); // small ones will do
    return memory;
}

void unmap(char *memory) noexcept
{
    munmap(memory, AreaSize);
}

void giveBack(char *memory, std::size_t size) noexcept
{
    madvise(memory, size, MADV_DONTNEED);
}

#else

char *map() noexcept
{
    return nullptr;
}

void unmap(char *) noexcept {}

void giveBack(char *, std::size_t) noexcept {}

#endif

} // namespace

//! A bit for each of its slabs.
class SlabSpace::Area
{
public:
    //! Null if there is no memory for one.
    static Area *create() noexcept
    {
        char *memory = map();
        if (!memory)
            return nullptr;
        auto *area = new (std::nothrow) Area(memory);
        if (!area)
            unmap(memory);
        return area;
    }
    ~Area() { unmap(m_memory); }
    Q_DISABLE_COPY_MOVE(Area)

    [[nodiscard]] bool isFull() const { return ~m_used == 0; }
    [[nodiscard]] bool isUnused() const { return m_used == 0; }
    [[nodiscard]] int idle() const { return std::popcount(idleBits()); }
    void *take()
    {
        const quint64 idle = idleBits();
        const int index = std::countr_zero(idle ? idle : ~m_used);
        m_used |= quint64(1) << index;
        m_backed |= m_used;
        return m_memory + std::size_t(index) * SlabSize;
    }
    void give(void *slab)
    {
        const auto index = std::size_t(static_cast<char *>(slab) - m_memory) / SlabSize;
        m_used &= ~(quint64(1) << index);
    }
    void giveBackIdle()
    {
        quint64 idle = idleBits();
        while (idle) { // a row of them at a time
            const int first = std::countr_zero(idle);
            const int count = std::countr_one(idle >> first);
            giveBack(m_memory + std::size_t(first) * SlabSize, std::size_t(count) * SlabSize);
            idle &= idle + (quint64(1) << first);
        }
        m_backed = m_used;
    }

    Area *previous = nullptr; // in the list of those with room
    Area *next = nullptr;

private:
    explicit Area(char *memory) : m_memory(memory) {}

    [[nodiscard]] quint64 idleBits() const { return m_backed & ~m_used; }

    char *const m_memory;
    quint64 m_used = 0;
    quint64 m_backed = ~quint64(0); // may have memory: a huge page is there for all of them
};

static_assert(SlabSpace::SlabsPerArea == std::numeric_limits<quint64>::digits);

SlabSpace::~SlabSpace()
{
    Q_ASSERT(m_single == 0 && m_used == 0);
    giveBackIdle();
}

SlabSpace::Piece SlabSpace::take()
{
    if (!m_withRoom && m_single >= MostSingle) {
        if (Area *area = Area::create()) {
            m_idle += area->idle();
            link(*area);
        }
    }
    if (m_withRoom)
        return takeFrom(*m_withRoom);
    const Piece piece{.memory = ::operator new(SlabSize, std::align_val_t(SlabSize))};
    ++m_single;
    return piece;
}

SlabSpace::Piece SlabSpace::takeFrom(Area &area) noexcept
{
    m_idle -= area.idle();
    const Piece piece{.memory = area.take(), .area = &area};
    m_idle += area.idle();
    ++m_used;
    if (area.isFull())
        unlink(area);
    return piece;
}

void SlabSpace::give(Piece piece) noexcept
{
    if (!piece.area) {
        ::operator delete(piece.memory, std::align_val_t(SlabSize));
        --m_single;
        return;
    }
    Area &area = *piece.area;
    if (area.isFull())
        link(area);
    area.give(piece.memory);
    --m_used;
    ++m_idle;
    if (m_idle > m_used + MostIdle)
        giveBackIdle();
}

void SlabSpace::giveBackIdle() noexcept
{
    Area *next = nullptr;
    for (Area *area = m_withRoom; area; area = next) {
        next = area->next;
        if (area->isUnused()) {
            unlink(*area);
            delete area;
        } else {
            area->giveBackIdle();
        }
    }
    m_idle = 0;
}

void SlabSpace::link(Area &area) noexcept
{
    area.previous = nullptr;
    area.next = m_withRoom;
    if (m_withRoom)
        m_withRoom->previous = &area;
    m_withRoom = &area;
}

void SlabSpace::unlink(Area &area) noexcept
{
    (area.previous ? area.previous->next : m_withRoom) = area.next;
    if (area.next)
        area.next->previous = area.previous;
}

} // namespace Millwright
