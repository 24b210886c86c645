// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../factorysettings.h"
#include "../job/discardhandler.h"
#include "../lifecycle/usercall.h"
#include "../refusal.h"
#include "../statistics/snapshot.h"
#include "../statistics/tracelog.h"
#include "../supervision/deadletters.h"
#include "../supervision/restartpolicy.h"
#include "clock.h"
#include "enginemutex.h"
#include "expiryheap.h"
#include "keytable.h"
#include "loadindex.h"
#include "roomwaiter.h"
#include "shedlist.h"
#include "shown.h"
#include "station.h"

#include <QtCore/qfuture.h>
#include <QtCore/qpromise.h>
#include <QtCore/qwaitcondition.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <vector>

namespace Millwright {

struct Failure;
struct JobRun;

//! What a worker is told about itself when it is built.
struct WorkerContext
{
    int id = 0; //!< 0 to worker count - 1; the same for the worker that replaces this one
    QString factoryName = {};
};

//! Builds a worker, on the thread it will live on. May throw: the start is then tried again later.
using WorkerBuilder = std::function<std::unique_ptr<QObject>(const WorkerContext &)>;

//! Learns, on any thread, that something about a factory has changed.
class EngineObserver
{
public:
    virtual ~EngineObserver() = default;
    //! Called at most once until `Engine::listen()` is called again.
    virtual void engineChanged() = 0;
    //! A worker has given no sign of life for so long, in the job of this key, if in any.
    virtual void workerStuck(int worker, const QString &key, std::chrono::nanoseconds elapsed) = 0;
};

//! The part of a worker that the engine calls. On the worker's own thread.
class MILLWRIGHT_CORE_EXPORT WorkerLife
{
public:
    virtual ~WorkerLife();
    //! The worker was built; it runs no job before this returns. May throw, like the builder.
    virtual void beginWorker(const WorkerContext &context) = 0;
    //! The worker has run its last job and is about to be destroyed. Not called when it has failed.
    virtual void endWorker() = 0;
};

//! What a station is told to do next.
struct Order
{
    enum Kind : quint8 {
        Rest, //!< there is nothing to do until the next ring
        Again, //!< ask again at once: the lock was held long enough
        Build, //!< build the worker, then `built()`
        Run, //!< `begin()` and `perform()` jobs until `begin()` returns nullptr
        Conclude, //!< the worker's asynchronous job has ended: `conclude()` it
        Dismantle, //!< end and destroy the worker, then `dismantled()`
        Close, //!< end the thread
    };

