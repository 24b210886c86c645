// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "countinglayer.h"
#include "simulation.h"

#include <QtCore/qset.h>

#include <functional>

namespace Simulation {

//! The contract as a plain program: jobs in a map, linear scans, no threads, no batches, nothing of the
//! engine's. It is told of every event of a factory on the simulated host, and says for each whether the
//! contract allows it at that moment, and, where there is a choice to be made by rule, what had to
//! happen.
//!
//! *Followed* is what the contract leaves to the scheduler: which worker comes first, which jobs it takes
//! at once before it starts them (the contract calls them waiting, and whoever has taken a job may give it
//! back), on which thread a worker lives, when a condemned worker is replaced.
//!
//! *Predicted* is everything else: whether a job is accepted, refused or shed, and which one; the order in
//! which jobs are taken; that a start is allowed; the outcome of each attempt, and whether there is a
//! further one; restarts, crash loops and their waits; all counters after every operation; that nobody
//! idles while a job waits, and that what expires or is canceled leaves in time.
class Model final : public Audience
{
public:
    struct Rules
    {
        WaitingPlace waitingPlace = WaitingPlace::InFactory;
        bool keepsKeyOrder = false;
        bool sharesThreads = false;
        bool takesTurns = false; //!< the router is `roundRobin()`
        bool takesShortest = false; //!< it is `leastLoaded()`
        bool sticks = false; //!< it is `stickyQueuer()`
        bool hasLevels = false; //!< the queue is by priority
        bool ages = false; //!< and jobs move up in it: their order is not predicted
        RestartPolicy restarts = {};
    };

    Model(const Rules &rules, int workers) : m_rules(rules), m_workerCount(workers) {}
    void watch(World &world) { m_world = &world; }

    //! The first event that the contract does not allow; empty if there was none.
    [[nodiscard]] QString disagreement() const { return m_disagreement; }
    //! How many verdicts were predicted, of how many that there were.
    [[nodiscard]] int predicted() const { return m_predicted; }
    [[nodiscard]] int verdicts() const { return m_verdicts; }

    // What the user does, told before it is done.
    void start() { m_isStarted = true; }
    void setWorkerCount(int count);
    void setQueueLimit(qsizetype limit) { m_limit = limit; }
    void setDiscardMode(DiscardMode mode) { m_mode = mode; }
    void setOnFailure(OnFailure action) { m_onFailure = action; }
    void setRetryPolicy(const RetryPolicy &policy) { m_retry = policy; }
    void setRateLimited() { m_isRateLimited = true; }
    void setDeadMansSwitch(const DeadMansSwitch &its);
    void pause();
    void resume();
    void drain();
    void stop();
    void cancel(const QString &name);
    void beat(const QString &name);
    //! From now on workers may be lost at any time.
    void abandon() { m_mayLose = true; }
    void hangs() { m_threadsHang = true; }
    void giveUp() { m_mayLose = m_hasGivenUp = true; }

    // What happens.
    void created(const Script &script) override;
    //! Whether the job that was created last was accepted.
    void concluded(bool accepted);
    void routed(const QString &name, Route route);
    void started(const QString &name, int worker) override;
    void threw(const QString &name) override;
    void ended(const QString &name, Outcome outcome, DiscardReason reason) override;
    void retried(const QString &name, int worker);
    void built(int worker, const void *thread) override;
    void notBuilt(int worker) override;
    void destroyed(int worker) override;
    void crashLooping(int worker, qint64 wait);
    void stuck(int worker, const QString &job);
    void hookCalled(UserCall which);
    void hookThrew() { m_hasFailed = true; }

    //! After each operation: what was taken or given back, and what can be seen.
    void compare();
    //! Nothing can happen before time passes, and nothing but this was awaited for so long.
    void settled(qint64 quiet);
    //! The factory has stopped, and all that hung has come back.
    void over();

private:
    static constexpr int Queue = -1; // a place: any worker

    struct Job
    {
        enum State { New, Waiting, BackingOff, Running, Ended };

        Script script;
        State state = New;
        qint64 expiry = 0;
        int place = Queue; // or the worker for which it waits
        qint64 number = 0; // its place in line
        bool isGivenBack = false; // those stand before all others, the oldest first
        qint64 age = 0; // when it came: the lowest number is the oldest job
        int worker = -1; // that runs it, or has taken it to be started next
        int attempt = 1;
        qint64 waitingSince = 0;
        qint64 signOfLife = 0;
        qint64 earliestSign = 0; // as a worker may take it
        qint64 canceledAt = -1;
        bool hasThrown = false;
        bool lacksRoom = false; // what it waits for
        bool isTaken = false;
        bool isRouted = false; // not while it waits for a token, or nobody is there to run it
        bool isStuck = false; // reported

