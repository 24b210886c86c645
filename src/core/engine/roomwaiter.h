// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../job/abstractjob.h"

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
    // How many workers had been restarted when it was; -1 if the router was asked for the job itself alone.
    qint64 restarts = -1;
};

//! Somebody who waits until there is room for his job.
class RoomWaiter : public RoomSeeker
{
public:
    virtual ~RoomWaiter();

    //! Without the engine's lock: there is room, or, if it is over, there never will be.
    virtual void tell(bool isOver) = 0;
    //! He comes as soon as he is told, so that the place is his until then.
    [[nodiscard]] virtual bool comesBack() const = 0;
    //! Nobody wants to know any more.
    [[nodiscard]] virtual bool isGone() const { return false; }

    // The engine's lock's.
    WorkerSlot *toldOf = nullptr; // where there is room
    std::optional<std::list<std::shared_ptr<RoomWaiter>>::iterator> place; // while it is listed
    bool isTold = false; // and has not come yet

protected:
    explicit RoomWaiter(const RoomSeeker &seeker) : RoomSeeker(seeker) {}
    Q_DISABLE_COPY_MOVE(RoomWaiter)
};

//! A thread that waits with its job.
class WaitingThread final : public RoomWaiter
{
public:
    explicit WaitingThread(const RoomSeeker &seeker) : RoomWaiter(seeker) {}

    //! Waits until it is told, but no longer than the deadline.
    void await(QDeadlineTimer deadline);
    void tell(bool isOver) override;
    [[nodiscard]] bool comesBack() const override { return true; }

private:
    QMutex m_mutex;
    QWaitCondition m_changed;
    bool m_isRung = false;
};

//! A future for which somebody has asked, who may then submit a job like this one.
class AwaitedRoom final : public RoomWaiter
{
public:
    explicit AwaitedRoom(AbstractJob::Pointer probe);

    [[nodiscard]] QFuture<void> future() const { return m_promise.future(); }
    //! Continuations of the user's run here.
    void tell(bool isOver) override;
    [[nodiscard]] bool comesBack() const override { return false; }
    [[nodiscard]] bool isGone() const override { return m_promise.isCanceled(); }

private:
    const AbstractJob::Pointer m_probe;
    QPromise<void> m_promise; // ends canceled if there will be no room
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
