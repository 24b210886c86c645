// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../job/abstractjob.h"

#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>

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
    //! False while it is `WorkerState::CrashLooping`. A router need not care: see `Route::toWorker()`.
    [[nodiscard]] bool isAvailable(int index) const;
    //! How many jobs wait for this worker alone.
    [[nodiscard]] qsizetype waiting(int index) const;
    //! The available worker with the fewest jobs waiting for it and in its hands, the lowest index
    //! first; -1 when there is none. O(log n), and so is every job from the first call on.
    [[nodiscard]] int leastLoaded() const;
    //! The worker that runs jobs of this job's key or has them waiting for it; -1 if there is none.
    //! Only for routers that keep the order of keys: `Router::keepsKeyOrder()`.
    [[nodiscard]] int holder(const AbstractJob &job) const;

private:
    friend class Engine;
    explicit Workers(Engine &engine) : m_engine(engine) {}

    Engine &m_engine;
};

//! Where a job goes.
class Route
{
public:
    //! Into the factory's queue: the next free worker takes it, at once if there is one.
    [[nodiscard]] static constexpr Route toQueue() { return Route(-1); }
    //! To this worker, to wait in its own queue if it is busy. An index out of range is reduced
    //! modulo the number of workers. If that worker is not available, it is as `toQueue()`.
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

//! Where the jobs of a router wait, and so what the queue limit is for.
enum class WaitingPlace : int {
    InFactory, //!< always in the factory's queue: it never returns `Route::toWorker()`
    AtWorkers, //!< always for one worker: the limit is for each of them
    Anywhere, //!< here and there; one limit for all together
};

//! Chooses the worker of a job.
//!
//! Derive from it to write a router; `route()` is called once for each job as it is submitted (and
//! again when it is retried, or when its worker leaves). The factory calls it one call at a time,
//! under its lock, so a router needs no lock of its own, must be quick, and must not call the
//! factory. A router that throws sends the job to the factory's queue, and a message to the log.
class MILLWRIGHT_CORE_EXPORT Router
{
public:
    Router();
    virtual ~Router();

    [[nodiscard]] virtual Route route(const AbstractJob &job, const Workers &workers) = 0;

    //! Asked once. `Anywhere` unless overridden.
    [[nodiscard]] virtual WaitingPlace waitingPlace() const;
    //! Asked once; false unless overridden. With true, the jobs of one key run in the order in which
    //! they were submitted (within a priority) and never at the same time, wherever `route()` sends
    //! them: a job that is to change the worker waits until the earlier ones of its key are done.
    [[nodiscard]] virtual bool keepsKeyOrder() const;

private:
    Q_DISABLE_COPY_MOVE(Router)
};

//! Makes the router of a factory.
using RouterBuilder = std::function<std::unique_ptr<Router>()>;

//! The first free worker; if none is free, the job waits in the factory's queue. The default.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT RouterBuilder queuer();

//! The next worker in turn, whether it is busy or not.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT RouterBuilder roundRobin();

//! Always the same worker for a key, so that what it has cached for the key is used again. Jobs of one
//! key run in their order and never at the same time. When the number of workers grows from n to
//! n + 1, one key in n + 1 moves; a key that is in use moves once its earlier jobs are done.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT RouterBuilder keyPersistent();

//! The worker that has jobs of the key, and otherwise the first that is free; if none is free, the job
//! waits in the factory's queue. Jobs of one key run in their order and never at the same time, those
//! of different keys wherever there is a worker.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT RouterBuilder stickyQueuer();

//! The worker with the fewest jobs waiting for it and in its hands; among equals the one with the
//! lowest id.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT RouterBuilder leastLoaded();

//! The worker that `choose` picks: it is given the key and the number of workers, and returns an
//! index, which is reduced modulo that number. It must return the same for the same arguments, must be
//! quick, and must not call the factory. Jobs of one key run in their order and never at the same
//! time. `Key` is the key type of the factory.
template<typename Key>
[[nodiscard]] RouterBuilder customHash(std::function<std::size_t(const Key &, int)> choose);

//! A `RouterBuilder` for a router class of your own, with its constructor's arguments.
template<typename R, typename... Arguments>
[[nodiscard]] RouterBuilder customRouter(Arguments... arguments)
{
    static_assert(std::is_base_of_v<Router, R>,
                  "customRouter<R>(): R must derive from Millwright::Router.");
    return [arguments...] { return std::make_unique<R>(arguments...); };
}

namespace Detail {

template<typename Key>
class CustomHash final : public Router
{
public:
    explicit CustomHash(std::function<std::size_t(const Key &, int)> choose)
        : m_choose(std::move(choose))
    {
    }

    [[nodiscard]] Route route(const AbstractJob &job, const Workers &workers) override
    {
        const Key *key = job.keyAs<Key>();
        if (!key) {
            if (std::exchange(m_saidWrongKey, true))
                return Route::toQueue(); // as after throwing
            throw std::logic_error("customHash<Key>(): Key is not the key type of the factory");
        }
        const auto count = std::size_t(workers.count());
        return Route::toWorker(int(m_choose(*key, int(count)) % count));
    }
    [[nodiscard]] WaitingPlace waitingPlace() const override { return WaitingPlace::AtWorkers; }
    [[nodiscard]] bool keepsKeyOrder() const override { return true; }

private:
    const std::function<std::size_t(const Key &, int)> m_choose;
    bool m_saidWrongKey = false;
};

} // namespace Detail

template<typename Key>
RouterBuilder customHash(std::function<std::size_t(const Key &, int)> choose)
{
    return customRouter<Detail::CustomHash<Key>>(std::move(choose));
}

} // namespace Millwright
