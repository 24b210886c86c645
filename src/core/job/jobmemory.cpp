// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "job/jobmemory.h"

#include <array>
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

constexpr std::size_t Granularity = 32;
constexpr std::size_t Classes = 16; // up to 512 bytes; larger jobs are left to the allocator
constexpr int ChainLength = 64;
constexpr int MostChains = 128; // kept for each class

struct Block
{
    Block *next;
    Block *nextChain; // of the first block of a chain
};
static_assert(sizeof(Block) <= Granularity);

std::size_t classOf(std::size_t size)
{
    return (size - 1) / Granularity;
}

std::size_t sizeOf(std::size_t sizeClass)
{
    return (sizeClass + 1) * Granularity;
}

void freeChain(Block *block)
{
    while (block)
        ::operator delete(std::exchange(block, block->next));
}

// Where full chains are left by those who destroy jobs, for those who make them.
class Exchange
{
public:
    bool put(Block *chain)
    {
        const std::lock_guard locker(m_mutex);
        if (m_count == MostChains)
            return false;
        chain->nextChain = std::exchange(m_chains, chain);
        ++m_count;
        return true;
    }

    Block *take()
    {
        const std::lock_guard locker(m_mutex);
        if (!m_chains)
            return nullptr;
        --m_count;
        return std::exchange(m_chains, m_chains->nextChain);
    }

private:
    std::mutex m_mutex;
    Block *m_chains = nullptr;
    int m_count = 0;
};

using Exchanges = std::array<Exchange, Classes>;

Exchanges &exchanges()
{
    static auto *const all = new Exchanges; // outlives every thread
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
    for (Stock &stock : *this) {
        freeChain(stock.taking);
        freeChain(stock.filling);
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
    if (Stocks *all = stocks()) {
        Stock &stock = (*all)[sizeClass];
        if (!stock.taking) {
            if (stock.filling) {
                stock.taking = std::exchange(stock.filling, nullptr);
                stock.filled = 0;
            } else {
                stock.taking = exchanges()[sizeClass].take();
            }
        }
        if (stock.taking)
            return std::exchange(stock.taking, stock.taking->next);
    }
    return ::operator new(sizeOf(sizeClass));
}

void JobMemory::release(void *memory, std::size_t size) noexcept
{
    const std::size_t sizeClass = classOf(size);
    Stocks *all = sizeClass < Classes ? stocks() : nullptr;
    if (!all) {
        ::operator delete(memory);
        return;
    }
    Stock &stock = (*all)[sizeClass];
    stock.filling = new (memory) Block{stock.filling, nullptr};
    if (++stock.filled == ChainLength) {
        Block *chain = std::exchange(stock.filling, nullptr);
        stock.filled = 0;
        if (!exchanges()[sizeClass].put(chain))
            freeChain(chain);
    }
}

#endif

} // namespace Millwright
