// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "keyorder.h"

#include "engine/engine.h"

#include <QtCore/qstringlist.h>

#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

//! Factories without threads and without waiting: a clock that is set by hand, stations that are
//! stepped by hand, jobs that last as long as they are told. What happens is written into a log.
namespace Simulation {

using namespace Millwright;

inline constexpr qint64 Millisecond = 1'000'000;

//! Time stands still until somebody moves it.
class VirtualClock final : public Clock
{
public:
    [[nodiscard]] qint64 now() const override { return m_now += m_look; }
    void setAlarm(const std::weak_ptr<Alarmed> &whom, qint64 time) override;

    //! Moves to `time`, calling the alarms on the way in their order.
    void moveTo(qint64 time);
    //! The same, but the alarms on the way are late: they come when time is moved again.
    void jumpTo(qint64 time) { m_now = std::max(now(), time); }
    //! What another thread may be told, a little later.
    void lag(qint64 nanoseconds) { m_now -= nanoseconds; }
    //! From now on each look at the clock takes so long.
    void setLookTime(qint64 nanoseconds) { m_look = nanoseconds; }
    [[nodiscard]] bool hasAlarm() const { return !m_alarms.empty(); }
    [[nodiscard]] qint64 nextAlarm() const { return m_alarms.begin()->first; }
    [[nodiscard]] int alarmsRung() const { return m_rung; }

private:
    std::recursive_mutex m_mutex; // producers set alarms, too
    std::multimap<qint64, std::weak_ptr<Alarmed>> m_alarms;
    mutable std::atomic<qint64> m_now = 1'000'000'000;
    std::atomic<qint64> m_look = 0;
    int m_rung = 0;
};

//! What a job does, and what became of it.
struct Script
{
    QString name = {};
    quint64 key = 0;
    qint64 duration = 0; //!< nanoseconds
    int failures = 0; //!< how many attempts throw, with those of a dead letter that is retried
    int hangs = 0; //!< how many attempts do not come back
    bool promised = true; //!< somebody holds its future
    bool asynchronous = false; //!< the thread is free for others while it lasts
    bool cancelsItself = false; //!< if asynchronous
    bool copyable = true; //!< its message
    bool heeds = false; //!< ends when it is called off
    JobOptions options = {};
};

struct Fate
{
    Script script;
    int started = 0;
    int completed = 0;
    int failed = 0;
    int discarded = 0;
    int canceled = 0;
    int lost = 0;
    bool cancelRequested = false;
    qint64 number = 0; // of submission

    [[nodiscard]] int ends() const { return completed + failed + discarded + canceled + lost; }
};

class World;
class VirtualJob;

//! Is told what happens, one event after the other, as it happens.
class Audience
{
public:
    virtual ~Audience() = default;
    //! It is about to be submitted.
    virtual void created(const Script &script) = 0;
    virtual void started(const QString &name, int worker) = 0;
    //! The job has thrown.
    virtual void threw(const QString &name) = 0;
    virtual void ended(const QString &name, Outcome outcome, DiscardReason reason) = 0;
    //! On some thread, or in vain.
    virtual void built(int worker, const void *thread) = 0;
    virtual void notBuilt(int worker) = 0;
    virtual void destroyed(int worker) = 0;
};

//! What a thread works through: the worker has taken these jobs and not started them. A thread may
//! have those of several workers.
struct Workload
{
    const void *thread;
    int worker;
    bool isBatch; //!< they wait for others in the same hand, or for the hands of other workers
    bool isFirst; //!< the thread begins with these
    QStringList unstarted;
};

//! What an asynchronous job waits for: that its time has come.
class VirtualSuspension final : public Suspension
{
public:
    VirtualSuspension(World &world, VirtualJob &job, qint64 endTime, std::function<void()> ended);
    ~VirtualSuspension() override;

    [[nodiscard]] qint64 endTime() const { return m_endTime; }
    [[nodiscard]] VirtualJob &job() const { return m_job; }
    void endBy(qint64 time) { m_endTime = std::min(m_endTime, time); }
    void end();

private:
    World &m_world;
    VirtualJob &m_job;
    qint64 m_endTime;
    const std::function<void()> m_ended;
};

//! A thread, as far as the engine can tell. It does one small thing at each step.
class VirtualStation final : public Station
{
public:
    explicit VirtualStation(World &world) : m_world(world) {}