        [[nodiscard]] bool isInLine() const { return state == Waiting && !isTaken; }
        [[nodiscard]] auto standing() const
        {
            return std::pair(!isGivenBack, isGivenBack ? age : number);
        }
    };
    struct Worker
    {
        bool isUp = false;
        bool isThere = false; // up, or not destroyed yet
        bool isCrashLooping = false;
        bool isOwed = false; // one has failed
        bool mayGo = false; // was surplus
        const void *thread = nullptr;
        qint64 freeSince = 0;
        qint64 upSince = 0;
        qint64 startAt = 0;
        std::vector<qint64> failures;
        int waits = 0; // in a row
        int loopsDue = 0; // crash loops that must have been reported
    };
    using Jobs = std::map<QString, Job>;

    void disagree(const QString &text);
    [[nodiscard]] qint64 now() const { return m_world->now(); }
    [[nodiscard]] bool isOpen() const;
    [[nodiscard]] bool isClosedForJobs() const;
    [[nodiscard]] Worker &worker(int id);
    [[nodiscard]] const RetryPolicy &policyOf(const Job &job) const;
    [[nodiscard]] bool isRetried(const Job &job, RetryOn outcome) const;
    [[nodiscard]] bool goesBefore(const Job &a, const Job &b) const;
    [[nodiscard]] bool isShedBefore(const Job &a, const Job &b) const;
    [[nodiscard]] Job *runningOn(int worker);
    [[nodiscard]] bool isEngaged(int worker);
    [[nodiscard]] bool isKeyInUse(const Job &job) const;
    [[nodiscard]] qint64 inLineFor(int place) const;
    [[nodiscard]] bool isSurplus(int worker) const { return worker >= m_workerCount; }
    struct Ready
    {
        qint64 shared = 0; // threads that would take a job from the queue
        qint64 own = 0; // and from what waits for a worker of theirs
        bool isAmbiguous = false; // several of one thread wait for it: which is next is followed
        std::set<int> atRest; // workers that would start a job at once
    };
    [[nodiscard]] Ready ready();
    [[nodiscard]] qint64 inHands(const std::function<bool(const Workload &)> &counts = {});
    [[nodiscard]] qint64 inHandsForAnybody();
    [[nodiscard]] qint64 waitingAt(int id, const Ready &ready);
    [[nodiscard]] bool isFull(const Job &job);
    [[nodiscard]] bool isExact();
    [[nodiscard]] int activeWorkers();
    [[nodiscard]] qint64 availableCapacity();
    [[nodiscard]] QString victimFor(Job &job, const QString &shed);
    void leave(Job &job);
    void fail(int id);
    void disperse(int id);
    void follow();
    void checkLine(const Job &job);
    void checkAwaited(const Job &job, qint64 before);
    [[nodiscard]] bool couldStart(const Job &job, int id, qint64 before);

    const Rules m_rules;
    World *m_world = nullptr;
    QString m_disagreement;
    int m_predicted = 0;
    int m_verdicts = 0;

    int m_workerCount;
    int m_formerWorkerCount = 0;
    qsizetype m_limit = FactorySettings::Unlimited;
    DiscardMode m_mode = DiscardMode::Newest;
    OnFailure m_onFailure = OnFailure::ReplaceWorker;
    RetryPolicy m_retry;
    DeadMansSwitch m_switch;
    qint64 m_switchedAt = 0;
    bool m_isStarted = false;
    bool m_isPaused = false;
    bool m_isDraining = false;
    bool m_isStopping = false;
    bool m_wasRunning = false;
    bool m_hasFailed = false;
    bool m_isRateLimited = false;
    bool m_mayLose = false;
    bool m_threadsHang = false;
    bool m_hasLoopedUnseen = false; // when exactly a lost worker did is followed
    bool m_hasGivenUp = false;
    bool m_wasWithoutWorkers = false;
    bool m_isDisturbed = false; // workers have come and gone: keys may be on their way
    std::set<UserCall> m_hooksCalled;
    FactoryState m_state = FactoryState::Idle;
    qint64 m_openSince = 0;
    int m_turn = 0;

    Jobs m_jobs;
    std::map<int, Worker> m_workers;
    std::map<const void *, qint64> m_busyUntil; // threads
    std::map<quint64, qint64> m_keyFreeSince;
    std::vector<Workload> m_workloads;
    qint64 m_number = 0;
    Job *m_incoming = nullptr;
    std::vector<Job> m_shed; // since it came, as they were
    Counters m_counters;
};

//! Tells the model of what a router decides.
[[nodiscard]] RouterBuilder overheard(const RouterBuilder &router, Model &model);

//! Tells the model of what only the statistics layer is told.
class ModelLayer final : public Support::CountingLayer
{
public:
    explicit ModelLayer(Model &model) : m_model(model) {}

    void jobRetried(const AbstractJob &job, const JobRun &run,
                    const std::exception_ptr &error) override
    {
        CountingLayer::jobRetried(job, run, error);
        m_model.retried(job.keyText(), run.worker);
    }
    void workerCrashLooping(int worker, std::chrono::nanoseconds wait) override
    {
        m_model.crashLooping(worker, wait.count());
    }
    void workerStuck(int worker, const QString &key, std::chrono::nanoseconds elapsed) override
    {
        CountingLayer::workerStuck(worker, key, elapsed);
        m_model.stuck(worker, key);
    }

private:
    Model &m_model;
};

} // namespace Simulation
