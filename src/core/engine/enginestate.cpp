// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/insist.h"
#include "engine/section.h"
#include "logging.h"
#include "queueing/priorityqueue.h"
#include "settingchecks.h"
#include "supervision/givenup.h"

#include <QtCore/qscopeguard.h>

#include <algorithm>
#include <optional>
#include <type_traits>

namespace Millwright {

namespace {

// What `read` returns under the lock, unless somebody else has it.
template<typename Read>
std::optional<std::invoke_result_t<Read>> readAtOnce(EngineMutex &mutex, Read read)
{
    if (mutex.isMine())
        return read();
    if (!mutex.tryLock())
        return std::nullopt;
    const auto unlock = qScopeGuard([&] { mutex.unlock(); });
    return read();
}

// What builders of the user's make. Those that make nothing are said, and the default stands in.

std::unique_ptr<Router> routerBy(const RouterBuilder &builder, const QString &factory)
{
    std::unique_ptr<Router> router = builder ? builder() : queuer()();
    if (router)
        return router;
    qCWarning(lcMillwright,
              "Factory \"%s\": its RouterBuilder returned nullptr, so queuer() is used. Return a "
              "router, as customRouter<YourRouter>() does.",
              qUtf8Printable(factory));
    return queuer()();
}

// Called for each worker's own queue, too: in the constructor or under the lock.
QueueBuilder checked(QueueBuilder builder, const QString &factory)
{
    if (!builder)
        return fifoQueue();
    return [builder = std::move(builder), factory, said = false]() mutable {
        std::unique_ptr<Queue> queue = builder();
        if (queue)
            return queue;
        if (!std::exchange(said, true)) {
            qCWarning(lcMillwright,
                      "Factory \"%s\": its QueueBuilder returned nullptr, so fifoQueue() is used. "
                      "Return a new queue with each call, as customQueue<YourQueue>() does.",
                      qUtf8Printable(factory));
        }
        return fifoQueue()();
    };
}

} // namespace

Engine::Engine(FactorySettings settings, WorkerBuilder builder, std::shared_ptr<Clock> clock,
               std::unique_ptr<StationHost> host)
    : m_name(std::move(settings.name))
    , m_threadCount(usable(m_name, "thread count", settings.threadCount))
    , m_builder(std::move(builder))
    , m_clock(std::move(clock))
    , m_host(std::move(host))
    , m_executor(m_host->createExecutor())
    , m_queueBuilder(checked(std::move(settings.queue), m_name))
    , m_parallelism(std::max(1, QThread::idealThreadCount()))
    , m_router(routerBy(settings.router, m_name))
    , m_keepsKeyOrder(m_router->keepsKeyOrder())
    , m_waitingPlace(m_router->waitingPlace())
    , m_queue(m_queueBuilder())
    , m_limit(std::max<qsizetype>(FactorySettings::Unlimited, settings.queueLimit))
    , m_mode(settings.discardMode)
    , m_keepsShedList(mustKeepShedList(m_limit, m_mode))
    , m_onFailure(settings.onFailure)
    , m_random(std::minstd_rand::result_type(m_clock->now()))
    , m_deadLetters(usable(m_name, "dead letter limit", settings.deadLetterLimit))
    , m_rateLimitMode(settings.rateLimitMode)
    , m_highWaterMark(std::max<qsizetype>(FactorySettings::Unlimited, settings.highWaterMark))
    , m_lowWaterMark(std::max<qsizetype>(FactorySettings::Unlimited, settings.lowWaterMark))
    , m_hooks{{{std::make_shared<const Hook>(std::move(settings.onStarted))},
               {std::make_shared<const Hook>(std::move(settings.onDraining))},
               {std::make_shared<const Hook>(std::move(settings.onStopped))}}}
    , m_workerCount(usable(m_name, "worker count", settings.workerCount))
{
    // Whoever moves the limit may lift it above the mark.
    if (m_limit >= 0 && m_highWaterMark > totalLimit() && !settings.queueLimitController.function
        && !settings.capacityController.function) {
        qCInfo(lcMillwright,
               "Factory \"%s\": a high water mark of %lld is of no use where no more than %lld "
               "jobs may wait; set it below the queue limit.",
               qUtf8Printable(m_name), qlonglong(m_highWaterMark), qlonglong(totalLimit()));
    }
    if (settings.rateLimiter)
        setRateLimiter(settings.rateLimiter);
    else
        setRateLimit(settings.rateLimit);
    setRestartPolicy(settings.restartPolicy);
    QStringList complaints;
    setRetryPolicy(settings.retry.corrected(&complaints));
    sayCorrected(m_name, complaints);
    setDeadMansSwitch(settings.deadMansSwitch);
    setStatisticsLayer(std::move(settings.statistics));
    setCapacityController(std::move(settings.capacityController));
    setQueueLimitController(std::move(settings.queueLimitController));
    Section section(*this);
    fillSlots(section);
}

Engine::~Engine()
{
    // Nothing that runs knows the engine any more, and the jobs it owned have ended: the owner of
    // the engine has stopped it.
    Q_ASSERT(isOver());
    for (auto *stations : {&m_ending, &m_condemned}) {
        for (auto &station : *stations)
            keepUntilEnded(std::move(station));
    }
}

// --- Settings ---------------------------------------------------------------------------------

// Policies are called under the lock, so what they call must not ask for it.
bool Engine::isCalledByPolicy(const char *function) const
{
    if (!m_mutex.isMine())
        return false;
    qCCritical(lcMillwright,
               "A router, queue or limiter of factory \"%s\" called %s() of its own factory; the "
               "call was ignored. They may only look at their factory.",
               qUtf8Printable(m_name), function);
    return true;
}

void Engine::setQueueLimit(qsizetype limit)
{
    if (isCalledByPolicy("setQueueLimit"))
        return;
    Section section(*this);
    limitTo(std::max<qsizetype>(FactorySettings::Unlimited, limit), m_mode);
}

void Engine::setDiscardMode(DiscardMode mode)
{
    if (isCalledByPolicy("setDiscardMode"))
        return;
    Section section(*this);
    limitTo(m_limit, mode);
}

// Lock held. Where it throws, nothing has happened.
void Engine::limitTo(qsizetype limit, DiscardMode mode)
{
    if (!m_keepsShedList && mustKeepShedList(limit, mode)) {
        listForShedding();
        m_keepsShedList = true;
    }
    m_isUneven = m_isUneven || (limit >= 0 && (m_limit < 0 || limit < m_limit));
    m_limit = limit;
    m_mode = mode;
}

// A queue of the user's need not be able to list its jobs when the time has come.
bool Engine::mustKeepShedList(qsizetype limit, DiscardMode mode) const
{
    const bool sheds = limit >= 0 && mode == DiscardMode::Oldest;
    const bool isOurs = dynamic_cast<const FifoQueue *>(m_queue.get())
                        || dynamic_cast<const PriorityQueue *>(m_queue.get());
    return m_waitingPlace != WaitingPlace::AtWorkers && (sheds || !isOurs);
}

void Engine::setOnFailure(OnFailure action)
{
    if (isCalledByPolicy("setOnFailure"))
        return;
    Section section(*this);
    m_onFailure = action;
}

void Engine::setObserver(std::shared_ptr<EngineObserver> observer)
{
    Section section(*this);
    m_observer.swap(observer);
}

qsizetype Engine::queueLimit() const
{
    return m_limit;
}

DiscardMode Engine::discardMode() const
{
    return read([this] { return m_mode; });
}

OnFailure Engine::onFailure() const
{
    return read([this] { return m_onFailure; });
}

// --- What can be seen -------------------------------------------------------------------------

Engine::Glance Engine::glance() const
{
    if (const auto exact = readAtOnce(m_mutex, [this] { return exactGlance(); }))
        return *exact;
    return {std::max<qsizetype>(0, m_published.waiting), m_published.active};
}

Engine::Glance Engine::exactGlance() const
{
    qint64 waiting = waitingInQueues();
    int active = m_ready;
    for (const Incarnation *i = m_engaged.first(); i; i = m_engaged.next(*i)) {
        const Hand::Count count = i->hand.count();
        waiting += count.waiting();
        active += count.settled() < count.end() ? 1 : 0;
    }
    return {waiting, active};
}

qint64 Engine::availableCapacity() const
{
    if (const auto exact = readAtOnce(m_mutex, [this] { return exactCapacity(); }))
        return *exact;
    if (state() > FactoryState::Running)
        return 0;
    return Load{.waiting = std::max<qsizetype>(0, m_published.waiting),
                .backingOff = backingOff(),
                .limit = m_limit,
                .places = placesFor(m_workerCount),
                .runnable = m_published.runnable,
                .idleForShared = m_awaitingToken > 0 || !mayRun() ? 0 : m_published.idleForShared,
                .idleWithOwn = mayRun() ? m_published.idleWithOwn : 0}
        .capacity();
}

qint64 Engine::exactCapacity() const
{
    return capacityWith(waitingInHands(), movableInHands());
}

// With so many jobs in hands, so many of which somebody else may do.
qint64 Engine::capacityWith(qint64 inHands, qint64 forAnybody) const
{
    if (m_state > FactoryState::Running)
        return 0;
    if (m_limit >= 0 && m_waitingPlace == WaitingPlace::AtWorkers && m_workerCount > 0
        && (m_isUneven || m_queued > 0 || m_crashLooping > 0)) {
        return capacityAtWorkers();
    }
    return loadWith(waitingInQueues() + inHands, forAnybody).capacity();
}

// Each worker for itself: where one has more than it may, or leaves with jobs of its own, others have no less
// room for that. For once, since it takes a look at all of them.
qint64 Engine::capacityAtWorkers() const
{
    const Load load = loadWith(0, 0);
    const qint64 limit = load.totalLimit() / load.places;
    qint64 room = 0;
    m_isUneven = false;
    for (const auto &slot : m_slots) {
        const bool isThere = slot->id < m_workerCount;
        if (isThere)
            room += slot->state == WorkerState::CrashLooping
                        ? limit
                        : std::max<qint64>(0, limit - waitingAt(*slot));
        // With the job that it is about to start, which waits as well after a pause.
        const qint64 unstarted = slot->ownSize + slot->parkedSize
                                 + (slot->incarnation ? slot->incarnation->hand.count().waiting()
                                                      : 0);
        m_isUneven = m_isUneven || unstarted > (isThere ? limit : 0);
    }
    const qint64 free = load.idleForShared - std::min<qint64>(load.idleForShared, load.runnable);
    const qint64 inQueue = m_queued + m_awaitingToken - (load.idleForShared - free);
    return free + std::clamp<qint64>(room - inQueue, 0, Never - free);
}

Engine::Load Engine::loadWith(qint64 waiting, qint64 forAnybody) const
{
    return {.waiting = waiting,
            .backingOff = backingOff(),
            .limit = m_limit,
            .places = placesFor(m_workerCount),
            .runnable = runnable() + forAnybody,
            .idleForShared = m_awaitingToken > 0 || !mayRun() ? 0 : m_idleForShared,
            .idleWithOwn = mayRun() ? m_idleWithOwn : 0};
}

qint64 Engine::Load::capacity() const
{
    // Jobs that a worker at rest is about to take do not wait.
    const qint64 taken = std::min<qint64>(idleForShared, runnable);
    const qint64 stay = waiting - backingOff - taken - idleWithOwn;
    const qint64 free = idleForShared - taken;
    if (limit < 0)
        return free;
    const qint64 least = totalLimit() - Never + free; // or else there is more room than can be said
    return free + (totalLimit() - std::clamp<qint64>(stay, least, totalLimit()));
}

qint64 Engine::Load::totalLimit() const
{
    return limitOf(limit, places);
}

qint64 Engine::limitOf(qint64 limit, qint64 places)
{
    constexpr qint64 Most = std::numeric_limits<qint64>::max();
    return limit > Most / places ? Most : limit * places;
}

// Workers that could start a job at once. On a shared thread that takes the thread, too.
qint64 Engine::workersReady() const
{
    return mayRun() ? m_idleForShared : 0;
}

Counters Engine::exactCounters() const
{
    Counters counters = m_counters;
    counters.waiting = waitingInQueues();
    for (const Incarnation *i = m_engaged.first(); i; i = m_engaged.next(*i)) {
        const Hand::Count count = i->hand.count();
        counters.completed += count.settled() - i->accounted;
        counters.running += count.running();
        counters.waiting += count.waiting();
    }
    return counters;
}

Counters Engine::counters() const
{
    return read([this] { return exactCounters(); });
}

FactorySnapshot Engine::snapshot(bool withWorkers) const
{
    FactorySnapshot snapshot;
    snapshot.time = m_clock->now();
    std::vector<AbstractJob *> running;
    read([&] {
        const Glance glance = exactGlance();
        snapshot.state = m_state;
        snapshot.counters = exactCounters();
        snapshot.workerCount = m_workerCount;
        snapshot.activeWorkers = glance.active;
        snapshot.crashLoopingWorkers = m_crashLooping;
        snapshot.availableCapacity = exactCapacity();
        snapshot.queueLimit = m_limit;
        snapshot.queueCapacity = m_limit < 0 ? -1 : limitOf(m_limit, placesFor(m_workerCount));
        snapshot.paused = m_paused;
        snapshot.condemnedThreads = int(m_condemned.size());
        snapshot.errorString = m_error;
        snapshot.deadLetters = m_deadLetters.count();
        snapshot.deadLetterChanges = m_deadLetters.changes();
        if (!withWorkers)
            return;
        snapshot.oldestWaiting = oldestWaiting(snapshot.time);
        snapshot.workers.reserve(qsizetype(m_slots.size()));
        running.reserve(m_slots.size());
        for (const auto &slot : m_slots) {
            if (slot->id >= m_workerCount && slot->state == WorkerState::Absent)
                continue;
            WorkerSnapshot worker{slot->id,     slot->state,    slot->completed,
                                  slot->failed, slot->restarts, slot->ownSize};
            if (slot->state == WorkerState::CrashLooping && !slot->incarnation) {
                worker.untilStart = std::chrono::nanoseconds(
                    std::max<qint64>(0, slot->history->startAt - snapshot.time));
            }
            AbstractJob *job = nullptr;
            if (const Incarnation *incarnation = slot->incarnation.get();
                incarnation && m_engaged.contains(*incarnation)) {
                worker.waiting += incarnation->hand.count().waiting();
                worker.completed += incarnation->hand.count().settled() - incarnation->accounted;
                if ((job = incarnation->hand.running())) {
                    job->ref();
                    worker.job = job->order();
                    const qint64 start = incarnation->startedAt.load(std::memory_order_relaxed);
                    worker.elapsed = std::chrono::nanoseconds(
                        std::max<qint64>(0, snapshot.time - start));
                    worker.lastHeartbeat = std::max(start, incarnation->report.lastHeartbeat());
                    worker.progress = incarnation->report.progressOf(job->order());
                    worker.label = job->label(); // may be retried, and change, from now on
                }
            }
            if (isStuck(*slot))
                worker.state = WorkerState::Stuck;
            running.push_back(job);
            snapshot.workers.append(std::move(worker));
        }
    });
    for (std::size_t i = 0; i < running.size(); ++i) {
        if (AbstractJob *job = running[i]) {
            snapshot.workers[qsizetype(i)].key = keyTextOf(
                *job); // the user's code: not under the lock
            job->unref();
        }
    }
    return snapshot;
}

// Lock held.
std::chrono::nanoseconds Engine::oldestWaiting(qint64 now) const
{
    qint64 earliest = now;
    const auto look = [&](const AbstractJob *job) {
        if (job)
            earliest = std::min(earliest, job->m_submitted);
    };
    look(m_queue->oldest());
    if (m_tokenQueue)
        look(m_tokenQueue->oldest());
    if (m_ownQueued > 0) {
        for (const auto &slot : m_slots)
            look(slot->ownSize > 0 ? slot->ownQueue->oldest() : nullptr);
    }
    for (const Incarnation *i = m_batches.first(); i; i = m_batches.next(*i)) {
        const Hand::Count count = i->hand.count();
        look(count.waiting() > 0 ? i->hand.at(count.claimed()) : nullptr);
    }
    return std::chrono::nanoseconds(now - earliest);
}

Latencies Engine::latencies() const
{
    std::vector<std::shared_ptr<const WorkerStatistics>> all;
    read([&] {
        all.reserve(m_slots.size());
        for (const auto &slot : m_slots)
            all.push_back(slot->statistics);
    });
    Latencies latencies;
    for (const auto &statistics : all)
        statistics->addTo(latencies);
    return latencies;
}

std::optional<Latencies> Engine::latencies(int worker) const
{
    std::shared_ptr<const WorkerStatistics> statistics;
    read([&] {
        if (worker >= 0 && std::size_t(worker) < m_slots.size())
            statistics = m_slots[std::size_t(worker)]->statistics;
    });
    if (!statistics)
        return std::nullopt;
    Latencies latencies;
    statistics->addTo(latencies);
    return latencies;
}

QString Engine::keyTextOf(const AbstractJob &job) noexcept
{
    try {
        return job.keyText();
    } catch (...) {
        return QStringLiteral("?");
    }
}

// --- Events -----------------------------------------------------------------------------------

void Engine::log(FactoryEvent::Kind kind, int worker, const QString &key, const QString &text,
                 qint64 now)
{
    constexpr std::size_t Most = 256;
    if (m_events.size() == Most)
        m_events.pop_front();
    m_events.push_back({++m_eventNumber, now, kind, worker, key, text});
}

QList<FactoryEvent> Engine::eventsSince(quint64 number) const
{
    return read([&] {
        QList<FactoryEvent> events;
        const auto first = std::find_if(m_events.begin(), m_events.end(),
                                        [&](const auto &event) { return event.number > number; });
        events.reserve(std::distance(first, m_events.end()));
        std::copy(first, m_events.end(), std::back_inserter(events));
        return events;
    });
}

// --- For routers ------------------------------------------------------------------------------

int Engine::firstFreeWorker()
{
    if (const Station *quiet = m_quiet.first())
        return quiet->parked.first();
    if (!m_freeSlots) {
        insist([this] {
            IdSet all;
            for (const auto &slot : m_slots) {
                if (slot->isFree)
                    all.insert(slot->id);
            }
            m_freeSlots = std::move(all);
        });
    }
    return m_freeSlots->first();
}

bool Engine::isFreeWorker(int index) const
{
    return index >= 0 && index < m_workerCount && m_slots[std::size_t(index)]->isFree;
}

bool Engine::isAvailableWorker(int index) const
{
    return index >= 0 && index < m_workerCount
           && m_slots[std::size_t(index)]->state != WorkerState::CrashLooping;
}

qsizetype Engine::waitingAtWorker(int index) const
{
    return index >= 0 && index < m_workerCount ? m_slots[std::size_t(index)]->ownSize : 0;
}

int Engine::leastLoadedWorker()
{
    if (!m_loads)
        insist([this] { fillIndex(m_loads); });
    const int least = m_loads->least();
    return isAvailableWorker(least) ? least : -1;
}

void Engine::fillIndex(std::optional<LoadIndex> &index)
{
    LoadIndex all;
    all.resize(std::size_t(m_workerCount));
    index = std::move(all);
    for (const auto &slot : m_slots)
        noteLoad(*slot);
}

// How much a worker has before it: what waits for it, and what it has in hand. For one that is not
// available it is more than any other has.
void Engine::updateLoads(const WorkerSlot &slot)
{
    if (slot.state == WorkerState::CrashLooping) {
        for (std::optional<LoadIndex> *index : {&m_loads, &m_crowds}) {
            if (*index)
                (*index)->set(slot.id, std::numeric_limits<qsizetype>::max());
        }
        return;
    }
    if (m_loads) {
        // The hand knows, too, but its worker writes to it with every job.
        m_loads->set(slot.id, slot.ownSize + slot.parkedSize + slot.dealt);
    }
    if (m_crowds)
        m_crowds->set(slot.id, waitingAt(slot));
}

// The worker that has jobs of this key, if it is to get more.
int Engine::holderOf(const AbstractJob &job)
{
    const KeyUse *use = m_keepsKeyOrder ? useOf(job) : nullptr;
    return use && use->held() > 0 && !use->holder->leaving ? use->holder->id : -1;
}

} // namespace Millwright
