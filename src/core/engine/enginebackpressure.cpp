// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/section.h"
#include "logging.h"
#include "statistics/telllayer.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qthread.h>

#include <algorithm>
#include <utility>

namespace Millwright {

namespace {

bool isGuiThread()
{
    const QCoreApplication *application = QCoreApplication::instance();
    return application && application->inherits("QGuiApplication")
           && application->thread() == QThread::currentThread();
}

} // namespace

// --- Water marks ------------------------------------------------------------------------------

void Engine::setHighWaterMark(qsizetype mark)
{
    if (isCalledByPolicy("setHighWaterMark"))
        return;
    Section section(*this);
    m_highWaterMark = std::max<qsizetype>(FactorySettings::Unlimited, mark);
}

void Engine::setLowWaterMark(qsizetype mark)
{
    if (isCalledByPolicy("setLowWaterMark"))
        return;
    Section section(*this);
    m_lowWaterMark = std::max<qsizetype>(FactorySettings::Unlimited, mark);
}

qsizetype Engine::highWaterMark() const
{
    return read([this] { return m_highWaterMark; });
}

qsizetype Engine::lowWaterMark() const
{
    return read([this] { return m_lowWaterMark; });
}

// Once congested, always until the low mark is reached: one job more or less changes nothing.
void Engine::noteCongestion(qint64 waiting)
{
    const qsizetype low = m_lowWaterMark < 0 ? m_highWaterMark / 2
                                             : std::min(m_lowWaterMark, m_highWaterMark);
    m_isCongested = m_highWaterMark >= 0 && waiting > (m_isCongested ? low : m_highWaterMark);
    m_published.congested.store(m_isCongested, std::memory_order_relaxed);
}

// --- Room -------------------------------------------------------------------------------------

QFuture<void> Engine::whenCapacityAvailable()
{
    QPromise<void> promise;
    promise.start();
    QFuture<void> future = promise.future();
    if (isCalledByPolicy("whenCapacityAvailable"))
        return future; // ends canceled
    Section section(*this);
    m_roomPromises.push_back(std::move(promise));
    m_roomIsWatched = true; // it may be there now: the end of the section finds it
    return future;
}

qint64 Engine::roomReturns() const
{
    return read([this] { return m_roomReturns; });
}

// Whether a job that could go to any worker would be accepted without another one being shed.
bool Engine::hasRoom() const
{
    if (m_limit < 0)
        return true;
    if (m_awaitingToken > 0)
        return !isWaitingAtLeast(totalLimit());
    if (m_waitingPlace == WaitingPlace::AtWorkers)
        return capacityWith(waitingInQueues() + waitingInHands()) > 0;
    return !isFull({});
}

// Changes whenever somebody who was refused had better try again. Not when another one is refused or
// shed, which leaves as many as before.
RoomEpoch Engine::roomEpoch() const
{
    const Counters &c = m_counters;
    const qint64 discarded = c.discarded() - c.discarded(DiscardReason::Loadshed);
    return {qint64(m_deals), c.completed + c.failed + discarded + c.canceled + c.lost,
            qint64(m_limit), qint64(m_workerCount),
            qint64(m_free),  mayRun() ? 1 : 0};
}

void Engine::noteLackOfRoom()
{
    if (!std::exchange(m_lacksRoom, true))
        m_lacksRoomSince = roomEpoch();
    m_roomIsWatched = true;
}

// At the end of a section, if anybody cares: who is to be told that there is room, or that there
// will be none any more. nullptr if nobody is.
std::unique_ptr<RoomNews> Engine::findRoom()
{
    const bool isOver = m_state > FactoryState::Running;
    if (!isOver && !hasRoom())
        return nullptr;
    const RoomEpoch epoch = roomEpoch();
    if (m_lacksRoom && (isOver || epoch != m_lacksRoomSince)) {
        m_lacksRoom = false;
        m_roomReturns += isOver ? 0 : 1;
    }
    std::unique_ptr<RoomNews> news;
    if (!m_roomPromises.empty() || !m_roomWaiters.empty()) {
        news = std::make_unique<RoomNews>();
        news->isOver = isOver;
        news->promises.swap(m_roomPromises);
        // Each place is for one of those who wait; who was told and has not come yet has his.
        qint64 places = Never;
        if (!isOver && m_limit >= 0)
            places = std::max<qint64>(1, capacityWith(waitingInQueues())) - m_roomTold;
        for (auto it = m_roomWaiters.begin(); it != m_roomWaiters.end() && places > 0;) {
            RoomWaiter &waiter = **it;
            if (!isOver && waiter.seen == epoch) {
                ++it;
                continue;
            }
            waiter.isTold = true;
            waiter.place.reset();
            ++m_roomTold;
            --places;
            news->waiters.push_back(std::move(*it));
            it = m_roomWaiters.erase(it);
        }
    }
    m_roomIsWatched = m_lacksRoom || !m_roomWaiters.empty();
    return news;
}

// --- Waiting for room -------------------------------------------------------------------------

std::optional<DiscardReason> Engine::submitFor(AbstractJob &job, QDeadlineTimer deadline)
{
    if (m_mutex.isMine())
        return submit(job); // says what is wrong

    stamp(job);
    const std::shared_ptr<StatisticsLayer> layer = statisticsLayer();
    tellLayer(layer.get(), &StatisticsLayer::jobSubmitted, job);
    enum { FirstTry, Waiting, LastTry } stage = FirstTry;
    const auto waiter = std::make_shared<RoomWaiter>();
    for (;;) {
        if (deadline.hasExpired())
            stage = LastTry;
        std::optional<DiscardReason> refused;
        std::shared_ptr<const DiscardHandler> handler;
        {
            Section section(*this);
            const bool wasTold = stopWaiting(*waiter);
            refused = stage == LastTry ? tryAdmit(job, nullptr, section)
                                       : tryPatiently(job, section);
            if (refused != DiscardReason::Loadshed || stage == LastTry) {
                count(refused);
                handler = m_discardHandler;
            } else if (stage == Waiting) {
                waiter->seen = roomEpoch();
                // Who was told and came too late does not lose his place.
                waiter->place = m_roomWaiters.insert(
                    wasTold ? m_roomWaiters.begin() : m_roomWaiters.end(), waiter);
                m_roomIsWatched = true;
            }
        }
        if (refused != DiscardReason::Loadshed || stage == LastTry) {
            if (refused)
                reportRefused(job, *refused, handler, layer.get());
            return refused;
        }
        if (stage == FirstTry)
            stage = warnIfWaitingHarms() ? LastTry : Waiting;
        else
            waiter->await(deadline);
    }
}

// Refuses rather than make room by shedding.
std::optional<DiscardReason> Engine::tryPatiently(AbstractJob &job, Section &section)
{
    if (m_state <= FactoryState::Running && !hasRoom())
        return DiscardReason::Loadshed; // the router need not be asked
    m_isPatient = true;
    const std::optional<DiscardReason> refused = tryAdmit(job, nullptr, section);
    m_isPatient = false;
    return refused;
}

// True if this thread must not wait: then that was said, too.
bool Engine::warnIfWaitingHarms() const
{
    const char *why = nullptr;
    const bool isOwn = read([this] {
        return std::any_of(m_stations.begin(), m_stations.end(),
                           [](const auto &station) { return station->isCurrent(); });
    });
    if (isOwn)
        why = "a worker thread of this factory, which would wait for itself; use dispatch() there";
    else if (AlarmScope::isActive())
        why = "the thread that watches the time for all factories; use dispatch() in discard "
              "handlers";
    else if (isGuiThread())
        why = "the GUI thread, which would freeze; use dispatch() there and try again when "
              "whenCapacityAvailable() ends, or call it on another thread";
    if (!why)
        return false;
    qCWarning(lcMillwright,
              "Factory \"%ls\": dispatchFor() and submitFor() do not wait for room on %s.",
              qUtf16Printable(m_name), why);
    return true;
}

// True if it was told that there is room.
bool Engine::stopWaiting(RoomWaiter &waiter)
{
    if (waiter.place) {
        m_roomWaiters.erase(*waiter.place);
        waiter.place.reset();
    }
    if (!std::exchange(waiter.isTold, false))
        return false;
    --m_roomTold;
    return true;
}

} // namespace Millwright
