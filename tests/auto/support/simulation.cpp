// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "simulation.h"

#include "job/errors.h"

#include <algorithm>

namespace Simulation {

// --- VirtualClock -----------------------------------------------------------------------------

void VirtualClock::setAlarm(const std::weak_ptr<Alarmed> &whom, qint64 time)
{
    const std::lock_guard locker(m_mutex);
    for (auto it = m_alarms.begin(); it != m_alarms.end(); ++it) {
        if (!it->second.owner_before(whom) && !whom.owner_before(it->second)) {
            if (it->first <= time)
                return;
            m_alarms.erase(it);
            break;
        }
    }
    m_alarms.emplace(time, whom);
}

void VirtualClock::moveTo(qint64 time)
{
    const auto due = [&] {
        const std::lock_guard locker(m_mutex);
        std::optional<std::weak_ptr<Alarmed>> whom;
        if (!m_alarms.empty() && m_alarms.begin()->first <= time) {
            const auto next = m_alarms.begin();
            jumpTo(next->first);
            whom = next->second;
            m_alarms.erase(next);
        }
        return whom;
    };
    while (const auto whom = due()) {
        if (const std::shared_ptr<Alarmed> alarmed = whom->lock()) {
            ++m_rung;
            alarmed->onAlarm();
        }
    }
    jumpTo(time);
}

// --- Jobs and workers -------------------------------------------------------------------------

class VirtualWorker final : public QObject, public WorkerLife
{
public:
    explicit VirtualWorker(World &world) : m_world(world) { ++m_world.m_workersAlive; }
    ~VirtualWorker() override
    {
        --m_world.m_workersAlive;
        if (m_world.m_audience)
            m_world.m_audience->destroyed(m_id);
        m_world.log(QStringLiteral("-%1").arg(m_id));
    }

    void beginWorker(const WorkerContext &context) override
    {
        m_id = context.id;
        m_world.log(QStringLiteral("+%1").arg(m_id));
    }
    void endWorker() override {}

private:
    World &m_world;
    int m_id = -1;
};

class VirtualJob final : public AbstractJob, public PromiseLink
{
public:
    VirtualJob(World &world, const Script &script)
        : AbstractJob(script.key, script.options)
        , PromiseLink(static_cast<AbstractJob &>(*this))
        , m_world(world)
        , m_name(script.name)
    {
        if (script.promised)
            setPromised();
        if (script.asynchronous)
            setAsynchronous();
        m_isAsynchronous = script.asynchronous;
        m_duration = script.duration;
        m_hangs = script.hangs;
        m_heeds = script.heeds;
    }

    [[nodiscard]] QString keyText() const override { return m_name; }
    [[nodiscard]] bool isCancelRequested() const override
    {
        return !m_isLost && m_world.fate(m_name).cancelRequested;
    }

    void started(int worker)
    {
        Fate &fate = m_world.fate(m_name);
        ++fate.started;
        m_world.m_keyOrder.started(keyHash(), int(priority()), fate.number);
        m_world.log(QStringLiteral("%1@%2").arg(m_name).arg(worker));
        if (m_world.m_audience)
            m_world.m_audience->started(m_name, worker);
    }
    void stopped()
    {
        if (!m_isLost) // otherwise another job of the key may run
            m_world.m_keyOrder.stopped(keyHash());
    }
    [[nodiscard]] QString name() const { return m_name; }
    [[nodiscard]] bool isAsynchronous() const { return m_isAsynchronous; }
    [[nodiscard]] bool isToEnd() const { return m_heeds && isCalledOff(); }
    void ended() { m_pending = false; }
    [[nodiscard]] qint64 duration() const
    {
        return attempt() <= m_hangs ? World::Hung : m_duration;
    }
    void discarded(DiscardReason reason) { m_world.discarded(m_name, reason); }

private:
    const void *keyIf(const std::type_info &) const override { return nullptr; }

    // From now on another one runs in its place, or none; it may still come to its end.
    void lose()
    {
        stopped();
        m_isLost = true;
    }

    [[nodiscard]] Pointer makeSpare() override
    {
        const Script &script = m_world.fate(m_name).script;
        return Pointer(script.copyable ? new VirtualJob(m_world, script) : nullptr);
    }

