// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/section.h"
#include "logging.h"
#include "routing/consistentindex.h"

namespace Millwright {

// --- Restart intensity ------------------------------------------------------------------------

void Engine::changeRestartPolicy(const std::function<void(RestartPolicy &)> &change)
{
    if (isCalledByPolicy("setRestartPolicy"))
        return;
    QStringList complaints;
    Section section(*this);
    RestartPolicy policy = m_restartPolicy;
    change(policy);
    m_restartPolicy = policy.corrected(&complaints);
    for (const QString &complaint : complaints)
        section.say(QtWarningMsg, QStringLiteral("Factory \"%1\": %2.").arg(m_name, complaint));
}

RestartPolicy Engine::restartPolicy() const
{
    return read([this] { return m_restartPolicy; });
}

RestartHistory &Engine::historyOf(WorkerSlot &slot)
{
    if (!slot.history)
        slot.history = std::make_unique<RestartHistory>();
    return *slot.history;
}

// The next worker of this id is the replacement of one that was there.
void Engine::owe(WorkerSlot &slot)
{
    ++slot.restarts;
    ++m_counters.restarts;
    historyOf(slot).isOwed = true;
}

// The worker has failed: another one takes its place, at once or after a wait. What it had in hand was
// put back.
void Engine::replaceWorker(WorkerSlot &slot, const QString &error, qint64 now, Section &section)
{
    owe(slot);
    RestartHistory &history = historyOf(slot);
    if (history.noteFailure(m_restartPolicy, now)) {
        addChore(slot, WorkerState::Restarting, section);
    } else {
        QString why = QStringLiteral("has failed too often");
        if (!error.isEmpty())
            why += QStringLiteral(": ") + error;
        crashLoop(slot, why, now, section);
        if (slot.incarnation)
            addChore(slot, WorkerState::CrashLooping, section);
        else
            awaitStart(slot, section);
    }
}

// By somebody else than the factory.
void Engine::noticeDeletion(Incarnation &incarnation)
{
    QObject::connect(incarnation.worker.get(), &QObject::destroyed,
                     [engine = weak_from_this(), weak = incarnation.weak_from_this()] {
                         const auto deprived = weak.lock();
                         if (!deprived || !deprived->worker) // the factory has
                             return;
                         static_cast<void>(deprived->worker.release());
                         if (const auto self = engine.lock())
                             self->workerDeleted(*deprived);
                     });
}

// It may be running a job.
void Engine::workerDeleted(Incarnation &incarnation)
{
    const QString what = QStringLiteral("was deleted");
    bool isSuspended = false;
    {
        Section section(*this);
        WorkerSlot *slot = incarnation.slot;
        if (!slot || (slot->state != WorkerState::Idle && slot->state != WorkerState::Busy))
            return; // it is on its way
        section.say(QtWarningMsg,
                    QStringLiteral("Factory \"%1\": worker %2 %3 and is replaced. A worker belongs "
                                   "to its factory: do not delete it or call its deleteLater(); "
                                   "one that cannot go on throws.")
                        .arg(m_name, QString::number(slot->id), what));
        isSuspended = incarnation.suspended;
        if (!isSuspended) {
            TakenBack jobs;
            takeBack(incarnation, jobs);
            putBack(jobs, section);
            replaceWorker(*slot, what, m_clock->now(), section);
            callNext(section);
        }
    }
    if (isSuspended) // its job is lost
        abandon(incarnation.id, &incarnation);
}

// The worker is not started again before a wait is over. Its jobs do not wait with it, except those
// that were made for it alone.
void Engine::crashLoop(WorkerSlot &slot, const QString &why, qint64 now, Section &section)
{
    RestartHistory &history = historyOf(slot);
    const int number = history.noteWait();
    const std::chrono::nanoseconds wait = m_restartPolicy.backoffBefore(
        number, Detail::mixed(quint64(now), quint64(slot.id)));
    history.startAt = now < Never - wait.count() ? now + wait.count() : Never - 1;

    const QString then = QStringLiteral("next start in %1 ms").arg(wait.count() / 1'000'000);
    log(FactoryEvent::WorkerCrashLooping, slot.id, {}, why + QStringLiteral("; ") + then, now);
    section.crashLooping(slot.id, wait);
    section.say(QtWarningMsg, QStringLiteral("Factory \"%1\": worker %2 %3; %4.")
                                  .arg(m_name)
                                  .arg(slot.id)
                                  .arg(why, then));
    if (slot.state == WorkerState::CrashLooping)
        return;
    enter(slot, WorkerState::CrashLooping);
    relist(slot);
    if (slot.ownSize > 0) {
        reroute(&slot, section);
        callNext(section);
    }
}

void Engine::awaitStart(WorkerSlot &slot, Section &section)
{
    m_starts.emplace(slot.history->startAt, slot.id);
    alarmBy(nextStart(), section);
}

void Engine::startAgain(qint64 now, Section &section)
{
    while (nextStart() <= now) {
        WorkerSlot &slot = *m_slots[std::size_t(m_starts.begin()->second)];
        m_starts.erase(m_starts.begin());
        addChore(slot, WorkerState::CrashLooping, section);
    }
}

void Engine::enter(WorkerSlot &slot, WorkerState state)
{
    const bool was = std::exchange(slot.state, state) == WorkerState::CrashLooping;
    const bool is = state == WorkerState::CrashLooping;
    if (is == was)
        return;
    m_crashLooping += is ? 1 : -1;
    noteLoad(slot);
}

} // namespace Millwright
