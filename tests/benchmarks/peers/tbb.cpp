// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "../localpeer.h"
#include "kinds.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

namespace {

// The thread that waits for the group helps: it is one of the workers.
class TbbPeer final : public LocalPeer
{
public:
    explicit TbbPeer(const Setup &setup)
        : m_limit(tbb::global_control::max_allowed_parallelism, std::size_t(setup.workers + 1))
        , m_arena(setup.workers)
    {
    }
    ~TbbPeer() override { TbbPeer::help(0); }

protected:
    void give(Task &task, quint64) override
    {
        m_arena.enqueue([&task] { task.run(); });
    }

    void giveMany(Task &task, qint64 first, qint64 end, qint64) override
    {
        m_arena.execute([&] {
            for (qint64 i = first; i < end; ++i)
                m_group->run([&task] { task.run(); });
        });
    }

    void help(qint64) override
    {
        m_arena.execute([this] { m_group->wait(); });
    }

private:
    tbb::global_control m_limit;
    tbb::task_arena m_arena;
    // Not a plain member, since its destructor may throw.
    std::unique_ptr<tbb::task_group> m_group = std::make_unique<tbb::task_group>();
};

} // namespace

PeerKind tbbKind()
{
    return {
        .name = QStringLiteral("oneTBB task_group"),
        .abilities = {Ability::Flood, Ability::RoundTrip},
        .make = [](const Setup &setup) { return std::make_unique<TbbPeer>(setup); },
    };
}
