// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/section.h"
#include "job/errors.h"
#include "logging.h"
#include "settingchecks.h"

#include <algorithm>

namespace Millwright {

// --- The number of workers --------------------------------------------------------------------

void Engine::setWorkerCount(int count)
{
    if (isCalledByPolicy("setWorkerCount"))
        return;
    if (!isUsable(m_name, "worker count", count))
        return;
    Section section(*this);
    setWorkerCount(count, section);
}

void Engine::setWorkerCount(int count, Section &section)
{
    if (isOver() || m_closing || count == m_workerCount)
        return;
    const int before = m_workerCount;
    m_workerCount = count;
    m_isUneven = m_isUneven || count < before;
    fillSlots(section);
    for (std::optional<LoadIndex> *index : {&m_loads, &m_crowds}) {
        if (*index)
            (*index)->resize(std::size_t(count));
    }
    for (int id = before; id < count; ++id)
        noteLoad(*m_slots[std::size_t(id)]); // it may have been leaving, with jobs of its own
    for (std::size_t i = std::size_t(count); i < m_slots.size(); ++i) {
        m_slots[i]->leaving = true; // all of them, before the router is asked again
        if (m_slots[i]->station)
            relist(*m_slots[i]);
    }
    for (std::size_t i = std::size_t(count); i < m_slots.size(); ++i)
        dismiss(*m_slots[i], section);
    if (before == 0 && m_queued > 0)
        reroute(nullptr, section); // nobody could be asked before
    callNext(section);
}

// Makes sure that there is a slot, and once the factory is started a worker, for every id.
void Engine::fillSlots(Section &section)
{
    while (m_slots.size() < std::size_t(m_workerCount))
        m_slots.push_back(std::make_unique<WorkerSlot>(int(m_slots.size())));
    if (m_state == FactoryState::Idle)
        return;
    for (int id = 0; id < m_workerCount; ++id)
        fill(*m_slots[std::size_t(id)], section);
}

void Engine::fill(WorkerSlot &slot, Section &section)
{
    if (slot.state == WorkerState::Absent) {
        slot.leaving = false;
        slot.station = &stationFor(slot, section);
        ++slot.station->hosted;
        addChore(slot, WorkerState::Starting, section);
    } else if (slot.leaving) {
        slot.leaving = false;
        if (slot.state == WorkerState::Stopping && slot.station->chores.contains(slot)
            && !slot.station->closing) {
            slot.station->chores.remove(slot); // it never knew
            slot.state = WorkerState::Idle;
        }
        relist(slot);
    }
}

Station &Engine::stationFor(const WorkerSlot &slot, Section &section)
{
    if (m_threadCount > 0 && m_isRehousing) {
        if (Station *station = emptiestStation())
            return *station;
    } else if (m_threadCount > 0 && m_stations.size() >= std::size_t(m_threadCount)) {
        return *m_stations[std::size_t(slot.id) % m_stations.size()];
    }
    const std::shared_ptr<Station> station = m_host->createStation(
        QStringLiteral("%1 %2").arg(m_name).arg(slot.id));
    m_stations.push_back(station);
    section.open(station);
    return *station;
}

// Where the next worker lives once threads were replaced; nullptr if there is a thread too few.
Station *Engine::emptiestStation() const
{
    Station *emptiest = nullptr;
    int open = 0;
    for (const auto &station : m_stations) {
        if (station->closing)
            continue;
        ++open;
        if (!emptiest || station->hosted < emptiest->hosted)
            emptiest = station.get();
    }
    return open < m_threadCount ? nullptr : emptiest;
}

// Its thread ends soon. There is nothing of the worker on it any more.
void Engine::move(WorkerSlot &slot, Section &section)
{
    Q_ASSERT(!slot.isFree && !slot.station->ready.contains(slot));
    Station &before = *slot.station;
    before.lastWorker = slot.id;
    --before.hosted;
    slot.station = &stationFor(slot, section);
    ++slot.station->hosted;
    if (before.hosted == 0)
        summon(before, section);
}

// The worker is surplus. It goes now if it has nothing to do, and otherwise when it has done it.
void Engine::dismiss(WorkerSlot &slot, Section &section)
{
    slot.leaving = true;
    switch (slot.state) {
    case WorkerState::Idle:
        addChore(slot, WorkerState::Stopping, section);
        break;
    case WorkerState::Starting:
    case WorkerState::Restarting:
        if (slot.incarnation || slot.ownSize > 0)
            break; // asked again by built() and dismantled()
        slot.station->chores.remove(slot);
        vacate(slot, section);
        break;
    case WorkerState::CrashLooping:
        if (slot.incarnation)
            break; // as above
        if (slot.ownSize > 0)
            reroute(&slot, section);
        slot.station->chores.remove(slot);
        vacate(slot, section);
        break;
    case WorkerState::Absent:
        if (slot.ownSize > 0)
            reroute(&slot, section);
        break;
    case WorkerState::Busy:
    case WorkerState::Stopping:
    case WorkerState::Stuck: // only shown
        break;
    }
}

// Nobody has this id any more.
void Engine::vacate(WorkerSlot &slot, Section &section)
{
    Station &station = *slot.station;
    if (slot.state == WorkerState::CrashLooping)
        m_starts.erase({slot.history->startAt, slot.id});
    enter(slot, WorkerState::Absent);
    slot.incarnation.reset();
    relist(slot);
    slot.station = nullptr;
    station.lastWorker = slot.id;
    --station.hosted;
    if (m_threadCount == 0)
        station.closing = true;
    if (station.closing && station.hosted == 0)
        summon(station, section);
    noteStarted(slot, section);
}

// --- Pausing ----------------------------------------------------------------------------------

void Engine::pause()
{
    if (isCalledByPolicy("pause"))
        return;
    Section section(*this);
    if (isOver())
        return;
    m_paused = true;
    takeBackAll(section);
}

void Engine::resume()
{
    if (isCalledByPolicy("resume"))
        return;
    Section section(*this);
    m_paused = false;
    callNext(section);
}

bool Engine::isPaused() const
{
    return read([this] { return bool(m_paused); });
}

// --- Building and dismantling -----------------------------------------------------------------

void Engine::addChore(WorkerSlot &slot, WorkerState state, Section &section)
{
    enter(slot, state);
    relist(slot);
    if (!slot.station->chores.contains(slot))
        slot.station->chores.append(slot);
    summon(*slot.station, section);
}

// A station is about to build or to dismantle the worker.
void Engine::tend(Incarnation &incarnation, Section &section)
{
    incarnation.tendedSince = m_clock->now();
    m_tended.append(incarnation);
    watchLife(section);
}

void Engine::summon(Station &station, Section &section)
{
    if (station.absent) {
        if (station.closing) {
            endAbsent(station, section);
            return;
        }
        station.absent = false;
        section.open(station.shared_from_this());
    }
    expect(station, section);
    if (station.activity != Station::Activity::Quiet)
        return; // it will look by itself
    station.activity = Station::Activity::Called;
    relist(station);
    if (station.closing)
        section.close(station);
    else
        ring(station, section);
}

// The system has no thread for this station. It is asked again as often as the restart policy says.
void Engine::notOpened(Station &station)
{
    const qint64 now = m_clock->now();
    Section section(*this);
    if (station.givenUp)
        return;
    station.absent = true;
    station.activity = Station::Activity::Quiet;
    relist(station);
    m_expected.remove(station);
    if (m_called == &station)
        m_called = nullptr;
    if (m_pinged == &station)
        m_pinged = nullptr;
    while (WorkerSlot *slot = station.chores.first()) {
        station.chores.remove(*slot);
        crashLoop(*slot, QStringLiteral("could not start: the system has no thread for it"), now,
                  section);
        awaitStart(*slot, section);
        noteStarted(*slot, section);
        if (slot->leaving)
            dismiss(*slot, section);
    }
    if (station.absent && station.closing && station.hosted == 0)
        endAbsent(station, section);
    callNext(section);
}

void Engine::endAbsent(Station &station, Section &section)
{
    station.absent = false;
    station.activity = Station::Activity::Serving; // as if it had come for the last time
    ++m_serving;
    relist(station);
    end(station, section);
}

std::optional<Order> Engine::nextChore(Station &station, Section &section)
{
    while (WorkerSlot *slot = station.chores.first()) {
        station.chores.remove(*slot);
        if (slot->incarnation) {
            slot->incarnation->isGoing = true;
            tend(*slot->incarnation, section);
            return Order{Order::Dismantle, slot->incarnation, slot->state == WorkerState::Stopping};
        }
        if (slot->leaving && slot->ownSize == 0) {
            vacate(*slot, section);
            continue;
        }
        slot->incarnation = std::make_shared<Incarnation>(*slot, station, m_clock);
        tend(*slot->incarnation, section);
        return Order{Order::Build, slot->incarnation};
    }
    return std::nullopt;
}

void Engine::build(Incarnation &incarnation)
{
    QString error;
    try {
        const WorkerContext context{incarnation.id, m_name};
        incarnation.worker = m_builder(context);
        if (!incarnation.worker)
            throw JobError(QStringLiteral("the worker builder returned no worker"));
        noticeDeletion(incarnation);
        if (auto *life = dynamic_cast<WorkerLife *>(incarnation.worker.get()))
            life->beginWorker(context);
        if (!incarnation.worker)
            throw JobError(QStringLiteral("the worker was deleted in starting()"));
    } catch (...) {
        incarnation.worker.reset();
        error = errorText(std::current_exception());
        if (error.isEmpty())
            error = QStringLiteral("unknown error");
    }
    built(incarnation, error);
}

void Engine::built(Incarnation &incarnation, const QString &error)
{
    const qint64 now = m_clock->now();
    Section section(*this);
    if (!incarnation.slot)
        return; // given up meanwhile; next() ends the station
    m_tended.remove(incarnation);
    WorkerSlot &slot = *incarnation.slot;
    if (error.isEmpty()) {
        if (slot.state != WorkerState::Starting)
            log(FactoryEvent::WorkerRestarted, slot.id, {}, {}, now);
        bool isReplacement = false;
        if (slot.history) {
            slot.history->noteStart(now);
            isReplacement = std::exchange(slot.history->isOwed, false);
        }
        section.started(slot.id, isReplacement);
        enter(slot, WorkerState::Idle);
        relist(slot);
    } else {
        slot.incarnation.reset(); // the caller's order still holds it
        crashLoop(slot, QStringLiteral("could not start: %1").arg(error), now, section);
        awaitStart(slot, section);
    }
    noteStarted(slot, section);
    if (slot.leaving)
        dismiss(slot, section);
    callNext(section);
}

// The factory runs once every worker has been started, or has been tried.
void Engine::noteStarted(WorkerSlot &slot, Section &section)
{
    if (!slot.awaited)
        return;
    slot.awaited = false;
    if (--m_unstarted == 0)
        proceed(section);
}

void Engine::dismantle(Incarnation &incarnation, bool orderly, bool later)
{
    if (auto *life = dynamic_cast<WorkerLife *>(incarnation.worker.get()); life && orderly) {
        try {
            life->endWorker();
        } catch (...) {
            qCWarning(lcMillwright, "Factory \"%s\": worker %d threw \"%s\" from stopping().",
                      qUtf8Printable(m_name), incarnation.id,
                      qUtf8Printable(errorText(std::current_exception())));
        }
    }
    if (later && incarnation.worker)
        incarnation.worker.release()->deleteLater();
    incarnation.worker.reset();
    dismantled(incarnation);
}

void Engine::dismantled(Incarnation &incarnation)
{
    Section section(*this);
    if (!incarnation.slot)
        return;
    m_tended.remove(incarnation);
    WorkerSlot &slot = *incarnation.slot;
    endSlice(incarnation);
    slot.incarnation.reset();
    if (slot.leaving && slot.ownSize == 0) {
        vacate(slot, section);
    } else {
        const bool isCalledOff = slot.state == WorkerState::Stopping; // the others have failed
        if (incarnation.station.closing) {
            if (isCalledOff)
                owe(slot);
            move(slot, section);
        }
        if (slot.state == WorkerState::CrashLooping) {
            awaitStart(slot, section);
            if (slot.leaving)
                dismiss(slot, section);
            callNext(section);
        } else {
            const bool isFirst = isCalledOff && !incarnation.station.closing;
            addChore(slot, isFirst ? WorkerState::Starting : WorkerState::Restarting, section);
        }
    }
}

} // namespace Millwright