    void takeOver(AbstractJob &lost) override { static_cast<VirtualJob &>(lost).lose(); }

    [[nodiscard]] Pointer makeSuccessor() override { return Pointer(m_world.successorOf(m_name)); }

    void run(QObject *) override
    {
        if (m_isLost)
            return;
        if (isAsynchronous())
            m_pending = duration() > 0;
        else
            end();
    }

    [[nodiscard]] bool isPending() const override { return m_pending; }
    void callOff() override
    {
        if (m_heeds)
            m_world.letGo(m_name);
    }

    [[nodiscard]] std::unique_ptr<Suspension> suspend(std::function<void()> ended) override
    {
        const qint64 endTime = duration() == World::Hung ? World::Hung
                                                         : m_world.clock().now() + duration();
        return std::make_unique<VirtualSuspension>(m_world, *this, endTime, std::move(ended));
    }

    [[nodiscard]] bool conclude() override
    {
        if (m_isLost)
            return true;
        stopped();
        if (m_isLost)
            return true;
        if (m_world.fate(m_name).script.cancelsItself)
            return false;
        end();
        return true;
    }

    void end()
    {
        if (m_isLost || isCalledOff()) // what it does now is not wanted
            return;
        Fate &fate = m_world.fate(m_name);
        if (attempt() <= fate.script.failures) {
            if (m_world.m_audience)
                m_world.m_audience->threw(m_name);
            throw JobError(QStringLiteral("scripted"));
        }
        if (!fate.script.promised) { // otherwise it is told by deliver() and its like
            ++fate.completed;
            m_world.log(QStringLiteral("%1 done").arg(m_name));
            m_world.ended(m_name, Outcome::Completed);
        }
    }

    void deliver() override
    {
        ++m_world.fate(m_name).completed;
        m_world.log(QStringLiteral("%1 done").arg(m_name));
        m_world.ended(m_name, Outcome::Completed);
    }

    void reject(const std::exception_ptr &error) override
    {
        try {
            std::rethrow_exception(error);
        } catch (const JobDiscarded &) { // told by the handler
        } catch (const WorkerLost &) {
            lose();
            ++m_world.fate(m_name).lost;
            m_world.log(QStringLiteral("%1 lost").arg(m_name));
            m_world.ended(m_name, Outcome::WorkerLost);
        } catch (...) {
            ++m_world.fate(m_name).failed;
            m_world.log(QStringLiteral("%1 failed").arg(m_name));
            m_world.ended(m_name, Outcome::Failed);
        }
    }

    void cancel() override
    {
        ++m_world.fate(m_name).canceled;
        m_world.log(QStringLiteral("%1 canceled").arg(m_name));
        m_world.ended(m_name, Outcome::Canceled);
    }

    PromiseLink *promiseLink() override { return this; }

    World &m_world;
    const QString m_name;
    bool m_isAsynchronous = false;
    qint64 m_duration = 0;
    int m_hangs = 0;
    bool m_heeds = false;
    bool m_pending = false;
    bool m_isLost = false;
};

VirtualSuspension::VirtualSuspension(World &world, VirtualJob &job, qint64 endTime,
                                     std::function<void()> ended)
    : m_world(world)
    , m_job(job)
    , m_endTime(endTime)
    , m_ended(std::move(ended))
{
    m_world.m_suspended.push_back(this);
}

VirtualSuspension::~VirtualSuspension()
{
    std::erase(m_world.m_suspended, this);
}

void VirtualSuspension::end()
{
    std::erase(m_world.m_suspended, this);
    m_job.ended();
    m_ended();
}

// --- Stations ---------------------------------------------------------------------------------

class VirtualHost final : public StationHost
{
public:
    explicit VirtualHost(World &world) : m_world(world) {}

    [[nodiscard]] std::shared_ptr<Station> createStation(const QString &) override
    {
        auto station = std::make_shared<VirtualStation>(m_world);
        m_world.m_stations.push_back(station);
        return station;
    }

