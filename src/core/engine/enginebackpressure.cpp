// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/section.h"
#include "logging.h"
#include "statistics/telllayer.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qscopeguard.h>
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
void Engine::noteCongestion()
{
    if (m_highWaterMark < 0 && !m_isCongested)
        return;
    const qint64 waiting = m_published.waiting;
    const qsizetype low = m_lowWaterMark < 0 ? m_highWaterMark / 2
                                             : std::min(m_lowWaterMark, m_highWaterMark);
    m_isCongested = m_highWaterMark >= 0 && waiting > (m_isCongested ? low : m_highWaterMark);
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

// For a job like this one, as far as it matters which one it is: where the jobs of a key stay together.
QFuture<void> Engine::whenCapacityAvailable(AbstractJob::Pointer probe)
{
    const auto room = std::make_shared<AwaitedRoom>(std::move(probe));
    QFuture<void> future = room->future();
    if (isCalledByPolicy("whenCapacityAvailable"))
        return future; // ends canceled
    Section section(*this);
    m_roomWaiters.push_back(room);
    ++m_awaitedRooms;
    m_roomIsWatched = true; // as above
    return future;
}

qint64 Engine::roomReturns() const
{
    return read([this] { return m_roomReturns; });
}

Engine::Sleeps Engine::sleepsForRoom() const
{
    return read([this] { return Sleeps{m_roomSleeps, m_roomCalls}; });
}

// Whether some job could be placed without another one being shed.
bool Engine::hasPlace()
{
    if (m_limit < 0)
        return true;
    if (m_waitingPlace != WaitingPlace::AtWorkers || m_workerCount == 0)
        return !isFull({});
    if (workersReady() > 0)
        return true;
    if (m_limit == 0)
        return false;
    if (m_crashLooping > 0 && !isFull({}))
        return true;
    if (!m_crowds || std::exchange(m_crowdsMayRun, mayRun()) != mayRun())
        fillIndex(m_crowds);
    return m_crowds->leastLoad() < m_limit;
}

// Whether some job would be accepted.
bool Engine::hasRoom(Admission admission)
{
    switch (admission) {
    case Admission::Open:
        return hasPlace();
    case Admission::Delayed:
        return m_limit < 0 || !isWaitingAtLeast(totalLimit());
    case Admission::Closed:
        break;
    }
    return false;
}

// Whether there is room for this one, as far as can be said without asking the router. Where the rate
// limit would refuse it, it still waits for its place, and hears of that then.
bool Engine::mayEnter(const RoomSeeker &seeker, Admission admission)
{
    if (admission == Admission::Delayed || m_limit < 0)
        return hasRoom(admission == Admission::Closed ? Admission::Open : admission);
    WorkerSlot *target = chosenFor(seeker);
    if (m_waitingPlace == WaitingPlace::AtWorkers) {
        if (!target && seeker.restarts < 0)
            return hasPlace();
    } else if (m_keepsKeyOrder) {
        const KeyUse *use = useOf(seeker.job);
        target = use && use->held() > 0 ? use->holder : nullptr;
    }
    return !isFull(destinationOf(seeker.job, target));
}

// Where jobs of one key stay together, the router may be asked although no job comes. Once, and again when
// workers have come, gone or failed.
void Engine::choose(RoomWaiter &waiter, Section &section)
{
    const qint64 restarts = m_counters.restarts + m_crashLooping;
    if (waiter.comesBack() || !m_keepsKeyOrder || m_waitingPlace != WaitingPlace::AtWorkers
        || (waiter.workerCount == m_workerCount && waiter.restarts == restarts))
        return;
    waiter.chosen = route(waiter.job, section);
    waiter.workerCount = m_workerCount;
    waiter.restarts = restarts;
}

// The router is asked again only if the number of workers has changed, or this one is not available.
WorkerSlot *Engine::chosenFor(const RoomSeeker &seeker) const
{
    const bool isValid = seeker.chosen && seeker.workerCount == m_workerCount
                         && seeker.chosen->state != WorkerState::CrashLooping;
    return isValid ? seeker.chosen : nullptr;
}

// How many jobs more could wait there, or run at once.
qint64 Engine::placesAt(const WorkerSlot &slot) const
{
    return (isAtRest(slot) && slot.ownSize == 0 ? 1 : 0)
           + std::clamp<qint64>(m_limit - waitingAt(slot), 0, Never - 1);
}

// Changes whenever somebody who was refused had better try again. Not when another one is refused or
// shed, which leaves as many as before.
RoomEpoch Engine::roomEpoch(Admission admission) const
{
    const Counters &c = m_counters;
    const qint64 discarded = c.discarded(DiscardReason::TtlExpired)
                             + c.discarded(DiscardReason::Shutdown);
    return {qint64(m_deals),        c.completed + c.failed + discarded + c.canceled + c.lost,
            qint64(m_limit),        qint64(m_workerCount),
            qint64(m_crashLooping), qint64(m_idleForShared),
            qint64(m_idleWithOwn),  mayRun() ? 1 : 0,
            qint64(admission),      waitingInHands()};
}

void Engine::noteLackOfRoom()
{
    if (!std::exchange(m_lacksRoom, true))
        m_lacksRoomSince.reset(); // the end of the section fills it in
    m_roomIsWatched = true;
}

// At the end of a section, if anybody cares: who is to be told that there is room, or that there
// will be none any more. nullptr if nobody is.
std::unique_ptr<RoomNews> Engine::findRoom(Section &section)
{
    RoomNews news;
    news.isOver = m_state > FactoryState::Running;
    const Outlook rate = news.isOver ? Outlook{Admission::Open, Never} : outlook(section);
    const bool isThere = news.isOver || hasRoom(rate.admission);
    if (isThere)
        news.promises.swap(m_roomPromises);
    const bool isNew = m_lacksRoom && !m_lacksRoomSince;
    if (isThere || isNew || !m_roomWaiters.empty()) {
        const RoomEpoch epoch = roomEpoch(rate.admission);
        if (isNew)
            m_lacksRoomSince = epoch;
        if (m_lacksRoom && isThere && (news.isOver || epoch != m_lacksRoomSince)) {
            m_lacksRoom = false;
            m_roomReturns += news.isOver ? 0 : 1;
        }
        tellWaiters(news, rate.admission, epoch, section);
    }

    m_roomIsWatched = m_lacksRoom || !m_roomPromises.empty() || !m_roomWaiters.empty();
    // Delayed jobs have their alarm. Others wait for a token where there is no room without.
    const bool wantsToken = m_lacksRoom || !m_roomPromises.empty() || m_awaitedRooms > 0
                            || (!m_roomWaiters.empty() && rate.admission == Admission::Delayed);
    if (wantsToken && rate.next != Never && m_awaitingToken == 0) {
        m_tokenAt = std::min(m_tokenAt, rate.next);
        alarmBy(m_tokenAt, section);
    }
    if (news.waiters.empty() && news.promises.empty())
        return nullptr;
    return std::make_unique<RoomNews>(std::move(news));
}

// Each place is for one of those who wait; who was told and has not come yet has his. Takes its time
// for each thread that waits, and for each future.
void Engine::tellWaiters(RoomNews &news, Admission admission, const RoomEpoch &epoch,
                         Section &section)
{
    qint64 places = Never;
    if (!news.isOver && m_limit >= 0 && qsizetype(m_roomWaiters.size()) > m_awaitedRooms) {
        places = std::max<qint64>(1, capacityWith(0, 0)) - m_roomTold;
        if (m_limiter && m_limit == 0) // nobody knows for how many there are tokens
            places = 1 - m_roomTold;
    }
    for (auto it = m_roomWaiters.begin(); it != m_roomWaiters.end();) {
        RoomWaiter &waiter = **it;
        WorkerSlot *chosen = nullptr;
        if (!news.isOver && admission != Admission::Delayed) {
            choose(waiter, section);
            chosen = chosenFor(waiter);
        }
        const bool isWorthwhile = waiter.comesBack()
                                      ? (chosen ? placesAt(*chosen) > chosen->roomTold : places > 0)
                                            && waiter.seen != epoch
                                      : admission != Admission::Closed;
        const bool isTold = news.isOver || waiter.isGone()
                            || (isWorthwhile && mayEnter(waiter, admission));
        if (!isTold) {
            ++it;
            continue;
        }
        waiter.place.reset();
        if (waiter.comesBack()) {
            waiter.isTold = true;
            waiter.toldOf = chosen;
            if (chosen)
                ++chosen->roomTold;
            ++m_roomTold;
            ++m_roomCalls;
            --places;
        } else {
            --m_awaitedRooms;
        }
        news.waiters.push_back(std::move(*it));
        it = m_roomWaiters.erase(it);
    }
}
// --- Waiting for room -------------------------------------------------------------------------

Q_NEVER_INLINE Refusal Engine::waitForRoom(const RoomSeeker &seeker, AbstractJob &job,
                                           QDeadlineTimer deadline, StatisticsLayer *layer)
{
    const bool mayWait = !warnIfWaitingHarms();
    const auto self = shared_from_this(); // the end of the factory ends the wait
    const auto waiter = std::make_shared<WaitingThread>(seeker);
    for (;;) {
        const bool isLastTry = !mayWait || deadline.hasExpired();
        Refusal refused;
        std::shared_ptr<const DiscardHandler> handler;
        {
            Section section(*this);
            const bool wasTold = stopWaiting(*waiter);
            refused = isLastTry ? admit(job, chosenFor(*waiter), section)
                                : admitPatiently(*waiter, job, section);
            if (refused != DiscardReason::Loadshed || isLastTry) {
                handler = m_discardHandler;
            } else {
                // Who was told and came too late does not lose his place.
                waiter->place = m_roomWaiters.insert(
                    wasTold ? m_roomWaiters.begin() : m_roomWaiters.end(), waiter);
                m_roomIsWatched = true;
            }
        }
        if (refused != DiscardReason::Loadshed || isLastTry) {
            if (refused)
                reportRefused(job, *refused, handler, layer);
            return refused;
        }
        ++m_roomSleeps;
        waiter->await(std::min(deadline, endOf(job)));
    }
}

// When there is no use in waiting any more.
QDeadlineTimer Engine::endOf(const AbstractJob &job) const
{
    if (job.expiry() == 0)
        return QDeadlineTimer::Forever;
    QDeadlineTimer end(Qt::PreciseTimer);
    end.setPreciseRemainingTime(0, std::max<qint64>(0, job.expiry() - m_clock->now()),
                                Qt::PreciseTimer);
    return end;
}

// Refuses rather than make room by shedding, which does not count: there will be another try.
Refusal Engine::admitPatiently(RoomSeeker &seeker, AbstractJob &job, Section &section)
{
    seeker.seen.reset();
    if (m_state <= FactoryState::Running && !isTooLate(job)
        && !mayEnter(seeker, outlook(section).admission))
        return DiscardReason::Loadshed; // the router need not be asked
    m_patient = &seeker;
    const auto forget = qScopeGuard([this] { m_patient = nullptr; }); // also if memory has run out
    const Refusal refused = tryAdmit(job, chosenFor(seeker), section);
    if (refused)
        seeker.seen = roomEpoch(outlook(section).admission);
    if (refused != DiscardReason::Loadshed)
        count(refused);
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
        why = "a thread that watches the time; use dispatch() in discard handlers";
    else if (isGuiThread())
        why = "the GUI thread, which would freeze; use dispatch() there and try again when "
              "whenCapacityAvailable() ends, or call it on another thread";
    if (!why)
        return false;
    qCWarning(lcMillwright,
              "Factory \"%s\": dispatchFor() and submitFor() do not wait for room on %s.",
              qUtf8Printable(m_name), why);
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
    if (WorkerSlot *slot = std::exchange(waiter.toldOf, nullptr))
        --slot->roomTold;
    return true;
}

} // namespace Millwright
