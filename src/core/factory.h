// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "factorybase.h"
#include "job/prioritymanager.h"
#include "verdict.h"
#include "worker.h"

#include <QtCore/qscopeguard.h>

#include <concepts>
#include <tuple>

namespace Millwright {

//! A `WorkerBuilder` that gives every worker these arguments; each worker gets its own copies.
template<typename W, typename... Arguments>
[[nodiscard]] auto workerBuilder(Arguments... arguments)
{
    static_assert(
        !std::is_abstract_v<W>,
        "workerBuilder<W>(arguments...): W is an abstract class. A worker must override "
        "Result process(Job &job), exactly so: the job is a reference that is not const.");
    static_assert(
        std::is_abstract_v<W> || std::is_constructible_v<W, const Arguments &...>,
        "workerBuilder<W>(arguments...): W has no constructor that takes these arguments.");
    return [arguments...](const WorkerContext &) -> std::unique_ptr<W> {
        if constexpr (std::is_constructible_v<W, const Arguments &...>)
            return std::make_unique<W>(arguments...);
        else
            return nullptr; // an assertion has failed
    };
}

namespace Detail {

template<typename B, typename W>
concept BuilderOf = requires(const B builder, const WorkerContext &context)
{
    {
        builder(context)
        } -> std::convertible_to<std::unique_ptr<W>>;
};

template<typename W>
WorkerBuilder defaultBuilder()
{
    static_assert(
        !std::is_abstract_v<W>,
        "Factory<W> or registerWorker<W>(): W is an abstract class. A worker must override "
        "Result process(Job &job), exactly so: the job is a reference that is not const.");
    static_assert(
        std::is_abstract_v<
            W> || std::is_default_constructible_v<W> || std::is_constructible_v<W, const WorkerContext &>,
        "Factory<W>: W needs a default constructor, or one that takes a WorkerContext. To "
        "give it arguments pass a builder: Factory<W>(settings, "
        "workerBuilder<W>(arguments...)).");
    return [](const WorkerContext &context) -> std::unique_ptr<QObject> {
        if constexpr (std::is_constructible_v<W, const WorkerContext &>)
            return std::make_unique<W>(context);
        else if constexpr (std::is_default_constructible_v<W>)
            return std::make_unique<W>();
        else
            return nullptr; // an assertion has failed
    };
}

template<typename Function>
struct NotAJobFunction;

} // namespace Detail

//! A pool of workers of one class, and the jobs given to them.
//!
//! \code
//! Millwright::Factory<HashWorker> hashing({.name = "hashing", .workerCount = 4});
//! hashing.start();
//! hashing.submit(path, {}).then(this, [this](QByteArray hash) { show(hash); });
//! \endcode
//!
//! A worker can also be a function; the types are read off its parameter:
//!
//! \code
//! Millwright::Factory squares({}, [](Millwright::Job<int, int> &job) {
//!     return job.message() * job.message();
//! });
//! \endcode
template<typename W>
class Factory final : public FactoryBase
{
    static_assert(
        Detail::IsWorker<W>::value,
        "Factory<W>: W must derive publicly from Millwright::Worker<Key, Message, Result>, "
        "or be left out where the worker is a function that takes a "
        "Millwright::Job<Key, Message> &.");

public:
    using WorkerType = W;
    using Key = typename W::KeyType;
    using Message = typename W::MessageType;
    using Result = typename W::ResultType;
    using Job = Millwright::Job<Key, Message>;

    //! Workers are made by their default constructor, or by one that takes a `WorkerContext`.
    explicit Factory(FactorySettings settings = {}, QObject *parent = nullptr)
        : FactoryBase(std::move(settings), Detail::defaultBuilder<W>(), parent)
    {
    }

    //! Workers are made by `builder`, a function that takes a `const WorkerContext &` and returns a
    //! `std::unique_ptr<W>`. It is called on the thread of each worker, possibly by several at once.
    template<typename Builder>
    requires Detail::BuilderOf<Builder, W> Factory(FactorySettings settings, Builder builder,
                                                   QObject *parent = nullptr)
        : FactoryBase(
            std::move(settings),
            [builder = std::move(builder)](const WorkerContext &context)
                -> std::unique_ptr<QObject> { return builder(context); },
            parent)
    {
    }

    //! Each worker is a copy of `function`, which takes a `Job &` and returns the result.
    template<typename Function>
    requires Detail::JobFunction<Function> Factory(FactorySettings settings, Function function,
                                                   QObject *parent = nullptr)
        : FactoryBase(
            std::move(settings),
            [function = std::move(function)](const WorkerContext &) -> std::unique_ptr<QObject> {
                return std::make_unique<W>(function);
            },
            parent)
    {
    }

    //! Gives the factory a job whose result nobody waits for. Any thread, also from inside a worker
    //! or a handler; does not block. A refused job goes to the discard handler first, and comes
    //! back in the verdict with its message, if the handler has not taken it. Where the handler's turn
    //! comes later the verdict has the reason alone: see `setDiscardHandler()`.
    Verdict<Message> dispatch(Key key, Message message, const JobOptions &options = {})
    {
        auto job = makeJob<Detail::DispatchedJob<W>>(std::move(key), std::move(message), options);
        const Refusal refused = engine().submit(*job);
        return verdict(std::move(job), refused);
    }

