// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "job/jobmemory.h"

#include "prefetch.h"
#include "threadlocal.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <mutex>
#include <new>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define MILLWRIGHT_PLAIN_MEMORY
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MILLWRIGHT_PLAIN_MEMORY
#endif
#endif

namespace Millwright {

#ifdef MILLWRIGHT_PLAIN_MEMORY

// So that the sanitizer sees every use after the end.
void *JobMemory::allocate(std::size_t size)
{
    return ::operator new(size);
}

void JobMemory::release(void *memory, std::size_t) noexcept
{
    ::operator delete(memory);
}

#else

namespace {

constexpr std::size_t CacheLine = 64;
constexpr std::size_t Classes = 8; // up to 512 bytes; larger jobs are left to the allocator
constexpr std::size_t SlabSize = 32 * 1024; // a power of two, and the alignment of slabs
constexpr std::size_t PrefetchDistance = 3; // blocks
constexpr int MostMagazines = 128; // kept for each class, of the full ones and of the empty ones

// Free blocks on their way from thread to thread. Their addresses stand here and not in the blocks, so
// that nobody has to touch the blocks to pass them on.
struct Magazine
{
    static constexpr std::size_t Capacity = 62;

    Magazine *next = nullptr;
    std::size_t count = 0;
    std::array<void *, Capacity> blocks;

    [[nodiscard]] bool isEmpty() const { return count == 0; }
    [[nodiscard]] bool isFull() const { return count == Capacity; }
    void *take(std::size_t size)
    {
        void *block = blocks[--count];
        // Other threads have used these, so they are in the caches of other processors.
        if (count >= PrefetchDistance)
            prefetchForWriting(blocks[count - PrefetchDistance], size);
        return block;
    }
    void put(void *block) { blocks[count++] = block; }
};

std::size_t classOf(std::size_t size)
{
    return (size - 1) / CacheLine;
}

// A piece of memory that is cut into blocks of one size, as they are needed.
class alignas(CacheLine) Slab
{
public:
    static Slab *create(std::size_t blockSize)
    {
        return new (::operator new(SlabSize, std::align_val_t(SlabSize))) Slab(blockSize);
    }
    static void destroy(Slab *slab) { ::operator delete(slab, std::align_val_t(SlabSize)); }
    static Slab *of(void *block)
    {
        return reinterpret_cast<Slab *>(reinterpret_cast<std::uintptr_t>(block)
                                        & ~std::uintptr_t(SlabSize - 1));
    }

    [[nodiscard]] bool isFull() const { return m_given == m_blocks; }
    [[nodiscard]] bool isUnused() const { return m_given == 0; }
    void *give()
    {
        ++m_given;
        while (m_free[m_latest] == 0)
            m_latest = (m_latest + 1) % m_free.size();
        const auto bit = std::size_t(std::countr_zero(m_free[m_latest]));
        m_free[m_latest] &= m_free[m_latest] - 1;
        return reinterpret_cast<char *>(this + 1) + CacheLine * (m_latest * WordSize + bit);
    }
    void take(void *block)
    {
        const auto offset = std::size_t(static_cast<char *>(block)
                                        - reinterpret_cast<char *>(this + 1));
        const std::size_t index = offset / CacheLine;
        --m_given;
        m_free[index / WordSize] |= quint64(1) << (index % WordSize);
        m_latest = index / WordSize;
    }

private:
    friend class Depot;

    static constexpr std::size_t WordSize = 64;

    explicit Slab(std::size_t blockSize) : m_blocks((SlabSize - sizeof(Slab)) / blockSize)
    {
        const std::size_t lines = blockSize / CacheLine;
        for (std::size_t i = 0; i < m_blocks * lines; i += lines)
            m_free[i / WordSize] |= quint64(1) << (i % WordSize);
    }

    const std::size_t m_blocks;
    std::size_t m_given = 0;
    std::size_t m_latest = 0; // the word of the block that came back last
    // A bit for each cache line that a free block begins with. The blocks themselves are not touched: they
    // may be in the caches of other processors, or in none.
    std::array<quint64, SlabSize / CacheLine / WordSize> m_free{};
    Slab *m_previous = nullptr; // in the list of slabs with room
    Slab *m_next = nullptr;
};

// Where full magazines are left by those who destroy jobs, for those who make them; and the slabs that
// the blocks are from.
class Depot
{
public:
    // For an empty one, or none, which becomes the depot's.
    Magazine *takeFull(Magazine *empty, std::size_t blockSize)
    {
        const std::lock_guard locker(m_mutex);
        if (m_fullCount > 0) {
            --m_fullCount;
            if (empty)
                keepEmpty(empty);
            return std::exchange(m_full, m_full->next);
        }
        if (!empty)
            empty = new Magazine;
        try {
            while (!empty->isFull())
                empty->put(cut(blockSize));
        } catch (const std::bad_alloc &) {
            if (empty->isEmpty()) {
                keepEmpty(empty);
                throw;
            }
        }
        return empty;
    }

    // Returns an empty one, or none if there is no memory left for it.
    Magazine *putFull(Magazine *full) noexcept
    {
        const std::lock_guard locker(m_mutex);
        if (m_fullCount == MostMagazines) {
            putBlocks(*full);
            return full;
        }
        full->next = std::exchange(m_full, full);
        ++m_fullCount;
        if (m_emptyCount == 0)
            return new (std::nothrow) Magazine;
        --m_emptyCount;
        return std::exchange(m_empty, m_empty->next);
    }

