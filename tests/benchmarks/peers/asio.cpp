// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "../localpeer.h"
#include "kinds.h"

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

namespace {

class AsioPeer final : public LoopingPeer<AsioPeer>
{
public:
    explicit AsioPeer(const Setup &setup) : m_pool(std::size_t(setup.workers)) {}
    ~AsioPeer() override { m_pool.join(); }

    void give(Task &task, quint64) override
    {
        boost::asio::post(m_pool, [&task] { task.run(); });
    }

protected:
    void giveBuffer(BufferPool &pool, Buffer &&buffer, quint64) override
    {
        boost::asio::post(m_pool, [&pool, given = std::move(buffer)]() mutable {
            pool.process(std::move(given));
        });
    }

private:
    boost::asio::thread_pool m_pool;
};

} // namespace

PeerKind asioKind()
{
    return {
        .name = QStringLiteral("Boost.Asio thread_pool"),
        .abilities = {Ability::Flood, Ability::RoundTrip, Ability::Chain, Ability::Large},
        .make = [](const Setup &setup) { return std::make_unique<AsioPeer>(setup); },
        .mostWaiting = 1'000'000,
    };
}