    //! Gives the factory a job and returns the future of its result. Any thread, also from inside a
    //! worker or a handler; does not block.
    //!
    //! The future ends with the result, or with an exception: what `process()` threw, or
    //! `JobDiscarded`, or `WorkerLost`. Canceling it takes a waiting job out of the queue, and lets
    //! a running one see `Job::isCanceled()`; the future then ends without a result, within a few
    //! hundredths of a second for a waiting job. Dropping it changes nothing: the job runs.
    //!
    //! The job may be done before this returns; a continuation that is then attached runs at once.
    //! Continuations without a context run on the thread that ends the job, usually the worker's.
    //! With Qt 6.4 continuations with a context must not outlive that context, and one that is attached at
    //! the very moment when the job ends may run twice, and crash; Qt has mended that since. A
    //! `QFutureWatcher` is not affected.
    [[nodiscard]] QFuture<Result> submit(Key key, Message message, const JobOptions &options = {})
    {
        auto job = makeJob<Detail::SubmittedJob<W>>(std::move(key), std::move(message), options);
        QFuture<Result> future = job->future();
        if (!engine().submit(*job))
            job.release(); // the factory's
        return future;
    }

    //! The same as `dispatch()` for producers that are to be slowed down rather than refused: where
    //! there is no room for the job, waits until there is, and neither sheds a job nor exceeds the
    //! limit meanwhile. If there is still none at the deadline, it does what `dispatch()` does. Time
    //! to live counts from the call. Waiting ends when the factory takes no more jobs, too.
    //!
    //! Room is what this job can use: where jobs wait at the workers and the one that the router has
    //! chosen is full, it is room at that worker; the router is asked again only if the number of
    //! workers changes. Under a rate limit that delays, a token is awaited where there is no room
    //! without one.
    //!
    //! For threads of your own. On the GUI thread, on the threads of this factory's workers, and in
    //! the discard handler of an expired job it does not wait, and says so with a warning; it is
    //! `dispatch()` then. A job over a rate limit that rejects is refused at once.
    Verdict<Message> dispatchFor(Key key, Message message, std::chrono::milliseconds deadline,
                                 const JobOptions &options = {})
    {
        auto job = makeJob<Detail::DispatchedJob<W>>(std::move(key), std::move(message), options);
        const Refusal refused = engine().submit(*job, deadline);
        return verdict(std::move(job), refused);
    }

    //! The same as `submit()`, waiting for room as `dispatchFor()` does.
    [[nodiscard]] QFuture<Result> submitFor(Key key, Message message,
                                            std::chrono::milliseconds deadline,
                                            const JobOptions &options = {})
    {
        auto job = makeJob<Detail::SubmittedJob<W>>(std::move(key), std::move(message), options);
        QFuture<Result> future = job->future();
        if (!engine().submit(*job, deadline))
            job.release(); // the factory's
        return future;
    }

    using FactoryBase::whenCapacityAvailable;
    //! The same, where jobs of one key stay together, for a job with this key: with `stickyQueuer()`,
    //! `keyPersistent()`, `customHash()`, or a router of your own that keeps the order of keys, there may be room
    //! for others all the while. Otherwise it is `whenCapacityAvailable()`. Any thread; not for policies of this
    //! factory.
    //!
    //! A continuation of a future that has ended runs at once, inside `then()`, with a context too. Where it submits
    //! until there is no room and waits again, call it by `QMetaObject::invokeMethod()`, queued.
    [[nodiscard]] QFuture<void> whenCapacityAvailable(const Key &key)
    {
        return engine().whenCapacityAvailable(Detail::makeJob<Detail::KeyProbe<Key>>(key));
    }

    //! Gives every worker a job with a copy of the message: to fill a cache, to reopen a file. The
    //! router is not asked, and such jobs have no part in the order of keys. A busy worker gets to
    //! its job after those that wait for it alone. Any thread; does not block.
    //!
    //! Returns the futures by worker id, each as of `submit()`; none when there are no workers. The
    //! job of a worker that leaves meanwhile is done by another one.
    [[nodiscard]] QList<QFuture<Result>> broadcast(const Key &key, const Message &message,
                                                   const JobOptions &options = {})
    {
        static_assert(std::copy_constructible<Message>,
                      "Factory<W>::broadcast(): every worker gets a copy of the message, so "
                      "Message must be copyable. Wrap it in a std::shared_ptr, or submit() "
                      "one job for each worker.");
        using Submitted = Detail::SubmittedJob<W>;
        const auto count = std::size_t(engine().workerCount());
        QList<QFuture<Result>> futures;
        std::vector<Detail::JobPointer<Submitted>> jobs;
        std::vector<AbstractJob *> all;
        for (std::size_t id = 0; id < count; ++id) {
            jobs.push_back(makeJob<Submitted>(Key(key), Message(message), options));
            futures.append(jobs.back()->future());
            all.push_back(jobs.back().get());
        }
        std::vector<Refusal> refused(count, DiscardReason::Loadshed);
        const auto release = qScopeGuard([&] { // also those before one for which memory has run out
            for (std::size_t id = 0; id < count; ++id) {
                if (!refused[id])
                    jobs[id].release(); // the factory's
            }
        });
        engine().submitToAll(all, refused);
        return futures;
    }

