// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "engine/engine.h"
#include "job/errors.h"
#include "job/job.h"

#include <QtCore/qobject.h>

namespace Millwright {

//! The part of a worker that does not depend on the types of its jobs.
class MILLWRIGHT_CORE_EXPORT WorkerBase : public QObject, public WorkerLife
{
    Q_OBJECT

public:
    WorkerBase();
    ~WorkerBase() override;

    //! 0 to worker count - 1. Known from `starting()` on; a replacement has the id of its
    //! predecessor.
    [[nodiscard]] int workerId() const { return m_context.id; }
    [[nodiscard]] QString factoryName() const { return m_context.factoryName; }

protected:
    //! Called on the worker's thread before its first job. What it throws counts as a failed start,
    //! which is tried again later.
    virtual void starting();
    //! Called on the worker's thread after its last job, before the destructor. Not called for a
    //! worker that is replaced because it failed.
    virtual void stopping();

private:
    void beginWorker(const WorkerContext &context) override;
    void endWorker() override;

    WorkerContext m_context;
};

//! A worker: derive from it, and say in `process()` how one job is done.
//!
//! The constructor, `starting()`, `process()`, `stopping()` and the destructor all run on the
//! worker's own thread, so timers, sockets and queued slots of the worker work there. One job runs
//! at a time. Jobs are done between the events of the thread: while `process()` runs, they wait.
//! The factory deletes its workers; one that cannot go on throws.
//!
//! A worker that waits for sockets, timers or other futures returns a `QFuture` of its result:
//! \code
//! class Fetcher : public Millwright::Worker<QUrl, QNetworkRequest, QFuture<QByteArray>>
//! \endcode
//! `submit()` still returns a `QFuture<QByteArray>`. The job runs until the future has ended, and the
//! worker is busy and takes no other job; but its thread is free, for events of the worker and for
//! other workers that live there. The job ends as the future does: with its result (the first, if it has
//! several), with its exception, or `Canceled` if the future was canceled, as it is when its promise
//! is destroyed without an end. Canceling the job cancels the future; the job goes on until
//! the future ends. A factory that gives the worker up cancels the future, and what still comes of it is
//! ignored. The future may end on any thread; the thread of the worker needs its event loop, and
//! so the application object, to learn of it.
//!
//! docs/asynchronous-workers.md shows such a worker, and one that is a coroutine of QCoro.
template<typename Key, typename Message, typename Result>
class Worker : public WorkerBase
{
public:
    using WorkerType = Worker;
    using KeyType = Key;
    using MessageType = Message;
    using ReturnType = Result;
    using ResultType = typename Detail::Returned<Result>::Result;
    using Job = Millwright::Job<Key, Message>;
    static constexpr bool isAsynchronous = Detail::Returned<Result>::isFuture;

    static_assert(
        !std::is_reference_v<Key> && !std::is_const_v<Key> && Detail::ValidKey<Key>,
        "Worker<Key, Message, Result>: Key must be a plain, copyable type with operator== "
        "and a qHash() overload or a std::hash specialisation. Put what can only be moved "
        "into the Message.");
    static_assert(
        std::is_object_v<Message> && !std::is_const_v<Message> && std::move_constructible<Message>,
        "Worker<Key, Message, Result>: Message must be a movable type, not a reference, "
        "const or void. For several values use a struct; for none use std::monostate.");
    static_assert(
        std::is_void_v<
            Result> || (std::is_object_v<Result> && !std::is_const_v<Result> && std::move_constructible<Result>),
        "Worker<Key, Message, Result>: Result must be void or a movable type, not a "
        "reference or const; or a QFuture of such a type.");

    //! Does one job. What it returns is the result of the job's future; where it is a `QFuture`, the
    //! result of that. What it throws fails the job; throw `JobError` with a text for people.
    virtual Result process(Job &job) = 0;
};

namespace Detail {

template<typename T>
struct IsWorker
{
    template<typename K, typename M, typename R>
    static std::true_type test(const Worker<K, M, R> *);
    static std::false_type test(...);

    static constexpr bool value = decltype(test(static_cast<T *>(nullptr)))::value;
};

// Reads key and message types off a callable that takes a `Job<Key, Message> &`.
template<typename F>
struct CallableTraits
{
};

template<typename F>
requires requires
{
    &F::operator();
}
struct CallableTraits<F> : CallableTraits<decltype(&F::operator())>
{
};

template<typename R, typename K, typename M, bool NoExcept>
struct CallableTraits<R (*)(Job<K, M> &) noexcept(NoExcept)>
{
    using Base = Worker<K, M, R>;
};

template<typename C, typename R, typename K, typename M, bool NoExcept>
struct CallableTraits<R (C::*)(Job<K, M> &) noexcept(NoExcept)> : CallableTraits<R (*)(Job<K, M> &)>
{
};

template<typename C, typename R, typename K, typename M, bool NoExcept>
struct CallableTraits<R (C::*)(Job<K, M> &) const noexcept(NoExcept)>
    : CallableTraits<R (*)(Job<K, M> &)>
{
};

template<typename F>
concept JobFunction = requires
{
    typename CallableTraits<std::decay_t<F>>::Base;
};

} // namespace Detail

//! A worker made of a function that takes a `Job<Key, Message> &`. Each worker has its own copy of
//! the function, so what a lambda captures by value is not shared.
template<typename Function>
class FunctionWorker final : public Detail::CallableTraits<Function>::Base
{
    using Base = typename Detail::CallableTraits<Function>::Base;

public:
    explicit FunctionWorker(const Function &function) : m_function(function) {}

    typename Base::ReturnType process(typename Base::Job &job) override { return m_function(job); }

private:
    Function m_function;
};

} // namespace Millwright
