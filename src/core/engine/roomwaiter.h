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

//! Changes whenever somebody for whom there was no room had better try again.
using RoomEpoch = std::array<qint64, 6>;

//! A thread that waits until there is room for its job.
class RoomWaiter
{
public:
    //! Waits for `ring()`, but no longer than the deadline.
    void await(QDeadlineTimer deadline);
    void ring();

    // The engine's lock's.
    RoomEpoch seen{}; // when there was no room for it
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
