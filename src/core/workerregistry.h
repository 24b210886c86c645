// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "factory.h"

#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>

#include <memory>

namespace Millwright {

//! The future of a job whose result is wanted as a QVariant.
struct VariantFuture
{
    //! The job: tells its end, and its exception; canceling it cancels the job.
    QFuture<void> job;
    //! The result, once the job has completed; not valid if the worker returns void.
    std::function<QVariant()> result;
};

//! A kind of worker whose jobs are made of QVariants. This is how QML and other code that does not
//! know the types of a worker use it by name. Constant, so any thread may call.
class MILLWRIGHT_CORE_EXPORT WorkerType
{
public:
    virtual ~WorkerType();

    [[nodiscard]] virtual WorkerBuilder builder() const = 0;

    //! As `Factory::dispatch()`: why the job was refused, or nothing if it was accepted. Throws
    //! JobError, and makes no job, when a value cannot be converted; its text says which and why.
    virtual Refusal dispatch(Engine &engine, const QVariant &key, const QVariant &message,
                             const JobOptions &options) const = 0;

    //! As `Factory::submit()`. Throws JobError, and makes no job, when a value cannot be converted.
    [[nodiscard]] virtual VariantFuture submit(Engine &engine, const QVariant &key,
                                               const QVariant &message,
                                               const JobOptions &options) const = 0;

protected:
    WorkerType() = default;

private:
    Q_DISABLE_COPY_MOVE(WorkerType)
};

//! The kinds of workers that are known by a name: see `registerWorker()`. Every function may be
//! called from any thread.
namespace WorkerRegistry {

//! Makes the type known. A name that is taken is given to the new type, with a warning; factories
//! that use the former one keep it. An empty name is ignored with a warning.
MILLWRIGHT_CORE_EXPORT void add(const QString &name, std::shared_ptr<const WorkerType> type);
//! nullptr if there is none of this name.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT std::shared_ptr<const WorkerType> find(const QString &name);
//! All known names, in alphabetical order.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QStringList names();
//! What to tell people about a name that `find()` does not know: which ones there are, and what to
//! do.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QString unknownNameText(const QString &name);

} // namespace WorkerRegistry

namespace Detail {

template<typename T>
concept KnownToQVariant = std::default_initializable<T> && std::copyable<T>;

// Converts in place; throws JobError with a text that names the part of the job.
MILLWRIGHT_CORE_EXPORT void convertVariant(QVariant &value, QMetaType type, const char *part);

template<typename T>
T fromVariant(QVariant value, const char *part)
{
    if constexpr (std::same_as<T, QVariant>) {
        return value;
    } else {
        if (value.metaType() != QMetaType::fromType<T>())
            convertVariant(value, QMetaType::fromType<T>(), part);
        return qvariant_cast<T>(std::move(value));
    }
}

template<typename W>
class WorkerTypeOf final : public WorkerType
{
    using Key = typename W::KeyType;
    using Message = typename W::MessageType;
    using Result = typename W::ResultType;

    static_assert(KnownToQVariant<Key>,
                  "registerWorker<W>(): the Key of W cannot be held by a QVariant. Make it default "
                  "constructible and copyable, or use the Factory<W> from C++ only.");
    static_assert(
        KnownToQVariant<Message>,
        "registerWorker<W>(): the Message of W cannot be held by a QVariant. Make it "
        "default constructible and copyable, use a QVariantMap or std::shared_ptr, or use "
        "the Factory<W> from C++ only.");
    static_assert(
        std::is_void_v<Result> || KnownToQVariant<Result>,
        "registerWorker<W>(): the Result of W cannot be held by a QVariant. Make it default "
        "constructible and copyable, return void or std::shared_ptr, or use the Factory<W> "
        "from C++ only.");

public:
    explicit WorkerTypeOf(WorkerBuilder builder) : m_builder(std::move(builder)) {}

    [[nodiscard]] WorkerBuilder builder() const override { return m_builder; }

    Refusal dispatch(Engine &engine, const QVariant &key, const QVariant &message,
                     const JobOptions &options) const override
    {
        auto job = jobFrom<DispatchedJob<W>>(key, message, options);
        const auto refused = engine.submit(*job);
        if (!refused)
            job.release(); // the factory's
        return refused;
    }

    [[nodiscard]] VariantFuture submit(Engine &engine, const QVariant &key, const QVariant &message,
                                       const JobOptions &options) const override
    {
        auto job = jobFrom<SubmittedJob<W>>(key, message, options);
        QFuture<Result> future = job->future();
        if (!engine.submit(*job))
            job.release(); // the factory's
        if constexpr (std::is_void_v<Result>)
            return {future, [] { return QVariant(); }};
        else
            return {QFuture<void>(future),
                    [future] { return QVariant::fromValue(future.result()); }};
    }

private:
    template<typename J>
    static JobPointer<J> jobFrom(const QVariant &key, const QVariant &message,
                                 const JobOptions &options)
    {
        return makeJob<J>(fromVariant<Key>(key, "key"), fromVariant<Message>(message, "message"),
                          options);
    }

    const WorkerBuilder m_builder;
};

} // namespace Detail

//! Makes a class of workers available by name, to QML above all: `Factory { worker: "hash" }`.
//!
//! \code
//! Millwright::registerWorker<HashWorker>(u"hash"_s);
//! \endcode
//!
//! Key and message are then converted from QVariants, the result to one; types of your own work if
//! QMetaType knows a conversion. Workers are made by their default constructor, or by one that
//! takes a `WorkerContext`. Any thread may call; do it before the QML that uses the name is loaded.
template<typename W>
void registerWorker(const QString &name)
{
    static_assert(
        Detail::IsWorker<W>::value,
        "registerWorker<W>(): W must derive from Millwright::Worker<Key, Message, Result>. "
        "To register a function pass it: registerWorker(name, function).");
    if constexpr (Detail::IsWorker<W>::value) {
        WorkerRegistry::add(name,
                            std::make_shared<Detail::WorkerTypeOf<W>>(Detail::defaultBuilder<W>()));
    }
}

//! The same for workers that need more than a default constructor: they are made by `builder`, as
//! with `Factory<W>`; see `workerBuilder()`.
template<typename W, typename Builder>
requires Detail::BuilderOf<Builder, W>
void registerWorker(const QString &name, Builder builder)
{
    WorkerRegistry::add(name, std::make_shared<Detail::WorkerTypeOf<W>>(
                                  [builder = std::move(builder)](const WorkerContext &context)
                                      -> std::unique_ptr<QObject> { return builder(context); }));
}

//! The same for a function that takes a `Job<Key, Message> &`; each worker has its own copy of it.
template<typename Function>
requires Detail::JobFunction<Function>
void registerWorker(const QString &name, Function function)
{
    using W = FunctionWorker<Function>;
    WorkerRegistry::add(name, std::make_shared<Detail::WorkerTypeOf<W>>(
                                  [function = std::move(function)](
                                      const WorkerContext &) -> std::unique_ptr<QObject> {
                                      return std::make_unique<W>(function);
                                  }));
}

// Chosen only where the above does not fit the function: says what is wrong with it.
template<typename Function>
void registerWorker(const QString &, Function)
{
    static_assert(
        Detail::JobFunction<Function>,
        "registerWorker(name, function): the function must take a Millwright::Job<Key, Message> & "
        "(not const, not auto) and nothing else, and must not be overloaded. To use a builder "
        "name the class of the workers: registerWorker<W>(name, builder).");
}

} // namespace Millwright
