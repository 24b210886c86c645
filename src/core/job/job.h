// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "abstractjob.h"
#include "awaited.h"

#include <QtCore/qdebug.h>
#include <QtCore/qfuture.h>
#include <QtCore/qfutureinterface.h>
#include <QtCore/qhashfunctions.h>
#include <QtCore/qvariant.h>

#include <concepts>
#include <optional>
#include <utility>

namespace Millwright {

namespace Detail {

// Keys are hashed by qHash(), or by std::hash for types that Qt does not know.
template<typename Key>
concept QtHashable = requires(const Key &key)
{
    {
        qHash(key, std::size_t(0))
        } -> std::convertible_to<std::size_t>;
};

template<typename Key>
concept StdHashable = requires(const Key &key)
{
    {
        std::hash<Key>{}(key)
        } -> std::convertible_to<std::size_t>;
};

template<typename Key>
concept ValidKey = std::copy_constructible<Key> && std::equality_comparable<Key> &&(
    QtHashable<Key> || StdHashable<Key>);

template<typename Key>
quint64 hashKey(const Key &key)
{
    quint64 hash = 0;
    if constexpr (QtHashable<Key>)
        hash = qHash(key, std::size_t(0));
    else
        hash = std::hash<Key>{}(key);
    // The finaliser of SplitMix64: neighbouring integers end up far apart.
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
    return hash ^ (hash >> 31);
}

template<typename Key>
concept DebugStreamable = requires(QDebug debug, const Key &key)
{
    debug << key;
};

template<typename Key>
QString keyText(const Key &key)
{
    if constexpr (std::convertible_to<const Key &, QString>) {
        return key;
    } else if constexpr (std::same_as<Key, std::string>) {
        return QString::fromStdString(key);
    } else if constexpr (std::same_as<Key, bool>) {
        return key ? QStringLiteral("true") : QStringLiteral("false");
    } else if constexpr (std::integral<Key> || std::floating_point<Key>) {
        return QString::number(key);
    } else if constexpr (std::same_as<Key, QVariant>) {
        return key.toString();
    } else if constexpr (DebugStreamable<Key>) {
        QString text;
        QDebug(&text).nospace().noquote() << key;
        return text;
    } else {
        return {};
    }
}

} // namespace Detail

//! One job as its worker sees it: what `Worker::process()` is given, and what a discard handler is
//! given back. Valid while the call lasts; if `process()` returns a future, until that has ended.
template<typename Key, typename Message>
class Job : public AbstractJob
{
public:
    [[nodiscard]] const Key &key() const { return m_key; }
    [[nodiscard]] QString keyText() const override { return Detail::keyText(m_key); }

    //! What is to be done. Was moved here from the caller of `dispatch()` or `submit()`.
    [[nodiscard]] Message &message() { return m_message; }
    [[nodiscard]] const Message &message() const { return m_message; }
    //! Moves the message out. A job without its message cannot be retried.
    [[nodiscard]] Message takeMessage()
    {
        setMessageTaken();
        return std::move(m_message);
    }

    //! True once the future of this job was canceled, the dead man's switch has called the job off, or
    //! its worker was given up: what `process()` returns is not wanted any more. Long jobs ask now and
    //! then. Any thread.
    [[nodiscard]] virtual bool isCanceled() const { return isCalledOff(); }

protected:
    Job(Key &&key, Message &&message, const JobOptions &options)
        : AbstractJob(Detail::hashKey(key), options)
        , m_key(std::move(key))
        , m_message(std::move(message))
    {
    }

private:
    const void *keyIf(const std::type_info &type) const override
    {
        return type == typeid(Key) ? &m_key : nullptr;
    }

    const Key m_key;
    Message m_message;
};

namespace Detail {

// A job that ends with the future that `process()` returns.
template<typename W>
class AsynchronousJob : public Job<typename W::KeyType, typename W::MessageType>
{
protected:
    AsynchronousJob(typename W::KeyType &&key, typename W::MessageType &&message,
                    const JobOptions &options)
        : Job<typename W::KeyType, typename W::MessageType>(std::move(key), std::move(message),
                                                            options)
    {
        this->setAsynchronous();
    }

    [[nodiscard]] bool isPending() const override { return m_awaited.isPending(); }
    [[nodiscard]] std::unique_ptr<Suspension> suspend(std::function<void()> ended) override
    {
        return m_awaited.suspend(*this, std::nullopt, std::move(ended));
    }
    void callOff() override { m_awaited.cancel(); }
    [[nodiscard]] bool conclude() override { return m_awaited.conclude(); }

    Awaited<typename W::ResultType> m_awaited;
};

// Nothing but a key, for which somebody wants to know something.
template<typename Key>
class KeyProbe final : public AbstractJob
{
public:
    explicit KeyProbe(const Key &key) : AbstractJob(hashKey(key), {}), m_key(key) {}

    [[nodiscard]] QString keyText() const override { return Detail::keyText(m_key); }

private:
    const void *keyIf(const std::type_info &type) const override
    {
        return type == typeid(Key) ? &m_key : nullptr;
    }
    void run(QObject *) override {}

