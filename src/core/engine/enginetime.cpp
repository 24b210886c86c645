// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/insist.h"
#include "engine/section.h"

#include <algorithm>

namespace Millwright {

void Engine::alarmBy(qint64 time, Section &section)
{
    if (time < m_alarmAt) {
        m_alarmAt = time;
        section.setAlarm();
    }
}

void Engine::onAlarm()
{
    const AlarmScope scope;
    bool reapNow = false;
    bool tokenIsDue = false;
    bool lookIsDue = false;
    {
        Section section(*this);
        section.setQuiet();
        m_alarmAt = Never;
        if (isOver())
            return;
        const qint64 now = m_clock->now();
        if (now >= m_watchAt)
            checkProgress(now, section);
        if (now >= m_sweepAt)
            sweepCanceled(now, section);
        startAgain(now, section);
        if (now >= m_controlAt)
            callControllers(now, section);
        expire(now, section);
        if (now >= m_sampleAt)
            sample(now, section);
        if (now >= m_reapAt) {
            m_reapAt = Never;
            reapNow = true;
        }
        if (now >= m_tokenAt) {
            m_tokenAt = Never;
            tokenIsDue = true;
        }
        if (now >= m_lifeAt) {
            if (now - m_lifeAt >= m_lifeTimeout) // nobody could give a sign of life meanwhile
                m_lifeFrom = now;
            m_lifeAt = Never;
            lookIsDue = true;
        }
        closeIfDrained(section);
        callNext(section);

        qint64 next = std::min({m_watchAt, m_sweepAt, nextStart(), m_reapAt, m_tokenAt, m_sampleAt,
                                m_controlAt, m_lifeAt});
        if (!m_due.isEmpty())
            next = std::min(next, m_due.nextDue());
        alarmBy(std::max(next, now), section); // others may be due since before that
    }
    if (lookIsDue)
        checkLife();
    if (tokenIsDue)
        onTokenDue();
    if (reapNow)
        reap();
}

// Somebody is left asleep, or has jobs in hand, because jobs were short so far. That is looked at soon, and less and
// less often as long as it goes on.
void Engine::watch(Section &section)
{
    if (m_watchAt != Never)
        return;
    const qint64 now = m_clock->now();
    const bool goesOn = now - m_watchedSince < m_watchedFor + WatchInterval;
    m_watchedFor = goesOn ? std::min(2 * m_watchedFor, WatchInterval) : FirstWatch;
    m_watchedSince = now;
    m_submittedSeen = quint64(m_counters.submitted);
    m_watchAt = now + m_watchedFor;
    alarmBy(m_watchAt, section);
}

// The job it runs is no short one, and counts in the estimate before it has ended.
bool Engine::isLong(const Incarnation &incarnation, qint64 now, qint64 interval)
{
    if (!incarnation.hand.count().running())
        return false;
    const qint64 elapsed = now - incarnation.startedAt.load(std::memory_order_relaxed);
    if (elapsed < interval / 2)
        return false;
    m_meanRunTime = std::max(m_meanRunTime, double(elapsed));
    return true;
}

void Engine::noteLongJobs(qint64 now)
{
    for (const Incarnation *i = m_engaged.first(); i; i = m_engaged.next(*i))
        isLong(*i, now, FirstWatch);
}

void Engine::checkProgress(qint64 now, Section &section)
{
    m_watchAt = Never;

    const auto submitted = double(m_counters.submitted - qint64(m_submittedSeen));
    m_producing = int(submitted * SubmitTime / double(now - m_watchedSince) + 0.5);
    bool again = m_producing > 0;
    TakenBack jobs;
    for (Incarnation *i = m_engaged.first(), *next = nullptr; i; i = next) {
        next = m_engaged.next(*i);
        const Hand::Count count = i->hand.count();
        // A hand is to last for BatchTime, a fraction of what has passed, whether it moves or not.
        const bool lasts = std::exchange(i->dealSeen, i->deal) == i->deal;
        const bool holdsUp = count.waiting() > 0 || (m_keepsKeyOrder && count.settled() > 0);
        if (isLong(*i, now, m_watchedFor) || (lasts && holdsUp)) {
            // The estimate was wrong, or the worker's thread is in a continuation of the user's.
            m_meanRunTime = std::max(m_meanRunTime, BatchTime);
            takeBack(*i, jobs);
        } else {
            again = again || holdsUp;
            if (i->slot)
                noteLoad(*i->slot);
        }
    }
    putBack(jobs, section);

    // A station that does not come is busy with something else; do not wait for it.
    if (m_called) {
        if (now - m_calledAt >= m_watchedFor / 2)
            m_called = nullptr;
        again = true;
    }
    // Where somebody is held back although nobody has taken anything since the last look, those who
    // are awake are busy with something else, or jobs are longer than they were.
    if (m_queued + m_ownQueued > 0 && m_deals == m_dealsSeen)
        m_meanRunTime = std::max(m_meanRunTime, BatchTime);
    m_dealsSeen = m_deals;
    // However busy the others are, they do not take what waits for the workers of one station alone:
    // where none of those was called since the last look, more stations may serve.
    constexpr int LooksOfGrace = 8;
    const Station *pending = mayRun() ? m_pending.first() : nullptr; // resume() looks again
    ++m_looks;
    if (!pending)
        m_extraServing = 0;
    else if (pending == m_pendingSeen)
        m_extraServing = std::clamp(2 * m_extraServing, 1, std::max(1, int(m_stations.size())));
    else if (m_extraServing > 0 && m_looks % LooksOfGrace == 0)
        --m_extraServing;
    m_pendingSeen = pending;

    if (again || pending)
        watch(section);
}

void Engine::sweepCanceled(qint64 now, Section &section)
{
    constexpr int MostAtOnce = 1024; // some 20 µs under the lock

    m_sweepAt = Never;
    const PromiseLink *firstSeen = nullptr;
    int looked = 0;
    while (PromiseLink *link = m_promised.first()) {
        if (link == firstSeen || looked == MostAtOnce)
            break;
        ++looked;
        if (link->isCancelRequested()) {
            AbstractJob &job = link->m_job;
            removeWaiting(job, section);
            section.cancel(job);
        } else {
            m_promised.remove(*link);
            m_promised.append(*link);
            if (!firstSeen)
                firstSeen = link;
        }
    }
    if (!m_promised.isEmpty())
        m_sweepAt = now + (looked == MostAtOnce ? WatchInterval : SweepInterval);
}

// Waiting jobs whose time to live has passed go; those whose next attempt is due wait in a queue. What
// is left of many comes with the next alarm, which is due at once.
void Engine::expire(qint64 now, Section &section)
{
    constexpr int MostAtOnce = 1024; // some 100 µs under the lock

    for (int i = 0; i < MostAtOnce && !m_due.isEmpty() && m_due.nextDue() <= now; ++i) {
        AbstractJob &job = *m_due.first();
        if (job.isExpired(now)) {
            removeWaiting(job, section);
            section.discard(job, DiscardReason::TtlExpired);
        } else {
            leaveQueue(job, section);
            job.m_order = 0; // it waits like one that has just come
            if (job.m_extras->awaitsRoom)
                reenter(job, section);
            else
                insist([&] { place(job, destinationOf(job, targetOf(job, section)), section); });
        }
    }
}

} // namespace Millwright
