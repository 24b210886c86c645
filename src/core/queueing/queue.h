// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../job/joblist.h"

#include <chrono>
#include <functional>
#include <memory>
#include <span>

namespace Millwright {

//! Where jobs wait, and in which order they leave.
//!
//! Derive from it to write a queue; keep the jobs in one or more `JobList`s. The factory calls it
//! one call at a time, under its lock, so a queue needs no lock of its own, must be quick, and must
//! not call the factory. It owns no job: what is pushed is popped or removed, once.
class MILLWRIGHT_CORE_EXPORT Queue
{
public:
    Queue();
    virtual ~Queue();

    //! A job begins to wait.
    virtual void push(AbstractJob &job) = 0;
    //! A job that had left by `pop()` but was not started comes back, to be the next to leave; only
    //! jobs of a lower `AbstractJob::order()` that came back earlier go before it.
    virtual void pushFront(AbstractJob &job) = 0;
    //! The next job to leave, removed; nullptr when none waits.
    virtual AbstractJob *pop() = 0;
    //! The next jobs to leave, removed, as many as there is room for; what `pop()` would return one after
    //! the other. Returns how many there were. By default it calls `pop()`; a queue that can do better
    //! should, since everybody waits meanwhile.
    virtual std::size_t popMany(std::span<AbstractJob *> room);
    //! The job that `pop()` would return.
    [[nodiscard]] virtual AbstractJob *peek() const = 0;
    //! A job that waits here leaves for another reason: it was canceled, has expired, or is shed.
    virtual void remove(AbstractJob &job) = 0;
    //! The discardable job to give up when there are too many: the oldest of the lowest priority. It
    //! stays, until it is removed. nullptr when no job here may be discarded.
    [[nodiscard]] virtual AbstractJob *victim() = 0;

    //! For those who look at what waits: calls `visit` for each job, the next to leave first, until it
    //! returns false; false then. By default for the next one alone: the others cannot be listed, nor
    //! canceled by their ids.
    virtual bool forEach(const std::function<bool(AbstractJob &)> &visit) const;
    //! The job that has been waiting for the longest; nullptr when none waits. By default the next one.
    [[nodiscard]] virtual AbstractJob *oldest() const;

protected:
    //! The time, for queues that look at it in `pop()`: when a worker last came for jobs. Monotonic,
    //! in nanoseconds, as `AbstractJob::submittedAt()`.
    [[nodiscard]] qint64 now() const { return m_now; }

private:
    friend class Engine;
    Q_DISABLE_COPY_MOVE(Queue)

    qint64 m_now = 0;
};

//! Makes a queue. A factory makes one for itself, and one for each worker that its router lets
//! jobs wait at.
using QueueBuilder = std::function<std::unique_ptr<Queue>()>;

//! First in, first out. The default.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QueueBuilder fifoQueue();
struct PriorityQueueSettings
{
    //! With each full interval that a job has waited since it was submitted, it counts as one level
    //! more urgent, so that no job waits for ever; within a level, the job that came first goes
    //! first, wherever it came from. Zero, the default, means that jobs do not age. Load shedding
    //! goes by the priority that the job was given.
    std::chrono::nanoseconds aging = std::chrono::nanoseconds::zero();
};

//! By `Priority`, first in, first out within a level.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QueueBuilder
priorityQueue(const PriorityQueueSettings &settings = {});

//! A `QueueBuilder` for a queue class of your own, with its constructor's arguments.
template<typename Q, typename... Arguments>
[[nodiscard]] QueueBuilder customQueue(Arguments... arguments)
{
    static_assert(std::is_base_of_v<Queue, Q>,
                  "customQueue<Q>(): Q must derive from Millwright::Queue.");
    return [arguments...] { return std::make_unique<Q>(arguments...); };
}

} // namespace Millwright
