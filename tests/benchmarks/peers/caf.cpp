// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "../localpeer.h"
#include "kinds.h"

#include <caf/all.hpp>

namespace {

// CAF refuses plain pointers.
struct TaskMessage
{
    Task *task;
};

} // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(TaskMessage)

namespace {

caf::behavior taskActor()
{
    return {[](TaskMessage message) { message.task->run(); }};
}

// One event-based actor for each worker, on CAF's own scheduler, which has a thread for each
// processor. Jobs go to the actors in turn.
class CafPeer final : public LoopingPeer<CafPeer>
{
public:
    explicit CafPeer(const Setup &setup) : m_system(m_config)
    {
        for (int i = 0; i < setup.workers; ++i)
            m_actors.push_back(m_system.spawn(taskActor));
    }
    ~CafPeer() override
    {
        for (const caf::actor &actor : m_actors)
            caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    }

    void give(Task &task, quint64) override
    {
        const std::size_t next = m_next.fetch_add(1, std::memory_order_relaxed) % m_actors.size();
        caf::anon_send(m_actors[next], TaskMessage{&task});
    }

private:
    caf::actor_system_config m_config;
    caf::actor_system m_system;
    std::vector<caf::actor> m_actors;
    std::atomic<std::size_t> m_next = 0;
};

} // namespace

PeerKind cafKind()
{
    return {
        .name = QStringLiteral("CAF actors"),
        .abilities = {Ability::Flood, Ability::RoundTrip, Ability::Chain},
        .make = [](const Setup &setup) { return std::make_unique<CafPeer>(setup); },
        .mostWorkers = 10'000,
        .mostWaiting = 1'000'000,
    };
}