    [[nodiscard]] bool open(const std::shared_ptr<Engine> &engine) override;
    bool ring() override { return !m_rung.exchange(true) && !m_deaf; }
    void close() override { m_rung = m_isToEnd = true; }
    [[nodiscard]] bool join(QDeadlineTimer) override { return m_closed || !m_engine; }
    [[nodiscard]] bool isCurrent() const override { return false; }
    void requestInterruption() override { m_interrupted = true; }
    void terminate() override { m_terminated = true; }
    void setTerminable(bool terminable) override { m_terminable = terminable; }

    [[nodiscard]] bool canStep() const;
    void step();

    [[nodiscard]] bool isRunning() const { return m_job; }
    [[nodiscard]] qint64 finishTime() const { return m_finishTime; }
    [[nodiscard]] VirtualJob *job() const;
    //! It hangs in the constructor or the destructor of a worker.
    [[nodiscard]] bool isHungInOrder() const { return m_hungOrder.kind != Order::Rest; }
    //! What hangs here comes to its end.
    void letGo();
    //! An event handler hangs between two orders, until it is let go. Not if the thread was called before.
    void deafen() { m_deaf = !m_rung; }
    [[nodiscard]] bool isDeaf() const { return m_deaf; }
    //! It is in something that has not come to its end, or is to end itself.
    [[nodiscard]] bool isHeldUp() const { return m_job || isHungInOrder() || m_deaf || m_isToEnd; }
    [[nodiscard]] std::vector<Workload> workloads() const;

private:
    void proceed();
    void carryOut(const Order &order);

    World &m_world;
    std::shared_ptr<Engine> m_engine;
    std::atomic<bool> m_rung = false;
    bool m_awake = false;
    bool m_isToEnd = false;
    bool m_closed = false;
    std::shared_ptr<Incarnation> m_incarnation; // whose hand is worked through
    AbstractJob *m_job = nullptr; // running
    qint64 m_finishTime = 0;
    Order m_hungOrder; // to be carried out when it is let go
    bool m_letGo = false;
    std::atomic<bool> m_deaf = false;
    bool m_interrupted = false;
    bool m_terminated = false;
    bool m_terminable = false;
};

//! A thread for hooks and controllers. Does one of them at each step.
class VirtualExecutor final : public Executor
{
public:
    explicit VirtualExecutor(World &world);
    ~VirtualExecutor() override;

    void execute(std::function<void()> task) override { m_tasks.push_back(std::move(task)); }
    bool join(QDeadlineTimer) override { return m_tasks.empty(); }

    [[nodiscard]] bool canStep() const { return !m_tasks.empty(); }
    void step();

private:
    World &m_world;
    std::deque<std::function<void()>> m_tasks;
};

//! An engine, its clock, its stations and its jobs.
class World
{
public:
    static constexpr qint64 Hung = std::numeric_limits<qint64>::max();

    explicit World(FactorySettings settings);
    ~World();

    Engine &engine() { return *m_engine; }
    VirtualClock &clock() { return *m_clock; }
    [[nodiscard]] qint64 now() const { return m_clock->now(); }

    //! False when it was refused.
    bool submit(const Script &script);
    //! The same on a thread of its own, which waits for room.
    [[nodiscard]] std::future<Refusal> submitPatiently(const Script &script);
    //! Waits until every such thread sleeps or is done.
    void awaitProducers();
    //! A job for each worker, whose id is added to the name. False when one was refused.
    bool broadcast(Script script);
    void cancel(const QString &name);
    //! The job has lost its place among those of its key.
    void standsAnew(const QString &name);
    //! The worker does not come back from the job that it runs. False if it runs none.
    bool abandon(int worker);
    //! Lets the next `count` attempts to build a worker throw.
    void failBuilds(int count) { m_failingBuilds = count; }
    //! The next `count` attempts to start a thread are in vain.
    void lackThreads(int count) { m_lackingThreads = count; }
    //! Lets every attempt to build this worker throw, until it is repaired.
    void breakWorker(int id) { m_broken.insert(id); }
    void repairWorker(int id) { m_broken.erase(id); }
    void repairWorkers() { m_broken.clear(); }
    //! Lets the next `count` workers hang as they are built, or as they end, until `letGo()`.
    void hangBuilds(int count) { m_hangingBuilds = count; }
    void hangEnds(int count) { m_hangingEnds = count; }
    //! The running job of this name gives a sign of life. False if there is none.
    bool beat(const QString &name);
    //! An event handler hangs on the thread that was the `index`th, as soon as it has nothing to do.
    void deafen(int index);
    //! The job of this name, however long it was to last, ends as soon as time allows steps, wanted or
    //! not; without a name, whatever hangs in a start or an end.
    void letGo(const QString &name);
    void letGo();
    //! All of these, now.
    void letAllGo();
    [[nodiscard]] bool isHung() const;
    //! Of all threads that have some.
    [[nodiscard]] std::vector<Workload> workloads() const;
    [[nodiscard]] bool isHeldUp(const void *thread) const;
    void setAudience(Audience *audience) { m_audience = audience; }