    [[nodiscard]] std::unique_ptr<Executor> createExecutor() override
    {
        return std::make_unique<VirtualExecutor>(m_world);
    }

private:
    World &m_world;
};

VirtualExecutor::VirtualExecutor(World &world) : m_world(world)
{
    m_world.m_executor = this;
}

VirtualExecutor::~VirtualExecutor()
{
    m_world.m_executor = nullptr;
}

void VirtualExecutor::step()
{
    const std::function<void()> task = std::move(m_tasks.front());
    m_tasks.pop_front();
    task();
}

bool VirtualStation::open(const std::shared_ptr<Engine> &engine)
{
    if (!m_world.hasThread())
        return false;
    m_engine = engine;
    return true;
}

bool VirtualStation::canStep() const
{
    if (!m_engine || m_closed)
        return false;
    if (m_job)
        return m_finishTime <= m_world.clock().now() || job()->isToEnd();
    if (isHungInOrder())
        return m_letGo;
    return m_awake || (m_rung && !m_deaf);
}

VirtualJob *VirtualStation::job() const
{
    return static_cast<VirtualJob *>(m_job);
}

std::vector<Workload> VirtualStation::workloads() const
{
    std::vector<Workload> workloads;
    for (const Incarnation *incarnation : atWork()) {
        if (!incarnation->engagedLink.linked)
            continue;
        const Hand::Count count = incarnation->hand.count();
        Workload workload{this,
                          incarnation->id,
                          incarnation->batchLink.linked,
                          incarnation == atWork().front(),
                          {}};
        for (int i = count.claimed(); i < count.end(); ++i)
            workload.unstarted += static_cast<VirtualJob *>(incarnation->hand.at(i))->name();
        workloads.push_back(std::move(workload));
    }
    return workloads;
}

void VirtualStation::letGo()
{
    m_letGo = isHungInOrder();
    m_deaf = false;
    m_finishTime = std::min(m_finishTime, m_world.clock().now());
}

void VirtualStation::step()
{
    if (m_job) {
        AbstractJob *job = std::exchange(m_job, nullptr);
        if (auto *scripted = static_cast<VirtualJob *>(job); !scripted->isAsynchronous())
            scripted->stopped();
        m_engine->perform(m_incarnation, *job);
        return;
    }
    if (isHungInOrder()) {
        m_letGo = false;
        carryOut(std::exchange(m_hungOrder, {}));
        return;
    }
    if (!m_awake) {
        m_rung = false;
        m_awake = true;
    }
    if (m_incarnation) {
        proceed();
        return;
    }
    const Order order = m_engine->next(*this);
    int &hangs = order.kind == Order::Build ? m_world.m_hangingBuilds : m_world.m_hangingEnds;
    if ((order.kind == Order::Build || order.kind == Order::Dismantle) && hangs > 0) {
        --hangs;
        m_hungOrder = order;
    } else {
        carryOut(order);
    }
}

void VirtualStation::carryOut(const Order &order)
{
    switch (order.kind) {
    case Order::Rest:
        m_awake = false;
        break;
    case Order::Again:
        break;
    case Order::Build: {
        const std::shared_ptr<Incarnation> incarnation = order.incarnation;
        m_engine->build(*incarnation);
        if (Audience *audience = m_world.m_audience; audience && incarnation->slot) {
            if (incarnation->worker)
                audience->built(incarnation->id, this);
            else
                audience->notBuilt(incarnation->id);
        }
        break;
    }
    case Order::Dismantle:
        m_engine->dismantle(*order.incarnation, order.orderly, false);
        break;
    case Order::Run:
        m_incarnation = order.incarnation;
        break;
    case Order::Conclude:
        m_engine->conclude(*order.incarnation);
        break;
    case Order::Close:
        m_closed = true;
        m_engine.reset();
        break;
    }
}

void VirtualStation::proceed()
{
    m_job = m_engine->begin(*m_incarnation);
    if (!m_job) {
        m_incarnation.reset();
        return;
    }
    auto &job = static_cast<VirtualJob &>(*m_job);
    job.started(m_incarnation->id);
    if (m_interrupted && m_world.m_wrong.isEmpty())
        m_world.m_wrong = QStringLiteral("%1 was started where another job was interrupted")
                              .arg(job.name());
    const qint64 duration = job.isAsynchronous() ? 0 : job.duration();
    m_finishTime = duration == World::Hung ? World::Hung : m_world.clock().now() + duration;
}

// --- World ------------------------------------------------------------------------------------

World::World(FactorySettings settings)
    : m_keepsKeyOrder(settings.router && settings.router()->keepsKeyOrder())
{
    m_engine = std::make_shared<Engine>(
        std::move(settings),
        [this](const WorkerContext &context) -> std::unique_ptr<QObject> {
            if (m_broken.contains(context.id))
                throw JobError(QStringLiteral("broken"));
            if (m_failingBuilds > 0) {
                --m_failingBuilds;
                throw JobError(QStringLiteral("scripted"));
            }
            return std::make_unique<VirtualWorker>(*this);
        },
        m_clock, std::make_unique<VirtualHost>(*this));
    m_engine->setDiscardHandler(
        std::make_shared<const DiscardHandler>([](AbstractJob &job, DiscardReason reason) {
            static_cast<VirtualJob &>(job).discarded(reason);
        }));
}

World::~World()
{
    m_engine->stop();
    for (std::thread &producer : m_producers)
        producer.join();
    settle();
    m_engine->giveUp();
    letAllGo();
    // What was given up comes back, too late: nobody may care.
    for (const auto &weak : m_stations) {
        const auto station = weak.lock();
        while (station
               && (station->canStep() || station->isRunning() || station->isHungInOrder())) {
            station->step();
        }
    }
}

int World::stationsKept() const
{
    return int(std::count_if(m_stations.begin(), m_stations.end(),
                             [](const auto &station) { return !station.expired(); }));
}

VirtualJob *World::jobFor(const Script &script)
{
    if (m_audience)
        m_audience->created(script);
    Fate &fate = m_fates.insert_or_assign(script.name, Fate{script}).first->second;
    fate.number = ++m_submissions;
    m_keyOrder.submitted(script.key, int(script.options.priority.value_or(Priority::Normal)),
                         fate.number);
    return new VirtualJob(*this, script);
}

// A dead letter is submitted anew, as a job of its own.
VirtualJob *World::successorOf(const QString &name)
{
    const Fate &former = fate(name);
    Script script = former.script;
    script.name += u'\'';
    script.failures = std::max(0, script.failures - former.started);
    script.hangs = std::max(0, script.hangs - former.started);
    script.promised = false;
    return jobFor(script);
}

bool World::submit(const Script &script)
{
    std::unique_ptr<VirtualJob, AbstractJob::Release> job(jobFor(script));
    if (m_engine->submit(*job))
        return false;
    job.release();
    return true;
}

bool World::broadcast(Script script)
{
    const QString name = script.name;
    std::vector<AbstractJob *> jobs;
    for (int id = 0; id < m_engine->workerCount(); ++id) {
        script.name = name + QString::number(id);
        jobs.push_back(jobFor(script));
    }
    std::vector<Refusal> refused(jobs.size());
    m_engine->submitToAll(jobs, refused);
    bool accepted = true;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (refused[i]) {
            accepted = false;
            AbstractJob::Release()(jobs[i]);
        }
    }
    return accepted;
}

