// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "monitor/health.h"

#include <QtCore/qcoreapplication.h>

#include <algorithm>

namespace Millwright {

namespace {

// So many of a hundred jobs may fail before somebody should look at it.
constexpr int FailuresOfHundred = 1;

class Findings
{
    Q_DECLARE_TR_FUNCTIONS(Millwright::Health)

public:
    Findings(const FactorySnapshot &now, const Counters &before) : m_now(now), m_before(before) {}

    void findAll()
    {
        findState();
        findWorkers();
        findQueue();
        findEnds();
        if (m_health.level == Health::Calm && m_now.workerCount > 0
            && m_now.activeWorkers >= m_now.workerCount)
            m_health.level = Health::Busy;
    }
    [[nodiscard]] Health health() const
    {
        Health health = m_health;
        health.reasons = m_critical + m_attention;
        return health;
    }

private:
    void add(Health::Level level, const QString &reason)
    {
        m_health.level = std::max(m_health.level, level);
        (level == Health::Critical ? m_critical : m_attention).append(reason);
    }
    [[nodiscard]] qint64 sinceBefore(qint64 Counters::*member) const
    {
        return std::max<qint64>(0, m_now.counters.*member - m_before.*member);
    }
    [[nodiscard]] qint64 discarded(DiscardReason reason) const
    {
        return std::max<qint64>(0, m_now.counters.discarded(reason) - m_before.discarded(reason));
    }

    void findState()
    {
        if (m_now.state == FactoryState::Failed)
            add(Health::Critical, tr("could not start: %1").arg(m_now.errorString));
        if (m_now.state == FactoryState::Idle && m_now.counters.waiting > 0)
            add(Health::Attention, tr("waiting for start(), jobs: %1").arg(m_now.counters.waiting));
        if (m_now.paused && m_now.counters.waiting > 0)
            add(Health::Attention, tr("paused, waiting jobs: %1").arg(m_now.counters.waiting));
    }

    void findWorkers()
    {
        const auto inState = [&](WorkerState state) {
            return std::count_if(m_now.workers.begin(), m_now.workers.end(),
                                 [=](const auto &worker) { return worker.state == state; });
        };
        const auto stuck = inState(WorkerState::Stuck);
        // A worker may be both, or about to leave.
        const bool somebodyWorks = std::any_of(
            m_now.workers.begin(), m_now.workers.end(), [this](const WorkerSnapshot &worker) {
                return worker.id < m_now.workerCount
                       && (worker.state == WorkerState::Idle || worker.state == WorkerState::Busy);
            });
        const bool nobodyWorks = m_now.workerCount > 0 && !somebodyWorks
                                 && stuck + m_now.crashLoopingWorkers >= m_now.workerCount;
        const Health::Level level = nobodyWorks ? Health::Critical : Health::Attention;
        if (stuck > 0)
            add(level, tr("stuck workers: %1").arg(stuck));
        if (m_now.crashLoopingWorkers > 0)
            add(level, tr("crash-looping workers: %1").arg(m_now.crashLoopingWorkers));
        if (m_now.condemnedThreads > 0)
            add(Health::Attention, tr("threads left behind: %1").arg(m_now.condemnedThreads));
        if (m_now.workerCount == 0 && m_now.counters.waiting > 0
            && m_now.state == FactoryState::Running)
            add(Health::Attention, tr("no workers, waiting jobs: %1").arg(m_now.counters.waiting));
    }

    void findQueue()
    {
        if (const qint64 shed = discarded(DiscardReason::Loadshed))
            add(Health::Attention, tr("jobs shed in the last minute: %1").arg(shed));
        else if (m_now.queueCapacity > 0 && m_now.availableCapacity == 0
                 && m_now.counters.waiting >= m_now.queueCapacity
                 && m_now.state == FactoryState::Running)
            add(Health::Attention, tr("the queue is full"));
        if (const qint64 limited = discarded(DiscardReason::RateLimited))
            add(Health::Attention,
                tr("jobs over the rate limit in the last minute: %1").arg(limited));
        if (const qint64 expired = discarded(DiscardReason::TtlExpired))
            add(Health::Attention, tr("jobs expired in the last minute: %1").arg(expired));
    }

    void findEnds()
    {
        const qint64 failed = sinceBefore(&Counters::failed);
        const qint64 lost = sinceBefore(&Counters::lost);
        if (lost > 0)
            add(Health::Attention, tr("jobs lost in the last minute: %1").arg(lost));
        const qint64 ended = failed + sinceBefore(&Counters::completed);
        if (failed > 0 && failed * 100 >= ended * FailuresOfHundred)
            add(Health::Attention, tr("jobs failed in the last minute: %1").arg(failed));
    }

    const FactorySnapshot &m_now;
    const Counters &m_before;
    Health m_health;
    QStringList m_critical;
    QStringList m_attention;
};

} // namespace

Health Health::of(const FactorySnapshot &now, const Counters &before)
{
    Findings findings(now, before);
    findings.findAll();
    return findings.health();
}

} // namespace Millwright