    Kind kind = Rest;
    std::shared_ptr<Incarnation> incarnation = {};
    bool orderly = false; //!< Dismantle: the worker did not fail, tell it
    bool isFurther = false; //!< Run: it was dealt together with the last one
    bool isAll = false; //!< Run: nothing else waits that the station could do
    bool mayLinger = false; //!< Rest: a processor has nothing else to do for the factory
};

//! A function of the user's that a factory calls of its own accord, on its executor.
enum class UserCall : quint8 {
    OnStarted,
    OnDraining,
    OnStopped,
    CapacityController,
    QueueLimitController,
};
//! As it is called in `FactorySettings`.
[[nodiscard]] QString nameOf(UserCall which);

//! The heart of a factory: one monitor that decides which worker runs which job, and when.
//!
//! Whoever causes an event carries it out, under one mutex, in O(1) or O(log n): the producer routes
//! its own job, the worker that has finished a job takes its next one. Only the router and the
//! queues run under the mutex; handlers, futures, doorbells and the destructors of jobs come after
//! it was released (`Section`). Knows the types of neither keys nor messages nor workers.
//!
//! Unless said otherwise every function may be called from any thread.
class MILLWRIGHT_CORE_EXPORT Engine final : public Alarmed,
                                            public std::enable_shared_from_this<Engine>
{
public:
    Engine(FactorySettings settings, WorkerBuilder builder, std::shared_ptr<Clock> clock,
           std::unique_ptr<StationHost> host);
    ~Engine();

    // Jobs.

    //! The factory owns the job from here on, unless a reason is returned: then it was refused, the
    //! discard handler has seen it, its future has ended, and it is still the caller's.
    //! Where there is no room for it, waits as long as that until there is, unless waiting would do harm: that
    //! is said with a warning.
    [[nodiscard]] Refusal submit(AbstractJob &job, std::chrono::milliseconds patience = {});
    //! Ends when some job would be accepted; canceled if the factory takes no more jobs.
    [[nodiscard]] QFuture<void> whenCapacityAvailable();
    [[nodiscard]] QFuture<void> whenCapacityAvailable(AbstractJob::Pointer probe);
    //! The first job for the first worker, and so on, without asking the router but for jobs whose
    //! worker has left. Tells which jobs were refused.
    void submitToAll(std::span<AbstractJob *const> jobs, std::span<Refusal> refused);

    // Lifecycle.

    //! False, with a warning, if it was started before.
    bool start();
    void drain();
    void stop();
    //! Stops a factory that was not started and cannot be: it ends as `Failed`.
    void fail(const QString &error);
    //! `stop()`, then waits. What has not ended by the deadline is given up.
    StopReport stop(QDeadlineTimer deadline);
    //! Waits until the factory has stopped; false when it has not by the deadline.
    bool waitForStopped(QDeadlineTimer deadline);
    //! Ends when the factory has stopped.
    [[nodiscard]] QFuture<void> whenStopped();
    //! Gives up whatever has not ended. Only after `stop()`.
    StopReport giveUp();

    // Dead letters.

    [[nodiscard]] QList<DeadLetter> deadLetters() const;
    //! False if there is no such letter, if it cannot be retried, or if its job was refused.
    [[nodiscard]] bool retryDeadLetter(quint64 id);
    //! False if there is no such letter.
    [[nodiscard]] bool dropDeadLetter(quint64 id);
    void setDeadLetterLimit(qsizetype limit);
    [[nodiscard]] qsizetype deadLetterLimit() const;

    // The jobs there are (enginelist.cpp).

    //! All that run, and of those that wait so many at most.
    [[nodiscard]] QList<JobSnapshot> jobs(qsizetype mostWaiting);
    //! Takes a job out that waits, or calls off one that runs. False if there is none of this id.
    bool cancelJob(quint64 id);
    //! The same for all that the filter picks, which is called without the lock; returns how many.
    int cancelJobs(const JobFilter &filter);

    //! While there are more beginnings than ends, what workers do is recorded.
    void beginTrace();
    void endTrace();
    //! How many want a trace.
    [[nodiscard]] int tracers() const { return m_tracers.load(); }
    //! The recorded spans of higher numbers than this one, and, with the number 0, those that short
    //! jobs may still be added to. What runs is not among them.
    [[nodiscard]] QList<TraceSpan> trace(quint64 since) const;

    // Settings.

    //! Lets what runs finish, and starts nothing until `resume()`.
    void pause();
    void resume();
    [[nodiscard]] bool isPaused() const;
    void setWorkerCount(int count);
    void setQueueLimit(qsizetype limit);
    void setDiscardMode(DiscardMode mode);
    void setOnFailure(OnFailure action);
    [[nodiscard]] RetryPolicy retryPolicy() const;
    [[nodiscard]] DeadMansSwitch deadMansSwitch() const;
    void setHighWaterMark(qsizetype mark);
    void setLowWaterMark(qsizetype mark);
    [[nodiscard]] qsizetype highWaterMark() const;
    [[nodiscard]] qsizetype lowWaterMark() const;
    //! Those with several parts. A part is changed under the lock, by a function of ours: of two threads that set
    //! different parts, none undoes what the other one does. What makes no sense is corrected, with a warning.
    void changeRateLimit(const std::function<void(RateLimit &)> &change);
    void changeRestartPolicy(const std::function<void(RestartPolicy &)> &change);
    void changeRetryPolicy(const std::function<void(RetryPolicy &)> &change);
    void changeDeadMansSwitch(const std::function<void(DeadMansSwitch &)> &change);
    void setRateLimit(const RateLimit &limit)
    {
        changeRateLimit([&](RateLimit &its) { its = limit; });
    }
    void setRestartPolicy(const RestartPolicy &policy)
    {
        changeRestartPolicy([&](RestartPolicy &its) { its = policy; });
    }
    void setRetryPolicy(const RetryPolicy &policy)
    {
        changeRetryPolicy([&](RetryPolicy &its) { its = policy; });
    }
    void setDeadMansSwitch(const DeadMansSwitch &deadMansSwitch)
    {
        changeDeadMansSwitch([&](DeadMansSwitch &its) { its = deadMansSwitch; });
    }
    void setRateLimiter(const RateLimiterBuilder &builder);
    void setRateLimitMode(RateLimitMode mode);
    //! Not limited when the limiter is the user's.
    [[nodiscard]] RateLimit rateLimit() const;
    [[nodiscard]] RateLimitMode rateLimitMode() const;
    [[nodiscard]] qsizetype queueLimit() const;
    [[nodiscard]] DiscardMode discardMode() const;
    [[nodiscard]] OnFailure onFailure() const;
    [[nodiscard]] RestartPolicy restartPolicy() const;
    [[nodiscard]] int threadCount() const { return m_threadCount; }
    //! nullptr for none.
    void setDiscardHandler(std::shared_ptr<const DiscardHandler> handler);
    //! Bound to a context object.
    void setDiscardHandler(QObject *context, DiscardHandler::Function function);
    //! For stages to come. The old hook is no longer called, unless its turn has come already.
    void setHook(UserCall which, Hook hook);
    void setStatisticsLayer(std::shared_ptr<StatisticsLayer> layer);
    [[nodiscard]] std::shared_ptr<StatisticsLayer> statisticsLayer() const
    {
        return hasLayer() ? theLayer() : nullptr;
    }
    void setCapacityController(CapacityController controller);
    void setQueueLimitController(QueueLimitController controller);

    // What can be seen. The first group never waits for the lock: while others keep it busy, the
    // values are those of a moment ago.

    [[nodiscard]] qint64 queueDepth() const { return glance().waiting; }
    [[nodiscard]] int activeWorkers() const { return glance().active; }
    [[nodiscard]] int workerCount() const { return m_workerCount; }
    [[nodiscard]] qint64 availableCapacity() const;
    [[nodiscard]] qint64 submitted() const { return m_published.submitted; }
    [[nodiscard]] int crashLoopingWorkers() const { return m_crashLooping; }
    [[nodiscard]] bool isCongested() const { return m_isCongested; }
    [[nodiscard]] FactoryState state() const { return m_published.state.acquire(); }

    //! How often there has been room again after a job was refused or shed for the lack of it.
    [[nodiscard]] qint64 roomReturns() const;
    //! How often threads have gone to sleep in `submit()`, and were woken because there is room.
    struct Sleeps
    {
        qint64 begun;
        qint64 ended;
    };
    [[nodiscard]] Sleeps sleepsForRoom() const;
    [[nodiscard]] Counters counters() const;
    [[nodiscard]] FactorySnapshot snapshot(bool withWorkers) const;
    //! Jobs completed per second, over the last three to four seconds.
    [[nodiscard]] double throughput() const;
    //! Of all workers there ever were; merged without holding the lock.
    [[nodiscard]] Latencies latencies() const;
    //! Of one worker and those it has replaced; nothing if there was never one of this id.
    [[nodiscard]] std::optional<Latencies> latencies(int worker) const;
    [[nodiscard]] QList<FactoryEvent> eventsSince(quint64 number) const;
    [[nodiscard]] const QString &name() const { return m_name; }
    //! Why the factory has failed; empty if it has not.
    [[nodiscard]] QString errorString() const;

    void setObserver(std::shared_ptr<EngineObserver> observer);
    //! The next change calls the observer.
    void listen() { m_observed.store(false, std::memory_order_release); }

    //! Calls off what a worker runs, as the dead man's switch does before the grace period. False if it
    //! runs nothing.
    bool interrupt(int worker);
    //! Gives up what a worker runs, as the dead man's switch does after the grace period, without a
    //! limit to the threads that are left behind. False if it runs nothing.
    bool abandon(int worker, const Incarnation *meant = nullptr);

    // For stations, on their thread.

    [[nodiscard]] Order next(Station &station);
    //! The station goes to deal with other events first, and will call `next()` again by itself. False
    //! if it must not, since it is about to end.
    [[nodiscard]] bool yield(Station &station);
    //! Builds the worker of the order, and says whether that went well.
    void build(Incarnation &incarnation);
    //! Ends and destroys it, now or (`later`) when control returns to the event loop.
    void dismantle(Incarnation &incarnation, bool orderly, bool later);
    //! The next job to run, already counted as running; nullptr when there is none in hand.
    [[nodiscard]] AbstractJob *begin(Incarnation &incarnation);
    //! Runs a job that `begin()` returned. Afterwards it has ended, or it is asynchronous and goes on
    //! while the station does something else.
    void perform(const std::shared_ptr<Incarnation> &incarnation, AbstractJob &job);
    //! Ends the asynchronous job of the worker.
    void conclude(Incarnation &incarnation);

    //! The thread was terminated. What lives there can never be destroyed.
    void terminated(Station &station);

    void onAlarm() override;

private:
    friend class Workers;
    class Section;
    class Telling;

    // Functions below that are hidden are on the way of every job: nobody outside the library can call them,
    // so they may be inlined.

    struct Glance
    {
        qint64 waiting;
        int active;
    };
    // What the capacity follows from.
    struct Load
    {
        qint64 waiting;
        qint64 backingOff; // of these: the limit is not for them
        qint64 limit;
        int places; // for each of which that is the limit
        qint64 runnable; // by whoever is free
        int idleForShared;
        int idleWithOwn;

        [[nodiscard]] qint64 totalLimit() const;
        [[nodiscard]] qint64 capacity() const;
    };

    // A value that never comes: nothing is due.
    static constexpr qint64 Never = std::numeric_limits<qint64>::max();

    // When and then how often progress is checked while a decision stands on an estimate, and how often
    // waiting jobs are looked through for canceled futures.
    static constexpr qint64 FirstWatch = 250'000;
    static constexpr qint64 WatchInterval = 2'000'000;
    static constexpr qint64 SweepInterval = 20'000'000;
    // No controller is called more often.
    static constexpr qint64 ShortestInterval = 1'000'000;
    // Jobs shorter than this are taken in batches of about this much work.
    static constexpr double BatchTime = 20'000;
    // What it costs to wake a thread; less work than that is better left to those awake.
    static constexpr double WakeTime = 200'000;
    // A station that was called and has not come after so long may have to wait for a processor. Of those that
    // are called after it, each has twice as long, up to that often, until one comes.
    static constexpr qint64 CallPatience = 100'000;
    static constexpr int MostPatience = 5;
    // What it costs to submit a job, about.
    static constexpr double SubmitTime = 100;

    // Most jobs that are sent elsewhere, because of their keys, in one critical section.
    static constexpr int MostRedirected = 64;
    // So many jobs are worth claiming their keys later. Each time that was in vain, twice as many hands claim
    // them at once before it is tried again, up to this number.
    static constexpr int FewestClaimedLater = 2;
    static constexpr int MostPromptClaims = 31;
    // Most times that a station finds no job to take, in one critical section.
    static constexpr int MostRefused = 8;

    enum class End : bool { Back, Front };
    // Where a job stands in the line of its key.
    enum class Standing : quint8 { InQueue, WithHolder };

    // Where a job is to wait.
    struct Destination
    {
        WorkerSlot *slot = nullptr; // nullptr: in the factory's queue
        bool isParked = false; // until another worker is done with the key
        KeyUse *key = nullptr; // jobs of it may be before this one
    };

    // What the rate limit does with a job that comes now, and when there will be a token for it.
    enum class Admission : quint8 { Open, Delayed, Closed };
    struct Outlook
    {
        Admission admission;
        qint64 next;
    };

    //! The key as text; never throws.
    [[nodiscard]] static QString keyTextOf(const AbstractJob &job) noexcept;

    // Telling of discarded jobs (enginediscard.cpp).
    struct Untold;
    static void reportRefused(AbstractJob &job, DiscardReason reason,
                              std::shared_ptr<const DiscardHandler> handler,
                              StatisticsLayer *layer);
    void reportDiscarded(AbstractJob &job, DiscardReason reason,
                         const std::shared_ptr<const DiscardHandler> &handler);
    static void endDiscarded(AbstractJob &job, DiscardReason reason);
    static void tellUntold();
    void told();

    // Waiting (enginejobs.cpp).
    Refusal refuseOwn(AbstractJob &job);
    Q_DECL_HIDDEN Refusal admit(AbstractJob &job, WorkerSlot *target, Section &section);
    Q_DECL_HIDDEN void count(Refusal refused);
    Q_DECL_HIDDEN Refusal tryAdmit(AbstractJob &job, WorkerSlot *target, Section &section);
    Refusal admitInTime(AbstractJob &job, WorkerSlot *target, Section &section);
    Q_DECL_HIDDEN Refusal admitNow(AbstractJob &job, WorkerSlot *target, Section &section);
    Q_DECL_HIDDEN void stamp(AbstractJob &job) const;
    [[nodiscard]] Q_DECL_HIDDEN WorkerSlot *route(const AbstractJob &job, Section &section);
    void sayRouterThrew(Section &section) const;
    [[nodiscard]] WorkerSlot *targetOf(const AbstractJob &job, Section &section);
    [[nodiscard]] Q_DECL_HIDDEN bool isFull(Destination destination) const;
    [[nodiscard]] qsizetype queueShare() const;
    void noteLoadBeyondLimit(const WorkerSlot &slot)
    {
        m_isUneven = m_isUneven || slot.leaving || slot.ownSize + slot.parkedSize > m_limit;
    }
    [[nodiscard]] bool isWaitingAtLeast(qint64 count) const;
    [[nodiscard]] bool isTooLate(const AbstractJob &job) const
    {
        return job.expiry() != 0 && job.isExpired(m_clock->now());
    }
    [[nodiscard]] bool mayNotEnter(const AbstractJob &job, WorkerSlot *target);
    [[nodiscard]] qsizetype waitingAt(const WorkerSlot &slot) const;
    [[nodiscard]] bool isAtRest(const WorkerSlot &slot) const;
    void limitTo(qsizetype limit, DiscardMode mode);
    [[nodiscard]] bool mustKeepShedList(qsizetype limit, DiscardMode mode) const;
    void listForShedding();
    [[nodiscard]] Q_DECL_HIDDEN bool isShedListed(const WorkerSlot *slot) const;
    void doubtCall();
    void takeBackOlder(const AbstractJob &job, Section &section);
    [[nodiscard]] AbstractJob *victimFor(AbstractJob &job);
    [[nodiscard]] Queue &queueOf(WorkerSlot *slot) { return slot ? ownQueueOf(*slot) : *m_queue; }
    [[nodiscard]] Q_DECL_HIDDEN Queue &ownQueueOf(WorkerSlot &slot);
    Q_DECL_HIDDEN void enqueue(AbstractJob &job, WorkerSlot *slot, End end, Section &section);
    void delay(AbstractJob &job, qint64 until, Section &section);
    void awaitEnd(AbstractJob &job, qint64 due, Section &section)
    {
        if (due || job.m_promised)
            listEnd(job, due, section);
    }
    void listEnd(AbstractJob &job, qint64 due, Section &section);
    //! For a job that its queue has already let go.
    void leaveQueue(AbstractJob &job, Section &section);
    void forgetWaiting(AbstractJob &job);
    void removeWaiting(AbstractJob &job, Section &section);
    void ownQueueEmptied(WorkerSlot &slot, Section &section);
    void reroute(WorkerSlot *slot, Section &section);
    void enqueueFirst(JobList &jobs, Section &section);
    void discardWaiting(Section &section);

    // Trying again (engineretry.cpp).
    [[nodiscard]] const RetryPolicy &policyOf(const AbstractJob &job) const;
    [[nodiscard]] bool retry(AbstractJob &job, RetryOn outcome, qint64 now, Section &section);
    Refusal turnAway(AbstractJob &job, WorkerSlot *target, bool isAdmitted, Section &section);
    void shed(AbstractJob &job, bool isAdmitted, Section &section);
    void reenter(AbstractJob &job, Section &section);
    void keepSpare(Incarnation &incarnation, AbstractJob &job);
    //! Ends, or tries again, the job that an incarnation was running that is given up while the
    //! factory goes on: seized, with a reference that is this function's, and released from its
    //! key, whose text is `key`.
    void endLost(Incarnation &incarnation, AbstractJob &job, const QString &key, qint64 now,
                 Section &section);

    // The jobs there are (enginelist.cpp).
    struct ListedJob;
    [[nodiscard]] std::vector<ListedJob> list(qsizetype mostWaiting);
    template<typename Visit>
    void forEachWaiting(const Visit &visit);
    int cancelJobs(std::vector<quint64> ids);
    void trace(Incarnation &incarnation, const AbstractJob &job, Outcome outcome) noexcept;
    void endSlice(Incarnation &incarnation) noexcept;
    void traceLost(const Incarnation &incarnation, const AbstractJob &job, const QString &key,
                   qint64 now) noexcept;

    // Dead letters (enginedeadletters.cpp).
    // What is known of a job that has ended.
    [[nodiscard]] static DeadLetter letterOf(const AbstractJob &job, const QString &key,
                                             Outcome outcome, const QString &error, int worker,
                                             qint64 now);
    void bury(DeadLetter letter, AbstractJob::Pointer job, Section &section);
    void buryShed(AbstractJob &job, bool isKept);
    void dropSurplusLetters(Section &section);

    // Backpressure (enginebackpressure.cpp).
    void noteCongestion();
    [[nodiscard]] bool hasPlace();
    [[nodiscard]] bool hasRoom(Admission admission);
    [[nodiscard]] bool mayEnter(const RoomSeeker &seeker, Admission admission);
    void choose(RoomWaiter &waiter, Section &section);
    [[nodiscard]] WorkerSlot *chosenFor(const RoomSeeker &seeker) const;
    [[nodiscard]] qint64 placesAt(const WorkerSlot &slot) const;
    [[nodiscard]] RoomEpoch roomEpoch(Admission admission) const;
    void noteLackOfRoom();
    [[nodiscard]] std::unique_ptr<RoomNews> findRoom(Section &section);
    void tellWaiters(RoomNews &news, Admission admission, const RoomEpoch &epoch, Section &section);
    Refusal waitForRoom(const RoomSeeker &seeker, AbstractJob &job, QDeadlineTimer deadline,
                        StatisticsLayer *layer);
    Refusal admitPatiently(RoomSeeker &seeker, AbstractJob &job, Section &section);
    [[nodiscard]] QDeadlineTimer endOf(const AbstractJob &job) const;
    [[nodiscard]] bool warnIfWaitingHarms() const;
    [[nodiscard]] bool stopWaiting(RoomWaiter &waiter);

    // Order within a key (enginekeys.cpp).
    [[nodiscard]] Q_DECL_HIDDEN KeyUse *useOf(const AbstractJob &job);
    [[nodiscard]] Q_DECL_HIDDEN Destination destinationOf(const AbstractJob &job,
                                                          WorkerSlot *target);
    Q_DECL_HIDDEN void place(AbstractJob &job, const Destination &destination, Section &section);
    void park(AbstractJob &job, WorkerSlot *slot, Section &section);
    void leaveParked(AbstractJob &job);
    void unpark(KeyUse &use, Section &section);
    Q_DECL_HIDDEN void prepareKey(AbstractJob &job);
    Q_DECL_HIDDEN void countKey(AbstractJob &job, WorkerSlot *slot);
    Q_DECL_HIDDEN void noteRunnable(KeyUse &use);
    Q_DECL_HIDDEN void uncountKey(AbstractJob &job, Standing standing);
    Q_DECL_HIDDEN void releaseKey(AbstractJob &job, Section &section);
    [[nodiscard]] Q_DECL_HIDDEN bool postponeClaims(int count);
    Q_DECL_HIDDEN static void prefetchKeys(std::span<AbstractJob *const> jobs);
    Q_DECL_HIDDEN void claimKeys();
    Q_DECL_HIDDEN void releaseUnclaimed(std::span<AbstractJob *const> done);
    [[nodiscard]] Q_DECL_HIDDEN bool claimKey(AbstractJob &job, WorkerSlot &slot, Section &section);
    // The rate limit (enginerate.cpp).
    Refusal admitLimited(AbstractJob &job, WorkerSlot *target, Section &section);
    Refusal awaitToken(AbstractJob &job, qint64 next, Section &section);
    void admitDelayed(qint64 now, Section &section);
    void discardDelayed(DiscardReason reason, Section &section);
    [[nodiscard]] Outlook outlook(Section &section);
    void onTokenDue();
    [[nodiscard]] qint64 nextToken(qint64 now, Section &section);
    void takeToken(qint64 now, Section &section);
    void sayLimiterThrew(Section &section);

    // Stations and hands (enginework.cpp), and single jobs (enginerun.cpp).
    [[nodiscard]] Q_DECL_HIDDEN Order decide(Station &station, Section &section);
    [[nodiscard]] Q_DECL_HIDDEN bool take(WorkerSlot &slot, bool own, int most, Section &section);
    Q_DECL_HIDDEN void takeMore(Station &station, Section &section);
    [[nodiscard]] Q_DECL_HIDDEN Order nextHand(Station &station);
    [[nodiscard]] Q_DECL_HIDDEN bool isToBeTaken(AbstractJob &job, WorkerSlot &slot, bool own,
                                                 bool watched, Section &section);
    [[nodiscard]] int batchSize(qsizetype share) const;
    Q_DECL_HIDDEN void account(Incarnation &incarnation);
    Q_DECL_HIDDEN void putDown(Station &station, Section &section);
    Q_DECL_HIDDEN void putDown(Incarnation &incarnation, Section &section);
    Q_DECL_HIDDEN void releaseLayer(Incarnation &incarnation, Section &section);
    void disengage(Incarnation &incarnation)
    {
        Q_ASSERT(m_engaged.contains(incarnation));
        m_engaged.remove(incarnation);
        m_batches.remove(incarnation);
        --m_engagedCount;
        m_behind -= incarnation.isBehind ? 1 : 0;
        incarnation.isBehind = false;
    }
    // What was in hands: jobs to go back where they came from, and of each key that the worker is done
    // with one job that it has done.
    struct TakenBack
    {
        std::vector<AbstractJob *> unstarted = {};
        std::vector<AbstractJob *> lastDone = {};
    };
    void takeBack(Incarnation &incarnation, TakenBack &jobs);
    void putBack(TakenBack &jobs, Section &section);
    void takeBackAll(Section &section);
    [[nodiscard]] bool settle(Incarnation &incarnation, Section &section);
    [[nodiscard]] bool isCompleted(Incarnation &incarnation, AbstractJob &job,
                                   const Failure *failure);
    void tellCompleted(Incarnation &incarnation, const AbstractJob &job);
    [[nodiscard]] bool isTraced() const { return m_tracers.load(std::memory_order_relaxed) > 0; }
    [[nodiscard]] bool mayStart(Incarnation &incarnation, AbstractJob &job);
    void endUnrun(Incarnation &incarnation, AbstractJob &job, Outcome outcome);
    void endFailed(Incarnation &incarnation, AbstractJob &job, const Failure &failure);
    [[nodiscard]] bool mayRun() const { return !m_paused && m_opened && !isOver(); }
    [[nodiscard]] bool isWorthCalling(bool isPending) const;
    [[nodiscard]] bool mayBeLong() const { return m_meanRunTime < 0 || m_meanRunTime >= BatchTime; }
    void noteCall();
    [[nodiscard]] bool isCallLate(qint64 now) const
    {
        return now >= m_doubtAt && (m_serving == 0 || mayBeLong());
    }
    void callNext(Section &section)
    {
        if (m_pending.first() || (m_queued > 0 && m_quiet.first()))
            callOne(section);
    }
    void callOne(Section &section);
    void relist(WorkerSlot &slot);
    void relist(Station &station);
    void noteAppetite(Station::Appetite appetite, int change);
    enum class Origin { Anywhere, Queue };
    [[nodiscard]] qint64 waitingInHands(Origin origin = Origin::Anywhere) const;
    [[nodiscard]] qint64 movableInHands() const;
    Q_DECL_HIDDEN static std::unique_ptr<Failure> execute(Incarnation &incarnation,
                                                          AbstractJob &job);
    Q_DECL_HIDDEN void finish(Incarnation &incarnation, AbstractJob &job, const Failure *failure);

    // Jobs that go on after process() has returned (engineasync.cpp).
    void suspend(const std::shared_ptr<Incarnation> &incarnation, AbstractJob &job);
    void resume(Incarnation &incarnation);
    [[nodiscard]] std::optional<Order> nextEnded(Station &station);
    void forgetSuspended(Incarnation &incarnation);
    void conclude(Incarnation &incarnation, AbstractJob &job);
    void adviseToKeepPromises(const Incarnation &incarnation, AbstractJob &job);

    // The pool (enginepool.cpp), and the life of the factory (enginelifecycle.cpp).
    void setWorkerCount(int count, Section &section);
    void fillSlots(Section &section);
    void fill(WorkerSlot &slot, Section &section);
    [[nodiscard]] Station &stationFor(const WorkerSlot &slot, Section &section);
    [[nodiscard]] Station *emptiestStation() const;
    void move(WorkerSlot &slot, Section &section);
    void tend(Incarnation &incarnation, Section &section);
    void dismiss(WorkerSlot &slot, Section &section);
    void vacate(WorkerSlot &slot, Section &section);
    void addChore(WorkerSlot &slot, WorkerState state, Section &section);
    [[nodiscard]] std::optional<Order> nextChore(Station &station, Section &section);
    void summon(Station &station, Section &section);
    void built(Incarnation &incarnation, const QString &error);
    void dismantled(Incarnation &incarnation);

    // Restart intensity (enginerestart.cpp).
    [[nodiscard]] static RestartHistory &historyOf(WorkerSlot &slot);
    void owe(WorkerSlot &slot);
    void replaceWorker(WorkerSlot &slot, const QString &error, qint64 now, Section &section);
    void noticeDeletion(Incarnation &incarnation);
    void workerDeleted(Incarnation &incarnation);
    void adviseToKeep(Section &section);
    void crashLoop(WorkerSlot &slot, const QString &why, qint64 now, Section &section);
    void awaitStart(WorkerSlot &slot, Section &section);
    void startAgain(qint64 now, Section &section);
    [[nodiscard]] qint64 nextStart() const
    {
        return m_starts.empty() ? Never : m_starts.begin()->first;
    }
    void enter(WorkerSlot &slot, WorkerState state);

    void stop(Section &section);
    void noteStarted(WorkerSlot &slot, Section &section);
    void close(Section &section);
    void closeIfDrained(Section &section);
    void proceed(Section &section);
    [[nodiscard]] bool isOver() const { return m_state > FactoryState::Draining; }
    void end(Station &station, Section &section);
    void setState(FactoryState state, Section &section);
    void announceStopped();
    void reap();

    // Controllers (enginecontrol.cpp).
    struct Control
    {
        std::shared_ptr<const ControlFunction> function = {};
        qint64 interval = 0;
        int minimum = 0;
        int maximum = 0;
        int least = 0; // less than this, and more than `most`, is nonsense
        int most = 0;
        qint64 dueAt = Never;
        qint64 calledAt = 0;
        QString complaint = {}; // the last that was logged
    };
    [[nodiscard]] Control &controlOf(UserCall which)
    {
        return m_controls[std::size_t(which) - std::size_t(UserCall::CapacityController)];
    }
    void setControl(UserCall which, Control control);
    void armControllers(Section &section);
    [[nodiscard]] bool isControlled() const;
    void arm(Control &control, qint64 last, Section &section);
    void callControllers(qint64 now, Section &section);
    void controllerAnswered(UserCall which, qint64 answer, const std::exception_ptr &error,
                            Section &section);

    // Hooks, and calls of all kinds (enginecalls.cpp).
    [[nodiscard]] bool callHook(UserCall which, Section &section);
    [[nodiscard]] bool isHookPending() const;
    [[nodiscard]] bool isHook(UserCall which) const { return std::size_t(which) < m_hooks.size(); }
    void call(UserCall which, std::function<void(const Detail::Reply &)> function,
              Section &section);
    [[nodiscard]] bool mayCall(UserCall which, quint64 ticket);
    void replied(UserCall which, quint64 ticket, qint64 answer, const std::exception_ptr &error);
    void openForWork(Section &section);
    void hookEnded(UserCall which, const std::exception_ptr &error, Section &section);
    void returned(quint64 ticket);
    [[nodiscard]] QStringList abandonCalls();

    // Time (enginetime.cpp).
    void alarmBy(qint64 time, Section &section);
    void watch(Section &section);
    bool isLong(const Incarnation &incarnation, qint64 now, qint64 interval);
    void noteLongJobs(qint64 now);
    void checkProgress(qint64 now, Section &section);
    void sweepCanceled(qint64 now, Section &section);
    void expire(qint64 now, Section &section);

    // The dead man's switch (enginestuck.cpp).
    struct StuckNews;
    struct StuckCase;
    void watchLife(Section &section);
    void lookSoon(Section &section);
    void expect(Station &station, Section &section);
    void checkLife();
    void look(qint64 now, StuckNews &news, Section &section);
    [[nodiscard]] bool isAt(const Incarnation &incarnation) const;
    void lookAt(Incarnation &incarnation, qint64 now, StuckNews &news, Section &section);
    void lookAt(Station &station, qint64 now, StuckNews &news);
    struct Judgement;
    [[nodiscard]] Judgement judge(Vigil &vigil, qint64 sign, qint64 now);
    [[nodiscard]] qint64 signOfLife(Incarnation &incarnation, qint64 now) const;
    [[nodiscard]] int dutyOf(const Station &station) const;
    [[nodiscard]] bool isStuck(const WorkerSlot &slot) const;
    void report(Incarnation &incarnation, qint64 now, StuckNews &news);
    static void carryOut(const StuckNews &news);
    bool callOff(Incarnation &incarnation, AbstractJob *meant, StuckNews &news, Section &section);
    void tell(StuckNews &news);
    static void leaveBehind(const StuckNews &news);
    [[nodiscard]] static QString textOf(const StuckCase &found, const QString &key);
    // And what is done about them (enginecondemn.cpp).
    void condemn(qint64 now, StuckNews &news, Section &section);
    void replaceSuspended(Incarnation &incarnation, qint64 now, StuckNews &news, Section &section);
    void condemnThread(Station &hung, int worker, Incarnation *cause, qint64 now, StuckNews &news,
                       Section &section);
    void retire(Station &station, Section &section);
    //! Takes the hand of a worker away. The job that is lost, if one was running, with a reference for
    //! the caller, who ends it; the keys are still to be released.
    [[nodiscard]] AbstractJob *seize(Incarnation &incarnation);
    void lose(Incarnation &incarnation, AbstractJob &job, qint64 now, const StuckNews &news,
              Section &section);
    void releaseKeysOf(Incarnation &incarnation, Section &section);
    void detach(WorkerSlot &slot);
    [[nodiscard]] Order comeBack(Station &station);
    void notOpened(Station &station);
    void endAbsent(Station &station, Section &section);
    void noteReturn(Station &station, Section &section);

    // The statistics layer (enginestatistics.cpp).
    [[nodiscard]] static qint64 samplingIntervalOf(const StatisticsLayer *layer);
    [[nodiscard]] bool hasLayer() const
    {
        return m_layerNumber.load(std::memory_order_acquire) != 0;
    }
    [[nodiscard]] std::shared_ptr<StatisticsLayer> theLayer() const;
    [[nodiscard]] StatisticsLayer *layerOf(Incarnation &incarnation)
    {
        return hasLayer() ? theLayerOf(incarnation) : nullptr;
    }
    [[nodiscard]] StatisticsLayer *theLayerOf(Incarnation &incarnation);
    [[nodiscard]] static JobRun runOf(const Incarnation &incarnation, const AbstractJob &job);
    Q_DECL_HIDDEN void awaitSample(Section &section);
    void sample(qint64 now, Section &section);
    void ring(Station &station, Section &section);

    // What can be seen (enginestate.cpp).
    [[nodiscard]] bool isCalledByPolicy(const char *function) const;
    [[nodiscard]] Glance glance() const;
    [[nodiscard]] Glance exactGlance() const;
    [[nodiscard]] Counters exactCounters() const;
    [[nodiscard]] int placesFor(int workers) const
    {
        return m_waitingPlace == WaitingPlace::AtWorkers ? std::max(1, workers) : 1;
    }
    [[nodiscard]] static qint64 limitOf(qint64 limit, qint64 places);
    [[nodiscard]] Q_DECL_HIDDEN Load loadWith(qint64 waiting, qint64 forAnybody) const;
    [[nodiscard]] qint64 exactCapacity() const;
    [[nodiscard]] qint64 capacityWith(qint64 inHands, qint64 forAnybody) const;
    [[nodiscard]] qint64 capacityAtWorkers() const;
    //! Jobs that wait for their next attempt.
    [[nodiscard]] qsizetype backingOff() const { return m_delayed - m_awaitingToken; }
    [[nodiscard]] qint64 workersReady() const;
    [[nodiscard]] qint64 takenAtOnce() const;
    //! The jobs in the factory's queue that free workers are about to take, if there are enough.
    [[nodiscard]] qsizetype runnable() const
    {
        return m_keepsKeyOrder ? m_runnableKeys - m_unclaimedKeys : m_queued;
    }
    //! The queue limit for all that waits, wherever it does.
    [[nodiscard]] qsizetype totalLimit() const { return loadWith(0, 0).totalLimit(); }
    //! Without what waits in hands.
    [[nodiscard]] qint64 waitingInQueues() const
    {
        return m_queued + m_ownQueued + m_parked + m_delayed;
    }
    //! Lock held. What policies are told: it does not go back from one thread to the next, either.
    qint64 steadyNow() { return m_latest = std::max(m_latest, m_clock->now()); }
    [[nodiscard]] std::chrono::nanoseconds oldestWaiting(qint64 now) const;
    //! Under the lock, also when a policy asks that is called under it.
    template<typename Function>
    auto read(Function function) const
    {
        if (m_mutex.isMine())
            return function();
        const std::lock_guard locker(m_mutex);
        return function();
    }
    // Costs a few stores for each critical section, so what stands in the hands is estimated: one job of
    // each is running, the others wait.
    void publish()
    {
        m_published.waiting = waitingInQueues() + m_dealt - (m_engagedCount - m_behind);
        m_published.submitted = m_counters.submitted;
        m_published.active = m_ready + m_engagedCount;
        m_published.runnable = runnable();
        m_published.idleForShared = m_idleForShared;
        m_published.idleWithOwn = m_idleWithOwn;
    }
    //! Somebody wants to know of every change, or of the next one.
    [[nodiscard]] bool hasListeners() const
    {
        return m_roomIsWatched || m_sampleInterval > 0 || m_highWaterMark >= 0 || m_isCongested
               || !m_observed.load(std::memory_order_relaxed);
    }
    void log(FactoryEvent::Kind kind, int worker, const QString &key, const QString &text,
             qint64 now);
    //! nullptr if there is no such id.
    [[nodiscard]] WorkerSlot *slotAt(int id) const
    {
        return id < 0 ? nullptr : m_slots[std::size_t(id)].get();
    }
    [[nodiscard]] int firstFreeWorker();
    [[nodiscard]] bool isFreeWorker(int index) const;
    [[nodiscard]] bool isAvailableWorker(int index) const;
    [[nodiscard]] qsizetype waitingAtWorker(int index) const;
    [[nodiscard]] int leastLoadedWorker();
    void fillIndex(std::optional<LoadIndex> &index);
    [[nodiscard]] int holderOf(const AbstractJob &job);
    void noteLoad(const WorkerSlot &slot)
    {
        if (m_loads || m_crowds)
            updateLoads(slot);
    }
    void updateLoads(const WorkerSlot &slot);

    // Constant.
    const QString m_name;
    const int m_threadCount;
    const WorkerBuilder m_builder;
    const std::shared_ptr<Clock> m_clock;
    const std::unique_ptr<StationHost> m_host;
    const std::unique_ptr<Executor> m_executor;
    const QueueBuilder m_queueBuilder;
    const int m_parallelism;

    // On a cache line of its own, apart from what is read without it.
    alignas(64) mutable EngineMutex m_mutex;

    // All below is guarded by the mutex, but for the atomics.
    const std::unique_ptr<Router> m_router;
    const bool m_keepsKeyOrder;
    const WaitingPlace m_waitingPlace;
    std::unique_ptr<Queue> m_queue;
    Shown<qsizetype> m_limit;
    DiscardMode m_mode;
    bool m_keepsShedList; // from then on when jobs might have to be shed
    OnFailure m_onFailure;
    bool m_hasAdvised = false; // to keep workers
    std::atomic<bool> m_hasAdvisedPromises = false; // to keep them
    RestartPolicy m_restartPolicy;
    RetryPolicy m_retryPolicy;
    std::atomic<bool> m_keepsSpares = false; // that policy asks for them
    std::atomic<bool> m_saidNoSpare = false;
    std::minstd_rand m_random; // for jitter
    DeadLetters m_deadLetters;
    DeadMansSwitch m_deadMansSwitch;
    qint64 m_lifeTimeout = 0; // of the dead man's switch, in nanoseconds; 0: off
    qint64 m_gracePeriod = 0; // in nanoseconds
    bool m_terminates = false; // it is on, and terminates
    bool m_warnedOfSelfWait = false;
    RateLimit m_rateLimit;
    RateLimitMode m_rateLimitMode;
    std::unique_ptr<RateLimiter> m_limiter; // none while there is no limit
    TokenBucket *m_bucket = nullptr; // the limiter, unless it is the user's
    std::unique_ptr<Queue> m_tokenQueue; // made when a job is first delayed
    qsizetype m_highWaterMark;
    qsizetype m_lowWaterMark;
    Shown<bool> m_isCongested;
    std::shared_ptr<const DiscardHandler> m_discardHandler;
    std::shared_ptr<StatisticsLayer> m_layer;
    std::atomic<quint64> m_layerNumber = 0; // of the layer; 0 if there is none
    std::atomic<int> m_tracers = 0;
    TraceLog m_trace; // has a lock of its own
    quint64 m_layers = 0; // so far
    qint64 m_sampleInterval = 0; // 0: nobody wants samples
    bool m_isPingWanted = false; // the next station that is called shows how long it takes
    const Station *m_pinged = nullptr; // was called, and has not come
    qint64 m_pingedAt = 0;
    Shown<FactoryState> m_state{FactoryState::Idle};
    bool m_discarding = false; // stop(): nothing waits any more
    bool m_closing = false; // the workers were told to go
    Shown<bool> m_opened; // onStarted has ended well, or there was none
    Shown<bool> m_paused;
    QString m_error;

    struct Call
    {
        UserCall which;
        quint64 ticket;
        bool isStarted = false; // the user's function was called
    };
    struct Hooked
    {
        std::shared_ptr<const Hook> hook = {};
        bool due = true; // its stage is still to come
    };
    std::array<Hooked, 3> m_hooks;
    std::array<Control, 2> m_controls;
    std::array<quint64, 5> m_awaited{}; // tickets of the calls that have not been answered
    std::vector<Call> m_calls; // given to the executor, and not returned
    quint64 m_ticket = 0;

    Shown<int> m_workerCount;
    std::vector<std::unique_ptr<WorkerSlot>> m_slots;
    std::vector<std::shared_ptr<Station>> m_stations; // open
    std::vector<std::shared_ptr<Station>> m_ending; // told to close, to be joined
    std::vector<std::shared_ptr<Station>> m_condemned; // left behind, and not come back
    bool m_isRehousing = false; // threads were replaced, and workers are spread anew
    QList<UnfinishedJob> m_lostAtEnd; // since the factory was stopped
    IntrusiveList<Incarnation, &Incarnation::tendedLink> m_tended; // being built or dismantled
    IntrusiveList<Station, &Station::expectedLink> m_expected; // to come, if life is watched
    int m_unstarted = 0; // workers whose first start is still to succeed or fail
    Shown<int> m_crashLooping; // workers in that state
    std::set<std::pair<qint64, int>> m_starts; // when which of them are started again
    bool m_asynchronous = false; // jobs go on after process() has returned
    std::optional<IdSet> m_freeSlots; // if the router asks for the first
    int m_producing = 0; // threads that do nothing but submit, about
    quint64 m_submittedSeen = 0; // when progress was last looked at
    quint64 m_dealsSeen = 0;
    const Station *m_pendingSeen = nullptr; // the first of the pending ones at that time
    int m_extraServing = 0; // so many more may serve, since pending ones were not called
    int m_looks = 0; // at progress
    qint64 m_calledAt = 0;
    qint64 m_doubtAt = 0; // another one is called then
    qsizetype m_doubtBeyond = 0; // or if more jobs wait than these
    int m_doubted = 0; // calls not waited for since a station last began to serve
    bool m_isBurst = false; // nothing else was under way when the first of these was called
    qsizetype m_parked = 0; // until another worker is done with their key
    Shown<qsizetype> m_delayed; // backing off, or waiting for a token
    Shown<qsizetype> m_awaitingToken;

    // What changes with nearly every job, on as few cache lines as can be: they come from the processor
    // that has held the lock before.
    alignas(64) IntrusiveList<Station, &Station::quietLink> m_quiet; // at rest, with a free worker
    IntrusiveList<Station, &Station::pendingLink> m_pending; // at rest, a worker has own jobs
    Station *m_called = nullptr; // rung and not yet here; calls the next one
    int m_serving = 0; // stations at work
    Shown<int> m_idleWithOwn; // stations that are about to take a job of a worker's own
    Shown<int> m_idleForShared; // stations that would take a job from the factory's queue
    int m_free = 0; // workers with nothing to do
    int m_ready = 0; // workers with only waiting jobs of their own
    int m_engagedCount = 0; // workers with a hand
    int m_behind = 0; // of those, the ones that stood behind another one when they were dealt

    Shown<qsizetype> m_queued; // in the factory's queue
    qsizetype m_ownQueued = 0; // in the queues of workers
    qsizetype m_dealt = 0; // in hands, as they were dealt
    quint64 m_order = 0;
    quint64 m_deals = 0; // hands
    double m_meanRunTime = -1; // nanoseconds; negative until measured
    Counters m_counters; // without what stands in the hands

    IntrusiveList<Incarnation, &Incarnation::engagedLink> m_engaged; // with a hand
    IntrusiveList<Incarnation, &Incarnation::batchLink> m_batches; // with more than one job in it

    bool m_roomIsWatched = false; // any of the following needs a look
    bool m_lacksRoom = false; // a job was refused or shed for it, since:
    std::optional<RoomEpoch> m_lacksRoomSince;
    qint64 m_roomReturns = 0;
    std::vector<QPromise<void>> m_roomPromises;
    std::list<std::shared_ptr<RoomWaiter>> m_roomWaiters;
    int m_awaitedRooms = 0; // of these are futures
    // A worker may have more jobs waiting than the limit says, or leave with some. Until somebody finds that
    // this is over.
    mutable bool m_isUneven = false;
    qint64 m_roomTold = 0; // were told of room and have not come yet
    std::atomic<qint64> m_roomSleeps = 0;
    qint64 m_roomCalls = 0;
    qint64 m_latest = 0; // told to a policy
    // Whose job is admitted now, and rather waits than sheds another.
    RoomSeeker *m_patient = nullptr;

    IntrusiveList<PromiseLink, &PromiseLink::m_waitingLink>
        m_promised; // waiting jobs with a future
    Shown<qsizetype> m_runnableKeys; // of which a job that counts as queued may run
    KeyTable m_keys; // of the jobs that wait or run, if the router keeps their order
    const Incarnation *m_unclaimed = nullptr; // the keys of its hand count as waiting in the queue
    qsizetype m_unclaimedKeys = 0; // how many these are
    int m_promptClaims = 0; // so many hands are to claim their keys at once
    int m_latestPromptClaims = 0; // how many it was to be, if it was in vain last
    ShedList m_shedable; // see isShedListed()
    std::optional<LoadIndex> m_loads; // if the router asks for it
    std::optional<LoadIndex>
        m_crowds; // what waits at each worker, if somebody waits for room there
    bool m_crowdsMayRun = false; // when they were looked at
    ExpiryHeap m_due;
    qint64 m_alarmAt = Never;
    qint64 m_watchAt = Never;
    qint64 m_watchedSince = 0; // until then, or last
    qint64 m_watchedFor = 0;
    qint64 m_sweepAt = Never;
    qint64 m_reapAt = Never;
    qint64 m_tokenAt = Never;
    qint64 m_sampleAt = Never;
    qint64 m_controlAt = Never;
    qint64 m_lifeAt = Never;
    qint64 m_lifeFrom = 0; // the whole program stood still before

    std::deque<FactoryEvent> m_events;
    quint64 m_eventNumber = 0;

    std::shared_ptr<EngineObserver> m_observer;
    std::atomic<bool> m_observed = true;

    // What is seen while others hold the lock, as it was when it was released last.
    struct alignas(64)
    {
        Shown<qint64> waiting;
        Shown<qint64> submitted;
        Shown<int> active;
        Shown<qint64> runnable;
        Shown<int> idleForShared;
        Shown<int> idleWithOwn;
        Shown<FactoryState> state{FactoryState::Idle};
    } m_published;

    std::atomic<int> m_telling = 0; // sections that are over and still tell their outcomes
    std::atomic<bool> m_ended = false; // no worker's thread is left

    // Not under the mutex: those who wait for the end.
    mutable QMutex m_stopMutex;
    QWaitCondition m_stopCondition;
    std::vector<QPromise<void>> m_stopPromises;
    bool m_stopped = false;
};

} // namespace Millwright