std::future<Refusal> World::submitPatiently(const Script &script)
{
    std::promise<Refusal> promise;
    std::future<Refusal> future = promise.get_future();
    m_producers.emplace_back([this, job = jobFor(script), promise = std::move(promise)]() mutable {
        constexpr std::chrono::hours Centuries(24 * 366
                                               * 300); // more nanoseconds than can be counted
        const auto refused = m_engine->submit(*job, Centuries);
        if (refused)
            AbstractJob::Release()(job);
        promise.set_value(refused);
        ++m_producersDone;
    });
    return future;
}

void World::awaitProducers()
{
    for (;;) {
        const int done = m_producersDone;
        const Engine::Sleeps sleeps = m_engine->sleepsForRoom();
        if (sleeps.begun + done == sleeps.ended + qint64(m_producers.size()))
            break;
        std::this_thread::yield();
    }
    std::vector<std::pair<QString, DiscardReason>> refused;
    {
        const std::lock_guard locker(m_refusedMutex);
        refused.swap(m_refused);
    }
    for (const auto &[name, reason] : refused)
        discarded(name, reason);
}

void World::discarded(const QString &name, DiscardReason reason)
{
    if (std::this_thread::get_id() != m_thread) {
        const std::lock_guard locker(m_refusedMutex);
        m_refused.emplace_back(name, reason);
        return;
    }
    ++fate(name).discarded;
    log(QStringLiteral("%1 %2").arg(name, nameOf(reason)));
    ended(name, Outcome::Discarded, reason);
}

