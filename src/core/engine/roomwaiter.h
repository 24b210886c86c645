// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qmutex.h>
#include <QtCore/qpromise.h>
#include <QtCore/qwaitcondition.h>

#include <array>
#include <list>
#include <memory>
#include <optional>
#include <vector>

namespace Millwright {

class AbstractJob;
struct WorkerSlot;

//! Changes whenever somebody for whom there was no room had better try again.
using RoomEpoch = std::array<qint64, 10>;

//! A job for which room is sought, and what has come of it. The engine's lock's.
struct RoomSeeker
{
    explicit RoomSeeker(const AbstractJob &theJob) : job(theJob) {}

    const AbstractJob &job;
    std::optional<RoomEpoch> seen; // when it tried in vain although there seemed to be room
    WorkerSlot *chosen = nullptr; // by the router, if jobs wait at the workers
    int workerCount = 0; // of which it was chosen
};

//! A thread that waits until there is room for its job.
class RoomWaiter : public RoomSeeker
{
public:
    explicit RoomWaiter(const RoomSeeker &seeker) : RoomSeeker(seeker) {}

    //! Waits for `ring()`, but no longer than the deadline.
    void await(QDeadlineTimer deadline);
    void ring();

    // The engine's lock's.
    WorkerSlot *toldOf = nullptr; // where there is room
    std::optional<std::list<std::shared_ptr<RoomWaiter>>::iterator> place; // while it is listed
    bool isTold = false; // it was rung, and has not come yet

private:
    QMutex m_mutex;
    QWaitCondition m_changed;
    bool m_isRung = false;
};

//! Those who are to be told that there is room, or that there will be none any more.
struct RoomNews
{
    std::vector<std::shared_ptr<RoomWaiter>> waiters = {};
    std::vector<QPromise<void>> promises = {};
    bool isOver = false;

    //! Continuations of the user's run here.
    void tell();
};

//! Exists on the stack of a clock's thread while that tells an engine that the time has come.
class AlarmScope
{
public:
    AlarmScope();
    ~AlarmScope();
    //! On this thread.
    [[nodiscard]] static bool isActive();

private:
    Q_DISABLE_COPY_MOVE(AlarmScope)
};

} // namespace Millwright
