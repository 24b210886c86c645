// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../engine/intrusivelist.h"
#include "jobmemory.h"
#include "joboptions.h"
#include "suspension.h"

#include <QtCore/qobject.h>

#include <atomic>
#include <exception>
#include <memory>
#include <new>
#include <typeinfo>

namespace Millwright {

class Engine;
class ExpiryHeap;
class FifoQueue;
class JobList;
class PromiseLink;
class RunReport;
class ShedList;
struct FifoBlock;
struct Incarnation;
struct KeyUse;
struct WorkerSlot;

//! The part of a job that the engine, routers and queues see: what it is called and how urgent it
//! is, but not the types of its key and message. `Job<Key, Message>` is the whole of it.
//!
//! A job is created by `Factory::dispatch()` and `Factory::submit()`, and owned by the factory until
//! its outcome is known. Every getter here is constant while the job waits and while it runs.
class MILLWRIGHT_CORE_EXPORT AbstractJob
{
public:
    virtual ~AbstractJob() = default;

    //! Lets go of a job that belongs to no factory. A discard handler may still look at it.
    struct Release
    {
        void operator()(AbstractJob *job) const { job->unref(); }
    };
    using Pointer = std::unique_ptr<AbstractJob, Release>;

    static void *operator new(std::size_t size) { return JobMemory::allocate(size); }
    static void operator delete(void *memory, std::size_t size)
    {
        JobMemory::release(memory, size);
    }
    static void *operator new(std::size_t size, std::align_val_t alignment)
    {
        return ::operator new(size, alignment);
    }
    static void operator delete(void *memory, std::size_t, std::align_val_t alignment)
    {
        ::operator delete(memory, alignment);
    }

    //! The hash of the key, with every bit well mixed. Where order within a key is kept, keys with
    //! equal hashes count as one.
    [[nodiscard]] quint64 keyHash() const { return m_keyHash; }
    //! The key, if it is of type `Key`; nullptr if the factory's keys are of another type.
    template<typename Key>
    [[nodiscard]] const Key *keyAs() const
    {
        return static_cast<const Key *>(keyIf(typeid(Key)));
    }
    //! The key as text, for people.
    [[nodiscard]] virtual QString keyText() const = 0;
    [[nodiscard]] QString label() const;
    [[nodiscard]] Priority priority() const { return Priority(m_priority); }
    [[nodiscard]] bool isDiscardable() const { return m_discardable; }
    //! True once somebody has moved the message out.
    [[nodiscard]] bool isMessageTaken() const { return m_messageTaken; }
    //! True when the job was refused, and its message is left to a discard handler whose turn is
    //! still to come, on this thread or another one. Only for the thread that submitted it.
    [[nodiscard]] bool isHandedOn() const { return m_handedOn; }
    //! 1 when the job runs for the first time, higher when it is retried.
    [[nodiscard]] int attempt() const { return m_attempt; }

    //! Grows from one job that begins to wait to the next. A job keeps its own for as long as it
    //! waits, wherever it is sent meanwhile.
    [[nodiscard]] quint64 order() const { return m_order; }

    //! When the job was given to the factory, handed to a worker, and started by it. Monotonic, in
    //! nanoseconds of the factory's clock; 0 when it has not happened yet.
    [[nodiscard]] qint64 submittedAt() const { return m_submitted; }
    [[nodiscard]] qint64 routedAt() const { return m_isListed ? 0 : m_routed; }
    [[nodiscard]] qint64 startedAt() const { return m_isListed ? 0 : m_started; }
    //! How long the job waited before it was started.
    [[nodiscard]] std::chrono::nanoseconds queueTime() const
    {
        return std::chrono::nanoseconds(m_started - m_submitted);
    }

    // --- For the worker, while the job runs; at other times they do nothing. Any thread. ---

    //! Says that the job is alive: a sign of life for who wonders about a job that takes long. Cheap.
    void heartbeat();
    //! What `setProgress()` counts from and to, for people. The value starts anew at `minimum`. A
    //! heartbeat, too.
    void setProgressRange(int minimum, int maximum);
    //! How far the job has come, and what it is at. Seen in snapshots, dashboards and the future of
    //! the job; a future ignores values that do not grow or are out of the range, and tells
    //! watchers of at most 25 values a second. A heartbeat, too.
    void setProgress(int value, const QString &text = {});

protected:
    // Inline, since most options are known to be the defaults where a job is made.
    AbstractJob(quint64 keyHash, const JobOptions &options)
        : m_keyHash(keyHash)
        , m_priority(quint8(options.priority.value_or(Priority::Normal)))
        , m_discardable(options.discardable.value_or(true))
    {
        if (options.timeToLive.count() != 0 || !options.label.isEmpty() || options.retry)
            addExtras(options);
    }
    Q_DISABLE_COPY_MOVE(AbstractJob)

    //! What it was submitted with; what was left open then is filled in.
    [[nodiscard]] JobOptions options() const;
    void setMessageTaken() { m_messageTaken = true; }
    void setPromised() { m_promised = true; }
    void setAsynchronous() { m_asynchronous = true; }
    // True once the factory has given up hope of the running job, or of its worker. Any thread.
    [[nodiscard]] bool isCalledOff() const;

private:
    friend class Engine;
    friend class ExpiryHeap;
    friend class FifoQueue;
    friend class JobList;
    friend class ShedList;
    friend struct Incarnation;