bool World::beat(const QString &name)
{
    bool isThere = false;
    for (const auto &weak : m_stations) {
        const auto station = weak.lock();
        if (VirtualJob *job = station ? station->job() : nullptr; job && job->name() == name) {
            job->heartbeat();
            isThere = true;
        }
    }
    for (VirtualSuspension *suspension : m_suspended) {
        if (suspension->job().name() == name) {
            suspension->job().heartbeat();
            isThere = true;
        }
    }
    return isThere;
}

void World::letGo(const QString &name)
{
    for (const auto &weak : m_stations) {
        const auto station = weak.lock();
        if (VirtualJob *job = station ? station->job() : nullptr; job && job->name() == name)
            station->letGo();
    }
    for (VirtualSuspension *suspension : m_suspended) {
        if (suspension->job().name() == name)
            suspension->endBy(now());
    }
}

void World::letGo()
{
    for (const auto &weak : m_stations) {
        if (const auto station = weak.lock(); station && !station->isRunning())
            station->letGo();
    }
}

void World::deafen(int index)
{
    if (m_stations.empty())
        return;
    if (const auto station = m_stations[std::size_t(index) % m_stations.size()].lock())
        station->deafen();
}

void World::letAllGo()
{
    m_hangingBuilds = m_hangingEnds = 0;
    for (const auto &weak : m_stations) {
        if (const auto station = weak.lock())
            station->letGo();
    }
    for (VirtualSuspension *suspension : m_suspended)
        suspension->endBy(now());
    settle();
}

bool World::isHung() const
{
    return std::any_of(m_stations.begin(), m_stations.end(), [](const auto &weak) {
        const auto station = weak.lock();
        return station && (station->isHungInOrder() || station->isDeaf());
    });
}

std::vector<Workload> World::workloads() const
{
    std::vector<Workload> workloads;
    for (const auto &weak : m_stations) {
        const auto station = weak.lock();
        if (station) {
            for (Workload &workload : station->workloads())
                workloads.push_back(std::move(workload));
        }
    }
    return workloads;
}

bool World::isHeldUp(const void *thread) const
{
    return std::none_of(m_stations.begin(), m_stations.end(), [&](const auto &weak) {
        const auto station = weak.lock();
        return station && station.get() == thread && !station->isHeldUp();
    });
}

void World::cancel(const QString &name)
{
    if (const auto it = m_fates.find(name); it != m_fates.end())
        it->second.cancelRequested = true;
}

void World::standsAnew(const QString &name)
{
    m_keyOrder.ended(fate(name).number);
}

void World::ended(const QString &name, Outcome outcome, DiscardReason reason)
{
    m_keyOrder.ended(fate(name).number);
    if (m_audience)
        m_audience->ended(name, outcome, reason);
    if (m_forgets)
        m_fates.erase(name);
}

bool World::abandon(int worker)
{
    return m_engine->abandon(worker);
}

bool World::step(quint64 choice)
{
    std::vector<std::shared_ptr<VirtualStation>> able;
    for (const auto &weak : m_stations) {
        if (auto station = weak.lock(); station && station->canStep())
            able.push_back(std::move(station));
    }
    std::vector<VirtualSuspension *> due;
    for (VirtualSuspension *suspension : m_suspended) {
        if (suspension->endTime() <= m_clock->now())
            due.push_back(suspension);
    }
    const bool canCall = m_executor && m_executor->canStep();
    const std::size_t count = able.size() + due.size() + (canCall ? 1 : 0);
    if (count == 0)
        return false;
    const std::size_t chosen = choice % count;
    if (chosen < able.size())
        able[chosen]->step();
    else if (chosen < able.size() + due.size())
        due[chosen - able.size()]->end();
    else
        m_executor->step();
    return true;
}