    const Key m_key;
};

template<typename W>
using JobOf = std::conditional_t<W::isAsynchronous, AsynchronousJob<W>,
                                 Job<typename W::KeyType, typename W::MessageType>>;

// Whoever makes a job owns it until a factory has accepted it.
template<typename J>
using JobPointer = std::unique_ptr<J, AbstractJob::Release>;

template<typename J, typename... Arguments>
[[nodiscard]] JobPointer<J> makeJob(Arguments &&...arguments)
{
    return JobPointer<J>(new J(std::forward<Arguments>(arguments)...));
}

// What `dispatch()` makes: nobody waits for the result.
template<typename W>
class DispatchedJob final : public JobOf<W>
{
    using Base = JobOf<W>;

public:
    DispatchedJob(typename W::KeyType &&key, typename W::MessageType &&message,
                  const JobOptions &options)
        : Base(std::move(key), std::move(message), options)
    {
    }

private:
    using Key = typename W::KeyType;
    using Message = typename W::MessageType;

    void run(QObject *worker) override
    {
        auto &typed = *static_cast<typename W::WorkerType *>(worker);
        if constexpr (W::isAsynchronous)
            this->m_awaited.begin(typed.process(*this));
        else
            static_cast<void>(typed.process(*this));
    }

    [[nodiscard]] AbstractJob::Pointer makeSpare() override
    {
        if constexpr (std::copy_constructible<Message>)
            return makeJob<DispatchedJob>(Key(this->key()), Message(this->message()),
                                          this->options());
        else
            return nullptr;
    }

    [[nodiscard]] AbstractJob::Pointer makeSuccessor() override
    {
        return makeJob<DispatchedJob>(Key(this->key()), std::move(this->message()),
                                      this->options());
    }
};

// What `submit()` makes: somebody holds the future of the result.
template<typename W>
class SubmittedJob final : public JobOf<W>, public PromiseLink
{
    using Base = JobOf<W>;
    using Key = typename W::KeyType;
    using Message = typename W::MessageType;
    using Result = typename W::ResultType;

public:
    SubmittedJob(typename W::KeyType &&key, typename W::MessageType &&message,
                 const JobOptions &options)
        : Base(std::move(key), std::move(message), options)
        , PromiseLink(static_cast<AbstractJob &>(*this))
    {
        this->setPromised();
        m_future.reportStarted();
    }
    //! A spare: the future is not its own before it takes over.
    explicit SubmittedJob(SubmittedJob *original)
        : Base(Key(original->key()), Message(original->message()), original->options())
        , PromiseLink(static_cast<AbstractJob &>(*this))
        , m_future(original->m_future)
        , m_ended(true)
    {
        this->setPromised();
    }

    ~SubmittedJob() override
    {
        if (!m_ended) // it was never given to a factory
            cancel();
    }

    [[nodiscard]] QFuture<Result> future() { return m_future.future(); }
    [[nodiscard]] bool isCanceled() const override
    {
        return m_future.isCanceled() || this->isCalledOff();
    }
    [[nodiscard]] bool isCancelRequested() const override { return m_future.isCanceled(); }

private:
    void run(QObject *worker) override
    {
        auto &typed = *static_cast<typename W::WorkerType *>(worker);
        if constexpr (W::isAsynchronous)
            this->m_awaited.begin(typed.process(*this));
        else if constexpr (std::is_void_v<Result>)
            typed.process(*this);
        else
            m_result.emplace(typed.process(*this));
    }

    [[nodiscard]] std::unique_ptr<Suspension> suspend(std::function<void()> ended) override
    {
        if constexpr (W::isAsynchronous)
            return this->m_awaited.suspend(*this, QFuture<void>(m_future.future()),
                                           std::move(ended));
        else
            return nullptr;
    }

    [[nodiscard]] bool conclude() override
    {
        if constexpr (W::isAsynchronous) {
            if (!this->m_awaited.conclude())
                return false;
            if constexpr (!std::is_void_v<Result>)
                m_result.emplace(this->m_awaited.takeResult());
        }
        return true;
    }

    void showProgressRange(int minimum, int maximum) override
    {
        m_future.setProgressRange(minimum, maximum);
    }

    void showProgress(int value, const QString &text) override
    {
        m_future.setProgressValueAndText(value, text);
    }

    void deliver() override
    {
        if constexpr (!std::is_void_v<Result>) {
            try {
                m_future.reportResult(std::move(*m_result));
            } catch (...) {
                // It is copied if it cannot be moved without that; or there is no memory.
                m_future.reportException(std::current_exception());
            }
        }
        end();
    }

    void reject(const std::exception_ptr &error) override
    {
        m_future.reportException(error);
        end();
    }

    void cancel() override
    {
        m_future.reportCanceled();
        end();
    }

    void end()
    {
        m_ended = true;
        m_future.reportFinished(); // continuations run here
    }

    PromiseLink *promiseLink() override { return this; }

    [[nodiscard]] AbstractJob::Pointer makeSpare() override
    {
        if constexpr (std::copy_constructible<Message>)
            return makeJob<SubmittedJob>(this);
        else
            return nullptr;
    }

    void takeOver(AbstractJob &lost) override
    {
        static_cast<SubmittedJob &>(lost).m_ended = true;
        m_ended = false;
    }

    [[nodiscard]] AbstractJob::Pointer makeSuccessor() override
    {
        return makeJob<DispatchedJob<W>>(Key(this->key()), std::move(this->message()),
                                         this->options());
    }

    struct Nothing
    {
    };
    using Stored = std::conditional_t<std::is_void_v<Result>, Nothing, Result>;

    // What a QPromise holds. Not a QPromise: its destructor looks whether the future has finished,
    // which QFuture::takeResult() undoes, and would end it a second time.
    QFutureInterface<Result> m_future;
    std::optional<Stored> m_result;
    bool m_ended = false;
};

} // namespace Detail

} // namespace Millwright
