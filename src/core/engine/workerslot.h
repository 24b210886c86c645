// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../job/progress.h"
#include "../job/suspension.h"
#include "../queueing/queue.h"
#include "../statistics/tracelog.h"
#include "../statistics/workerstatistics.h"
#include "../supervision/restarthistory.h"
#include "hand.h"
#include "intrusivelist.h"

#include <QtCore/qobject.h>

#include <memory>

namespace Millwright {

class Station;
class StatisticsLayer;
struct WorkerSlot;

//! What the dead man's switch has seen of a worker when it last looked.
struct Vigil
{
    quint64 deal = 0; // the hand, and how far it was
    int claimed = 0;
    int settled = 0;
    qint64 since = 0; // it has been there
    qint64 sign = 0; // the last sign of life
    bool isReported = false; // as stuck, and has given no sign of life since
    bool isHeld = false; // it would have been condemned, but there were too many
    qint64 condemnAt = 0; // once its job was called off; 0 before
};

//! One life of a worker, from its constructor to its destructor. A worker that is replaced goes on
//! under the same id as a new incarnation; what an old one still does concerns nobody.
struct Incarnation : std::enable_shared_from_this<Incarnation>
{
    Incarnation(WorkerSlot &theSlot, Station &theStation, const std::shared_ptr<Clock> &clock);
    ~Incarnation();
    Q_DISABLE_COPY_MOVE(Incarnation)

    //! The spare is the caller's, if there is one.
    AbstractJob::Pointer takeSpare()
    {
        return AbstractJob::Pointer(spare.load(std::memory_order_relaxed)
                                        ? spare.exchange(nullptr, std::memory_order_acq_rel)
                                        : nullptr);
    }

    //! Lock held. Without the job that it runs, or starts next.
    [[nodiscard]] int waitingInHand() const
    {
        const Hand::Count count = hand.count();
        return isBehind ? count.waiting() : std::max(0, count.end() - count.settled() - 1);
    }

    const int id;
    Station &station;

    // The lock's.
    WorkerSlot *slot; // nullptr once given up
    int accounted = 0; // settled jobs of the hand that are in the counters
    quint64 deal = 0; // the number of the hand
    quint64 dealSeen = 0; // when progress was last looked at
    bool fromOwnQueue = false; // where the hand's jobs come from
    bool isBehind = false; // its thread was dealt the hand of another worker first
    ListLink<Incarnation> engagedLink;
    ListLink<Incarnation> batchLink;
    bool suspended = false; // its job goes on, the thread does something else
    ListLink<Incarnation> endedLink;
    qint64 tendedSince = 0; // being built or dismantled
    bool isGoing = false; // dismantled
    ListLink<Incarnation> tendedLink;
    Vigil vigil;
    quint64 canceled = 0; // the job that somebody has canceled while it ran here

    // The worker's thread's, apart from what others write.
    alignas(64) std::unique_ptr<QObject> worker;
    qint64 now = 0; // the last time read
    qint64 takenAt = 0;
    bool terminable = false; // its thread may be terminated while a job of this hand runs
    AbstractJob *pendingJob = nullptr; // suspended
    std::shared_ptr<StatisticsLayer> layer; // the last one used, and its number
    quint64 layerNumber = 0;
    std::unique_ptr<Suspension> suspension;
    TraceSlice slice; // read by others

    // Shared without the lock.
    Hand hand;
    std::atomic<qint64> startedAt = 0; // of the running job
    RunReport report; // of the running job
    std::atomic<AbstractJob *> spare
        = nullptr; // goes on in place of the running job if that is lost
    const std::shared_ptr<WorkerStatistics> statistics;
};

//! A place in the pool, known by its id, whoever fills it at the time. All of it is the lock's. What is
//! needed for every job comes first, on as few cache lines as can be.
struct alignas(64) WorkerSlot
{
    explicit WorkerSlot(int theId) : id(theId), statistics(std::make_shared<WorkerStatistics>()) {}

    const int id;
    WorkerState state = WorkerState::Absent;
    bool leaving = false; // surplus: goes when its own queue is empty
    bool awaited = false; // the factory waits for its first start
    bool isFree = false; // it has nothing to do, and takes what there is
    int dealt = 0; // jobs in its hand, the done ones included
    Station *station = nullptr;
    std::shared_ptr<Incarnation> incarnation;

    std::unique_ptr<Queue> ownQueue; // made when a router first uses it
    qsizetype ownSize = 0;

    ListLink<WorkerSlot> readyLink;
    qsizetype parkedSize
        = 0; // jobs that will join its queue once another worker is done with their keys
    qint64 completed = 0;

    qint64 roomTold = 0; // were told of room here and have not come yet

    std::unique_ptr<RestartHistory> history; // made when it first fails

    qint64 failed = 0;
    qint64 restarts = 0;
    std::shared_ptr<WorkerStatistics> statistics;

    ListLink<WorkerSlot> choreLink;
};

inline Incarnation::Incarnation(WorkerSlot &theSlot, Station &theStation,
                                const std::shared_ptr<Clock> &clock)
    : id(theSlot.id)
    , station(theStation)
    , slot(&theSlot)
    , report(clock)
    , statistics(theSlot.statistics)
{
}

inline Incarnation::~Incarnation()
{
    suspension.reset();
    takeSpare();
    if (pendingJob) // given up
        pendingJob->unref();
}

} // namespace Millwright