    // Of a thread that ends, or that has no more use for it.
    void putRest(Magazine *magazine) noexcept
    {
        const std::lock_guard locker(m_mutex);
        putBlocks(*magazine);
        keepEmpty(magazine);
    }

    void *takeBlock(std::size_t blockSize)
    {
        const std::lock_guard locker(m_mutex);
        return cut(blockSize);
    }

    void putBlock(void *block) noexcept
    {
        const std::lock_guard locker(m_mutex);
        put(block);
    }

private:
    void *cut(std::size_t blockSize)
    {
        if (!m_withRoom)
            link(Slab::create(blockSize));
        Slab *slab = m_withRoom;
        void *block = slab->give();
        if (slab->isFull())
            unlink(slab);
        return block;
    }

    void put(void *block) noexcept
    {
        Slab *slab = Slab::of(block);
        if (slab->isFull())
            link(slab);
        slab->take(block);
        if (slab->isUnused()) {
            unlink(slab);
            Slab::destroy(slab);
        }
    }

    void putBlocks(Magazine &magazine) noexcept
    {
        while (!magazine.isEmpty())
            put(magazine.blocks[--magazine.count]);
    }

    void keepEmpty(Magazine *magazine) noexcept
    {
        if (m_emptyCount == MostMagazines) {
            delete magazine;
            return;
        }
        magazine->next = std::exchange(m_empty, magazine);
        ++m_emptyCount;
    }

    void link(Slab *slab) noexcept
    {
        slab->m_previous = nullptr;
        slab->m_next = m_withRoom;
        if (m_withRoom)
            m_withRoom->m_previous = slab;
        m_withRoom = slab;
    }

    void unlink(Slab *slab) noexcept
    {
        (slab->m_previous ? slab->m_previous->m_next : m_withRoom) = slab->m_next;
        if (slab->m_next)
            slab->m_next->m_previous = slab->m_previous;
    }

    std::mutex m_mutex;
    Magazine *m_full = nullptr;
    int m_fullCount = 0;
    Magazine *m_empty = nullptr;
    int m_emptyCount = 0;
    Slab *m_withRoom = nullptr;
};

using Depots = std::array<Depot, Classes>;

Depots &depots()
{
    static auto *const all = new Depots; // outlives every thread
    return *all;
}

// What one thread has at hand of one class: a magazine to take from and one to fill.
struct Stock
{
    Magazine *taking = nullptr;
    Magazine *filling = nullptr;
};

struct Stocks : std::array<Stock, Classes>
{
    ~Stocks();
};

// Plain pointers, so that access costs no check; the object behind them registers its destructor.
MILLWRIGHT_TLS_MODEL constinit thread_local Stocks *t_stocks = nullptr;
constinit thread_local bool t_ended = false;

Stocks::~Stocks()
{
    t_stocks = nullptr;
    t_ended = true;
    for (std::size_t i = 0; i < Classes; ++i) {
        for (Magazine *magazine : {(*this)[i].taking, (*this)[i].filling}) {
            if (magazine)
                depots()[i].putRest(magazine);
        }
    }
}

Stocks *makeStocks()
{
    if (t_ended)
        return nullptr;
    static thread_local Stocks stocks;
    t_stocks = &stocks;
    return t_stocks;
}

// What is left to be done when no block is at hand.
Q_NEVER_INLINE void *allocateAnew(std::size_t size)
{
    const std::size_t sizeClass = classOf(size);
    if (sizeClass >= Classes)
        return ::operator new(size);
    const std::size_t blockSize = (sizeClass + 1) * CacheLine;
    Stocks *all = t_stocks ? t_stocks : makeStocks();
    if (!all) // a destructor of another thread_local
        return depots()[sizeClass].takeBlock(blockSize);
    Stock &stock = (*all)[sizeClass];
    if (stock.filling && !stock.filling->isEmpty())
        std::swap(stock.taking, stock.filling);
    else
        stock.taking = depots()[sizeClass].takeFull(std::exchange(stock.taking, nullptr),
                                                    blockSize);
    return stock.taking->take(size);
}

// And when there is no room for one.
Q_NEVER_INLINE void releaseAnew(void *memory, std::size_t size) noexcept
{
    const std::size_t sizeClass = classOf(size);
    if (sizeClass >= Classes) {
        ::operator delete(memory);
        return;
    }
    Stocks *all = t_stocks ? t_stocks : makeStocks();
    if (!all) {
        depots()[sizeClass].putBlock(memory);
        return;
    }
    Magazine *&filling = (*all)[sizeClass].filling;
    filling = filling ? depots()[sizeClass].putFull(filling) : new (std::nothrow) Magazine;
    if (filling)
        filling->put(memory);
    else
        depots()[sizeClass].putBlock(memory);
}

} // namespace

void *JobMemory::allocate(std::size_t size)
{
    const std::size_t sizeClass = classOf(size);
    if (t_stocks && sizeClass < Classes) [[likely]] {
        Magazine *taking = (*t_stocks)[sizeClass].taking;
        if (taking && !taking->isEmpty()) [[likely]]
            return taking->take(size);
    }
    return allocateAnew(size);
}

void JobMemory::release(void *memory, std::size_t size) noexcept
{
    const std::size_t sizeClass = classOf(size);
    if (t_stocks && sizeClass < Classes) [[likely]] {
        Magazine *filling = (*t_stocks)[sizeClass].filling;
        if (filling && !filling->isFull()) [[likely]] {
            filling->put(memory);
            return;
        }
    }
    releaseAnew(memory, size);
}

#endif

} // namespace Millwright