int World::awakeStations() const
{
    return int(std::count_if(m_stations.begin(), m_stations.end(), [](const auto &weak) {
        const std::shared_ptr<VirtualStation> station = weak.lock();
        return station && station->canStep();
    }));
}

void World::settle()
{
    while (step())
        ;
}

qint64 World::nextFinish() const
{
    qint64 next = Hung;
    for (const auto &weak : m_stations) {
        if (const auto station = weak.lock(); station && station->isRunning())
            next = std::min(next, station->finishTime());
    }
    for (const VirtualSuspension *suspension : m_suspended)
        next = std::min(next, suspension->endTime());
    return next;
}

void World::pass(qint64 nanoseconds)
{
    const qint64 end = m_clock->now() + nanoseconds;
    for (;;) {
        settle();
        qint64 next = std::min(nextFinish(), end);
        if (m_clock->hasAlarm())
            next = std::min(next, m_clock->nextAlarm());
        if (m_clock->now() >= end)
            return;
        m_clock->moveTo(next);
    }
}

bool World::finish()
{
    constexpr int Enough = 100'000;
    for (int i = 0; i < Enough; ++i) {
        settle();
        const Counters now = m_engine->counters();
        if (now.waiting + now.running == 0)
            return true;
        qint64 next = nextFinish();
        if (m_clock->hasAlarm())
            next = std::min(next, m_clock->nextAlarm());
        if (next == Hung)
            return false;
        m_clock->moveTo(next);
    }
    return false;
}

QString World::violations()
{
    const Counters now = m_engine->counters();
    QStringList wrong;
    const qint64 sum = now.completed + now.failed + now.discarded() + now.canceled + now.lost
                       + now.waiting + now.running;
    if (now.submitted != sum)
        wrong += QStringLiteral("submitted %1, but the rest adds up to %2")
                     .arg(now.submitted)
                     .arg(sum);
    if (now.submitted != qint64(m_fates.size()))
        wrong += QStringLiteral("submitted %1 of %2").arg(now.submitted).arg(m_fates.size());
    for (const auto &[name, before, after] :
         {std::tuple{"completed", m_before.completed, now.completed},
          {"failed", m_before.failed, now.failed},
          {"discarded", m_before.discarded(), now.discarded()},
          {"canceled", m_before.canceled, now.canceled},
          {"lost", m_before.lost, now.lost}}) {
        if (after < before)
            wrong += QStringLiteral("%1 went back").arg(QLatin1String(name));
    }
    if (now.waiting < 0 || now.running < 0)
        wrong += QStringLiteral("waiting %1, running %2").arg(now.waiting).arg(now.running);
    if (m_engine->queueDepth() != now.waiting)
        wrong += QStringLiteral("queue depth is not what waits");
    m_before = now;

    Counters told;
    qint64 running = 0;
    for (const auto &[name, fate] : m_fates) {
        told.completed += fate.completed;
        told.failed += fate.failed;
        told.discardedBy[0] += fate.discarded;
        told.canceled += fate.canceled;
        told.lost += fate.lost;
        running += fate.ends() == 0 && fate.started > 0 ? 1 : 0;
        if (fate.ends() > 1)
            wrong += QStringLiteral("%1 ended %2 times").arg(name).arg(fate.ends());
    }
    if (told.completed != now.completed || told.failed != now.failed
        || told.discarded() != now.discarded() || told.canceled != now.canceled
        || told.lost != now.lost) {
        wrong += QStringLiteral("counted %1/%2/%3/%4/%5, told %6/%7/%8/%9/%10 "
                                "(completed/failed/discarded/canceled/lost)")
                     .arg(now.completed)
                     .arg(now.failed)
                     .arg(now.discarded())
                     .arg(now.canceled)
                     .arg(now.lost)
                     .arg(told.completed)
                     .arg(told.failed)
                     .arg(told.discarded())
                     .arg(told.canceled)
                     .arg(told.lost);
    }
    if (!m_wrong.isEmpty())
        wrong += m_wrong;
    if (running < now.running)
        wrong += QStringLiteral("more run than were started");
    return wrong.join(QStringLiteral("; "));
}

} // namespace Simulation
