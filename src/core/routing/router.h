// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../job/abstractjob.h"

#include <functional>
#include <memory>

namespace Millwright {

class Engine;

//! What a router may ask about the workers while it chooses. Every answer is O(1), and holds until
//! `Router::route()` returns.
class MILLWRIGHT_CORE_EXPORT Workers
{
public:
    //! Workers have the indexes 0 to `count() - 1`.
    [[nodiscard]] int count() const;
    //! A worker that has nothing to do; the one most recently at work, whose caches are warm. -1
    //! when all are busy.
    [[nodiscard]] int firstFree() const;
    [[nodiscard]] bool isFree(int index) const;
    //! How many jobs wait for this worker alone.
    [[nodiscard]] qsizetype waiting(int index) const;

private:
    friend class Engine;
    explicit Workers(const Engine &engine) : m_engine(engine) {}

    const Engine &m_engine;
};

//! Where a job goes.
class Route
{
public:
    //! Into the factory's queue: the next free worker takes it, at once if there is one.
    [[nodiscard]] static constexpr Route toQueue() { return Route(-1); }
    //! To this worker, to wait in its own queue if it is busy. An index out of range is reduced
    //! modulo the number of workers.
    [[nodiscard]] static constexpr Route toWorker(int index)
    {
        return Route(index < 0 ? ~index : index);
    }

    [[nodiscard]] constexpr bool isToQueue() const { return m_worker < 0; }
    [[nodiscard]] constexpr int worker() const { return m_worker; }

private:
    constexpr explicit Route(int worker) : m_worker(worker) {}

    int m_worker;
};

//! Chooses the worker of a job.
//!
//! Derive from it to write a router; `route()` is called once for each job as it is submitted (and
//! again when it is retried). The factory calls it one call at a time, under its lock, so a router
//! needs no lock of its own, must be quick, and must not call the factory.
class MILLWRIGHT_CORE_EXPORT Router
{
public:
    Router();
    virtual ~Router();

    [[nodiscard]] virtual Route route(const AbstractJob &job, const Workers &workers) = 0;

private:
    Q_DISABLE_COPY_MOVE(Router)
};

//! Makes the router of a factory.
using RouterBuilder = std::function<std::unique_ptr<Router>()>;

//! The first free worker; if none is free, the job waits in the factory's queue. The default.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT RouterBuilder queuer();

//! A `RouterBuilder` for a router class of your own, with its constructor's arguments.
template<typename R, typename... Arguments>
[[nodiscard]] RouterBuilder customRouter(Arguments... arguments)
{
    static_assert(std::is_base_of_v<Router, R>,
                  "customRouter<R>(): R must derive from Millwright::Router.");
    return [arguments...] { return std::make_unique<R>(arguments...); };
}

} // namespace Millwright
