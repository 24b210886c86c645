// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "job/jobmemory.h"

#include <array>
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
constexpr int ChainLength = 64;
constexpr int MostChains = 128; // kept for each class

struct Block
{
    Block *next;
    Block *nextChain; // of the first block of a chain
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
    static Slab *of(Block *block)
    {
        return reinterpret_cast<Slab *>(reinterpret_cast<std::uintptr_t>(block)
                                        & ~std::uintptr_t(SlabSize - 1));
    }

    [[nodiscard]] bool isFull() const { return m_given == m_blocks; }
    [[nodiscard]] bool isUnused() const { return m_given == 0; }
    Block *give()
    {
        ++m_given;
        if (m_free)
            return std::exchange(m_free, m_free->next);
        return new (reinterpret_cast<char *>(this + 1) + m_blockSize * m_cut++) Block{};
    }
    void take(Block *block)
    {
        --m_given;
        block->next = std::exchange(m_free, block);
    }

private:
    friend class Depot;

    explicit Slab(std::size_t blockSize)
        : m_blockSize(blockSize)
        , m_blocks((SlabSize - sizeof(Slab)) / blockSize)
    {
    }

    const std::size_t m_blockSize;
    const std::size_t m_blocks;
    std::size_t m_cut = 0;
    std::size_t m_given = 0;
    Block *m_free = nullptr;
    Slab *m_previous = nullptr; // in the list of slabs with room
    Slab *m_next = nullptr;
};

// Where full chains are left by those who destroy jobs, for those who make them; and the slabs they
// are from.
class Depot
{
public:
    Block *takeChain(std::size_t blockSize)
    {
        const std::lock_guard locker(m_mutex);
        if (m_chains) {
            --m_chainCount;
            return std::exchange(m_chains, m_chains->nextChain);
        }
        Block *chain = nullptr;
        for (int i = 0; i < ChainLength; ++i) {
            if (!m_withRoom) {
                if (chain)
                    break;
                link(Slab::create(blockSize));
            }
            Slab *slab = m_withRoom;
            Block *block = slab->give();
            if (slab->isFull())
                unlink(slab);
            block->next = std::exchange(chain, block);
        }
        return chain;
    }

    void putChain(Block *chain) noexcept
    {
        const std::lock_guard locker(m_mutex);
        if (m_chainCount < MostChains) {
            chain->nextChain = std::exchange(m_chains, chain);
            ++m_chainCount;
        } else {
            putBlocks(chain);
        }
    }

    void putRest(Block *blocks) noexcept
    {
        const std::lock_guard locker(m_mutex);
        putBlocks(blocks);
    }

private:
    void putBlocks(Block *block) noexcept
    {
        while (block) {
            Block *next = block->next;
            Slab *slab = Slab::of(block);
            if (slab->isFull())
                link(slab);
            slab->take(block);
            if (slab->isUnused()) {
                unlink(slab);
                Slab::destroy(slab);
            }
            block = next;
        }
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
    Block *m_chains = nullptr;
    int m_chainCount = 0;
    Slab *m_withRoom = nullptr;
};

using Depots = std::array<Depot, Classes>;

Depots &depots()
{
    static auto *const all = new Depots; // outlives every thread
    return *all;
}

// What one thread has at hand of one class: a chain to take from and one to fill.
struct Stock
{
    Block *taking = nullptr;
    Block *filling = nullptr;
    int filled = 0;
};

struct Stocks : std::array<Stock, Classes>
{
    ~Stocks();
};

// Plain pointers, so that access costs no check; the object behind them registers its destructor.
constinit thread_local Stocks *t_stocks = nullptr;
constinit thread_local bool t_ended = false;

Stocks::~Stocks()
{
    t_stocks = nullptr;
    t_ended = true;
    for (std::size_t i = 0; i < Classes; ++i) {
        depots()[i].putRest((*this)[i].taking);
        depots()[i].putRest((*this)[i].filling);
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

Stocks *stocks()
{
    return t_stocks ? t_stocks : makeStocks();
}

} // namespace

void *JobMemory::allocate(std::size_t size)
{
    const std::size_t sizeClass = classOf(size);
    if (sizeClass >= Classes)
        return ::operator new(size);
    const std::size_t blockSize = (sizeClass + 1) * CacheLine;
    Stocks *all = stocks();
    if (!all) { // a destructor of another thread_local
        Block *chain = depots()[sizeClass].takeChain(blockSize);
        if (chain->next)
            depots()[sizeClass].putRest(chain->next);
        return chain;
    }
    Stock &stock = (*all)[sizeClass];
    if (!stock.taking) {
        if (stock.filling) {
            stock.taking = std::exchange(stock.filling, nullptr);
            stock.filled = 0;
        } else {
            stock.taking = depots()[sizeClass].takeChain(blockSize);
        }
    }
    return std::exchange(stock.taking, stock.taking->next);
}

void JobMemory::release(void *memory, std::size_t size) noexcept
{
    const std::size_t sizeClass = classOf(size);
    if (sizeClass >= Classes) {
        ::operator delete(memory);
        return;
    }
    auto *block = new (memory) Block{};
    Stocks *all = stocks();
    if (!all) {
        depots()[sizeClass].putRest(block);
        return;
    }
    Stock &stock = (*all)[sizeClass];
    block->next = std::exchange(stock.filling, block);
    if (++stock.filled == ChainLength) {
        depots()[sizeClass].putChain(std::exchange(stock.filling, nullptr));
        stock.filled = 0;
    }
}

#endif

} // namespace Millwright