    // The key, if that is its type.
    [[nodiscard]] virtual const void *keyIf(const std::type_info &type) const = 0;

    // What a job does, filled in by the typed layer. All are called without the engine's lock.
    virtual void run(QObject *worker) = 0; // on the worker's thread; what it throws fails the job
    // If asynchronous, on the worker's thread: whether it goes on after run(); what to keep until
    // `ended` was called, on any thread; and the end, which throws what fails the job and returns
    // false if it was canceled.
    [[nodiscard]] virtual bool isPending() const { return false; }
    [[nodiscard]] virtual std::unique_ptr<Suspension> suspend(std::function<void()> ended);
    virtual void callOff() {} // asks it to end, while it is suspended; any thread
    [[nodiscard]] virtual bool conclude() { return true; }
    virtual void showProgressRange(int, int) {} // to whoever holds the future; any thread
    virtual void showProgress(int, const QString &) {}
    virtual void deliver() {} // the result of run() to whoever asked for it
    virtual void reject(const std::exception_ptr &) {}
    virtual void cancel() {} // ends the future of a job that was canceled
    virtual PromiseLink *promiseLink() { return nullptr; } // non-null exactly if m_promised

    // For the case that the worker is lost with the message: a job with a copy of it, and with the
    // same future, which takeOver() makes its own. nullptr if the message cannot be copied.
    [[nodiscard]] virtual Pointer makeSpare();
    virtual void takeOver(AbstractJob &) {} // from the lost one; the engine's lock is held
    // A job like this one has been, without a future, to be submitted with the message of this one,
    // which has ended. nullptr if there is no such thing.
    [[nodiscard]] virtual Pointer makeSuccessor();

    // What only some jobs have: most are two cache lines, and stay so.
    struct Extras
    {
        QString label;
        std::optional<RetryPolicy> retry; // none: the factory's
        qint64 expiry
            = 0; // a time to live until the job is submitted, then a point in time; 0: never
        qint64 due = 0; // ExpiryHeap: the next time at which something must be decided
        int heapIndex = -1; // ExpiryHeap
        bool awaitsRoom = false; // its last attempt was to enter, and so will be the next
        bool isAdmitted = true; // the rate limit has let it in
        bool isExhausted = false; // discarded although its policy is to try again
    };
    void addExtras(const JobOptions &options);
    // Made when first needed: before the job is the factory's, or with the engine's lock held.
    [[nodiscard]] Extras &extras();

    // Where it waits, or that it runs. Means nothing in a hand before it runs.
    enum class Place : quint8 { Queue, OwnQueue, Parked, Delayed, TokenQueue, Running };

    void ref() { m_references.fetch_add(1, std::memory_order_relaxed); }
    void unref();
    [[nodiscard]] bool isRunning() const { return m_place == Place::Running; }
    [[nodiscard]] qint64 expiry() const { return m_extras ? m_extras->expiry : 0; }
    [[nodiscard]] bool isExpired(qint64 now) const
    {
        const qint64 end = expiry();
        return end != 0 && now >= end;
    }

    union
    {
        AbstractJob *m_next = nullptr; // JobList
        FifoBlock *m_block; // FifoQueue; nullptr if it came back
    };
    union
    {
        AbstractJob *m_previous = nullptr; // JobList
        qint64 m_position; // FifoQueue: in the block
        RunReport *m_report; // while running
    };
    quint64 m_keyHash;
    quint64 m_order = 0;
    qint64 m_submitted = 0;
    union
    {
        qint64 m_routed = 0;
        AbstractJob *m_newer; // ShedList
    };
    union
    {
        qint64 m_started = 0;
        AbstractJob *m_older; // ShedList
    };
    std::unique_ptr<Extras> m_extras;
    WorkerSlot *m_slot = nullptr; // whose own queue it waits in, or will
    KeyUse *m_key = nullptr; // while it is among the jobs of its key
    std::atomic<int> m_references = 1;
    quint16 m_attempt = 1;
    quint8 m_priority;
    quint8 m_discardReason = 0; // once it is discarded, until that is told
    Place m_place = Place::Queue;
    bool m_discardable;
    bool m_messageTaken = false;
    bool m_handedOn = false;
    bool m_promised = false;
    bool m_isListed = false; // in the ShedList
    bool m_isPinned = false; // to one worker, whatever its key is
    bool m_asynchronous = false;
};

//! The part of a job that somebody holds a future of. While such a job waits it is on the engine's
//! list of jobs that may be canceled at any moment: a QFuture tells its producer of `cancel()` only
//! when asked.
class MILLWRIGHT_CORE_EXPORT PromiseLink
{
public:
    [[nodiscard]] virtual bool isCancelRequested() const = 0;

protected:
    explicit PromiseLink(AbstractJob &job) : m_job(job) {}
    virtual ~PromiseLink();
    Q_DISABLE_COPY_MOVE(PromiseLink)

private:
    friend class Engine;

    AbstractJob &m_job;
    ListLink<PromiseLink> m_waitingLink;
};

} // namespace Millwright