    //! One step of one station, or the end of an asynchronous job that is due, chosen by `choice`.
    //! False when there is none.
    bool step(quint64 choice = 0);
    //! How many of the stations have something to do.
    [[nodiscard]] int awakeStations() const;
    //! Steps until no station can do anything without time passing.
    void settle();
    //! Settles, lets time pass, settles, and so on, for so long.
    void pass(qint64 nanoseconds);
    //! Until nothing waits and nothing runs. False if that does not come.
    bool finish();
    //! The earliest time at which a running job is done; Hung if there is none.
    [[nodiscard]] qint64 nextFinish() const;

    [[nodiscard]] const std::map<QString, Fate> &fates() const { return m_fates; }
    //! For long runs: nothing is logged, and what has ended is forgotten.
    void forgetEnded() { m_forgets = true; }
    [[nodiscard]] bool keepsKeyOrder() const { return m_keepsKeyOrder; }
    //! Whether the jobs of a key have kept their order.
    [[nodiscard]] const Support::KeyOrder &keyOrder() const { return m_keyOrder; }
    [[nodiscard]] int workersAlive() const { return m_workersAlive; }
    //! Also those whose thread has ended, as long as somebody still has to join it.
    [[nodiscard]] int stationsKept() const;
    //! What has happened since the log was last taken.
    [[nodiscard]] QStringList takeLog() { return std::exchange(m_log, {}); }
    void clearLog() { m_log.clear(); }
    void log(const QString &entry)
    {
        if (!m_forgets)
            m_log.append(entry);
    }

    //! What a job has noticed; empty if nothing.
    [[nodiscard]] QString complaint() const { return m_wrong; }
    //! Says what is wrong with the counters at this instant; empty if nothing is.
    [[nodiscard]] QString violations();

private:
    friend class VirtualStation;
    friend class VirtualJob;
    friend class VirtualSuspension;
    friend class VirtualWorker;
    friend class VirtualHost;
    friend class VirtualExecutor;

    [[nodiscard]] bool hasThread()
    {
        if (m_lackingThreads == 0)
            return true;
        --m_lackingThreads;
        return false;
    }
    [[nodiscard]] Fate &fate(const QString &name) { return m_fates.at(name); }
    [[nodiscard]] VirtualJob *jobFor(const Script &script);
    [[nodiscard]] VirtualJob *successorOf(const QString &name);
    void ended(const QString &name, Outcome outcome,
               DiscardReason reason = DiscardReason::TtlExpired);
    void discarded(const QString &name, DiscardReason reason);

    std::shared_ptr<VirtualClock> m_clock = std::make_shared<VirtualClock>();
    std::vector<std::weak_ptr<VirtualStation>> m_stations;
    VirtualExecutor *m_executor = nullptr;
    std::vector<VirtualSuspension *> m_suspended; // and not ended
    std::map<QString, Fate> m_fates;
    QStringList m_log;
    Counters m_before;
    int m_workersAlive = 0;
    int m_failingBuilds = 0;
    int m_lackingThreads = 0;
    std::set<int> m_broken; // workers
    int m_hangingBuilds = 0;
    int m_hangingEnds = 0;
    Audience *m_audience = nullptr;
    QString m_wrong; // what a job has noticed
    bool m_forgets = false;
    bool m_keepsKeyOrder = false;
    qint64 m_submissions = 0;
    const std::thread::id m_thread = std::this_thread::get_id();
    std::vector<std::thread> m_producers;
    std::mutex m_refusedMutex;
    std::vector<std::pair<QString, DiscardReason>> m_refused; // on threads of producers
    std::atomic<int> m_producersDone = 0;
    Support::KeyOrder m_keyOrder;
    std::shared_ptr<Engine> m_engine;
};

} // namespace Simulation
