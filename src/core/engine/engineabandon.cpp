// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/section.h"
#include "supervision/givenup.h"

#include <algorithm>

namespace Millwright {

// --- A worker that does not come back ---------------------------------------------------------

bool Engine::abandon(int worker)
{
    AbstractJob::Pointer job;
    read([&] {
        const bool isKnown = worker >= 0 && std::size_t(worker) < m_slots.size();
        const Incarnation *incarnation = isKnown ? m_slots[std::size_t(worker)]->incarnation.get()
                                                 : nullptr;
        if (incarnation && m_threadCount == 0 && m_engaged.contains(*incarnation))
            job.reset(incarnation->hand.running());
        if (job)
            job->ref();
    });
    if (!job)
        return false;
    const QString key = keyTextOf(*job); // the user's code: not under the lock

    std::shared_ptr<Station> station;
    {
        Section section(*this);
        WorkerSlot &slot = *m_slots[std::size_t(worker)];
        const std::shared_ptr<Incarnation> incarnation = slot.incarnation;
        if (m_discarding || !incarnation || incarnation->hand.running() != job.get())
            return false;
        TakenBack jobs;
        takeBack(*incarnation, jobs);
        account(*incarnation);
        forgetSuspended(*incarnation);
        const Hand::Count count = incarnation->hand.seize();
        const int late = count.settled - incarnation->accounted;
        slot.completed += late;
        m_counters.completed += late;
        putBack(jobs, section);
        for (int i = 0; i < count.claimed; ++i) {
            if (AbstractJob *done = incarnation->hand.at(i)) {
                uncountKey(*done, Standing::WithHolder);
                releaseKey(*done, section);
            }
        }
        m_dealt -= count.end;
        m_engaged.remove(*incarnation);
        m_batches.remove(*incarnation);
        --m_engagedCount;

        Station &old = *slot.station;
        const auto it = std::find_if(m_stations.begin(), m_stations.end(),
                                     [&](const auto &other) { return other.get() == &old; });
        station = std::move(*it);
        m_stations.erase(it);
        incarnation->slot = nullptr;
        old.left.push_back(std::move(slot.incarnation));
        old.givenUp = true;
        if (old.activity == Station::Activity::Serving)
            --m_serving;
        slot.state = WorkerState::Restarting;
        relist(slot);
        ++slot.restarts;
        ++m_counters.restarts;
        slot.station = &stationFor(slot, section);
        ++slot.station->hosted;
        addChore(slot, WorkerState::Restarting, section);
        if (count.running())
            endLost(*incarnation, *job.release(), key, m_clock->now(), section);
        callNext(section);
    }
    station->requestInterruption();
    station->close();
    keepUntilEnded(std::move(station));
    return true;
}

} // namespace Millwright