    //! Stops the factory, as that of the base class says.
    ~Factory() override { this->shutDown(); }

    //! Says how urgent the jobs of a key are, and whether they may be shed, where their options leave
    //! that open. Asked on the thread that submits the job, possibly by several threads at once, and
    //! without any lock; once for each job. What it throws is logged, and the job has the default
    //! priority. May be changed at any time; an empty function takes it away. Any thread.
    //!
    //! \code
    //! factory.setPriorityManager([](const QUrl &url) {
    //!     return JobClass{.priority = isVisible(url) ? Priority::High : Priority::Normal};
    //! });
    //! \endcode
    void setPriorityManager(std::function<JobClass(const Key &)> manager)
    {
        m_priorityManager.set(std::move(manager));
    }

    //! Called for every job that is discarded, on the thread that caused it, without any lock, so it
    //! may dispatch again. Where that causes a handler to be called inside a handler and so on, many
    //! levels deep, the next ones are called when this thread has come back; a job that was refused
    //! there leaves its message to the handler, the verdict has the reason alone. The job and what
    //! `Job::takeMessage()` leaves of it are gone after the call. It may be called by several threads at once, must not throw, and must not wait for the
    //! factory to stop. It should be quick: for jobs that expire it is called on a thread that watches the
    //! time, and whatever else the factory does by time, such as retries and the dead man's switch, waits for it.
    void setDiscardHandler(std::function<void(Job &, DiscardReason)> handler)
    {
        engine().setDiscardHandler(
            handler ? std::make_shared<const DiscardHandler>(untyped(std::move(handler)))
                    : nullptr);
    }

    //! The same, but the handler is called on the thread of `context`, by its event loop. The outcome of
    //! the job is counted and its future has ended by then; the job lives until the handler has
    //! returned. Refused jobs, too, leave their messages to the handler: the verdict has the reason
    //! alone. Without an event loop the jobs are kept until the context is destroyed, which ends the
    //! calls; from then on it is as if there were no handler. A stop does not wait for the calls, so
    //! they may come after it. The context must be alive now; it may be moved to another thread. Without
    //! one the call is ignored with a warning.
    void setDiscardHandler(QObject *context, std::function<void(Job &, DiscardReason)> handler)
    {
        if (handler)
            engine().setDiscardHandler(context, untyped(std::move(handler)));
        else
            engine().setDiscardHandler(nullptr);
    }

private:
    static DiscardHandler::Function untyped(std::function<void(Job &, DiscardReason)> handler)
    {
        return [handler = std::move(handler)](AbstractJob &job, DiscardReason reason) {
            handler(static_cast<Job &>(job), reason);
        };
    }

    template<typename J>
    [[nodiscard]] Detail::JobPointer<J> makeJob(Key &&key, Message &&message,
                                                const JobOptions &options) const
    {
        if (!m_priorityManager.isSet())
            return Detail::makeJob<J>(std::move(key), std::move(message), options);
        const JobOptions complete = m_priorityManager.complete(key, options, engine().name());
        return Detail::makeJob<J>(std::move(key), std::move(message), complete);
    }

    [[nodiscard]] static Verdict<Message> verdict(Detail::JobPointer<Detail::DispatchedJob<W>> job,
                                                  Refusal refused)
    {
        if (!refused) {
            job.release(); // the factory's
            return {};
        }
        if (job->isHandedOn() || job->isMessageTaken())
            return {*refused, std::nullopt};
        return {*refused, std::move(job->message())};
    }

    Detail::PriorityManager<Key> m_priorityManager;
};

template<typename Function>
requires Detail::JobFunction<Function> Factory(FactorySettings, Function)
->Factory<FunctionWorker<std::decay_t<Function>>>;

template<typename Function>
requires Detail::JobFunction<Function> Factory(FactorySettings, Function, QObject *)
->Factory<FunctionWorker<std::decay_t<Function>>>;

// Chosen only where the above do not fit the function: says what is wrong with it.

template<typename Function>
Factory(FactorySettings, Function) -> Factory<Detail::NotAJobFunction<Function>>;

template<typename Function>
Factory(FactorySettings, Function, QObject *) -> Factory<Detail::NotAJobFunction<Function>>;

template<typename Function>
class Factory<Detail::NotAJobFunction<Function>> final : public FactoryBase
{
    static_assert(
        Detail::JobFunction<Function>,
        "Factory(settings, function): the function must take a Millwright::Job<Key, Message> & "
        "(not const, not auto) and nothing else, and must not be overloaded. To use a builder "
        "name the class of the workers: Factory<W>(settings, builder).");

public:
    Factory(FactorySettings settings, Function function, QObject *parent = nullptr);
};

} // namespace Millwright
