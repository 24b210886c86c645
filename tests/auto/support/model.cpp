// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "model.h"

#include <QtCore/qscopeguard.h>

#include <algorithm>
#include <cmath>

// The text is only made when it is needed, which is hardly ever.
#define REQUIRE(holds, ...) ((holds) ? void() : disagree(__VA_ARGS__))

namespace Simulation {

using namespace Qt::StringLiterals;

namespace {

// QUEUE 6, JOB 8: what is to leave has left by then.
constexpr qint64 Soon = 50 * Millisecond;
// Somebody is found to be idle, or a taken job to be stuck, by then.
constexpr qint64 Patience = 10 * Millisecond;

class OverheardRouter final : public Router
{
public:
    OverheardRouter(std::unique_ptr<Router> router, Model &model)
        : m_router(std::move(router))
        , m_model(model)
    {
    }

    [[nodiscard]] Route route(const AbstractJob &job, const Workers &workers) override
    {
        try {
            const Route route = m_router->route(job, workers);
            m_model.routed(job.keyText(), route);
            return route;
        } catch (...) { // the contract: then it waits in the queue
            m_model.routed(job.keyText(), Route::toQueue());
            throw;
        }
    }
    [[nodiscard]] WaitingPlace waitingPlace() const override { return m_router->waitingPlace(); }
    [[nodiscard]] bool keepsKeyOrder() const override { return m_router->keepsKeyOrder(); }

private:
    const std::unique_ptr<Router> m_router;
    Model &m_model;
};

// DISC 3
bool isDiscardable(const Script &script)
{
    return script.options.discardable.value_or(true);
}

} // namespace

RouterBuilder overheard(const RouterBuilder &router, Model &model)
{
    return [router, &model] { return std::make_unique<OverheardRouter>(router(), model); };
}

void Model::disagree(const QString &text)
{
    if (m_disagreement.isEmpty())
        m_disagreement = u"%1 ms: %2"_s.arg(double(now() - 1'000'000'000) / Millisecond).arg(text);
}

// --- What the user does -----------------------------------------------------------------------

void Model::setWorkerCount(int count)
{
    if (m_state >= FactoryState::Stopped || m_isStopping)
        return;
    m_isDisturbed = true;
    m_wasWithoutWorkers = m_wasWithoutWorkers || m_workerCount == 0 || count == 0;
    for (auto &[id, worker] : m_workers) {
        if (id < count)
            continue;
        worker.mayGo = true;
        worker.isCrashLooping = worker.isCrashLooping && worker.isThere;
    }
    m_formerWorkerCount = std::exchange(m_workerCount, count);
}

void Model::setDeadMansSwitch(const DeadMansSwitch &its)
{
    m_switch = its;
    m_switchedAt = now();
    m_mayLose = m_mayLose || its.timeout.count() > 0;
}

void Model::pause()
{
    if (m_state < FactoryState::Stopped)
        m_isPaused = true;
}

void Model::resume()
{
    m_isPaused = false;
    m_openSince = now();
}

void Model::drain()
{
    if (m_isStarted)
        m_isDraining = true;
    else
        stop();
}

void Model::stop()
{
    m_isStopping = true;
}

void Model::cancel(const QString &name)
{
    if (const auto it = m_jobs.find(name);
        it != m_jobs.end() && it->second.script.promised && it->second.canceledAt < 0)
        it->second.canceledAt = now();
}

void Model::beat(const QString &name)
{
    if (const auto it = m_jobs.find(name); it != m_jobs.end() && it->second.state == Job::Running) {
        it->second.signOfLife = it->second.earliestSign = now();
        it->second.isStuck = false;
    }
}

// --- The rules --------------------------------------------------------------------------------

Model::Worker &Model::worker(int id)
{
    return m_workers[id];
}

bool Model::isClosedForJobs() const
{
    return m_isDraining || m_isStopping || m_hasFailed || m_state > FactoryState::Running;
}

// LIFE 1: jobs run once the workers are up and onStarted has ended, until the factory stops.
bool Model::isOpen() const
{
    return !m_isPaused && (m_state == FactoryState::Running || m_state == FactoryState::Draining);
}

const RetryPolicy &Model::policyOf(const Job &job) const
{
    return job.script.options.retry ? *job.script.options.retry : m_retry;
}

// SUP 3
bool Model::isRetried(const Job &job, RetryOn outcome) const
{
    const RetryPolicy &policy = policyOf(job);
    std::chrono::nanoseconds backoff = policy.backoffAfter(job.attempt);
    if (outcome == RetryOn::Loadshed)
        backoff = std::max<std::chrono::nanoseconds>(backoff, RetryPolicy::ShortestShedBackoff);
    const bool isOver = job.expiry != 0 && now() + backoff.count() >= job.expiry;
    return policy.on.testFlag(outcome) && job.attempt < policy.maximumAttempts && !m_isStopping
           && !m_hasFailed && !isOver;
}

// QUEUE 1, 2
bool Model::goesBefore(const Job &a, const Job &b) const
{
    const auto levelOf = [&](const Job &job) {
        return m_rules.hasLevels ? int(job.script.options.priority.value_or(Priority::Normal)) : 0;
    };
    return std::pair(levelOf(a), a.standing()) < std::pair(levelOf(b), b.standing());
}

// DISC 2. Where jobs wait first in, first out in one queue, priorities mean nothing.
bool Model::isShedBefore(const Job &a, const Job &b) const
{
    const bool isAnywhere = m_rules.waitingPlace == WaitingPlace::Anywhere;
    const bool byPriority = m_rules.hasLevels || isAnywhere;
    const auto levelOf = [&](const Job &job) {
        return byPriority ? -int(job.script.options.priority.value_or(Priority::Normal)) : 0;
    };
    const auto ageOf = [&](const Job &job) {
        return isAnywhere ? std::pair(false, job.age) : job.standing();
    };
    return std::pair(levelOf(a), ageOf(a)) < std::pair(levelOf(b), ageOf(b));
}

Model::Job *Model::runningOn(int id)
{
    for (auto &[name, job] : m_jobs) {
        if (job.state == Job::Running && job.worker == id)
            return &job;
    }
    return nullptr;
}

// It runs a job, or has jobs in its hands, or has just been through them.
bool Model::isEngaged(int id)
{
    const bool isAtWork = std::any_of(m_workloads.begin(), m_workloads.end(),
                                      [&](const Workload &load) { return load.worker == id; });
    return isAtWork || runningOn(id);
}

bool Model::isKeyInUse(const Job &job) const
{
    return std::any_of(m_jobs.begin(), m_jobs.end(), [&](const auto &entry) {
        const Job &other = entry.second;
        return &other != &job && other.script.key == job.script.key
               && (other.state == Job::Running || other.isTaken);
    });
}

qint64 Model::inLineFor(int place) const
{
    return std::count_if(m_jobs.begin(), m_jobs.end(), [&](const auto &entry) {
        return entry.second.isInLine() && entry.second.place == place;
    });
}

// Who would start a job at once: up, with nothing in its hands, on a thread that has nothing to do.
Model::Ready Model::ready()
{
    Ready ready;
    if (!isOpen())
        return ready;
    std::map<const void *, std::vector<int>> threads;
    for (const auto &[id, its] : m_workers) {
        if (its.isUp && !isEngaged(id))
            threads[its.thread].push_back(id);
    }
    for (const auto &[thread, ids] : threads) {
        const bool isBusy = std::any_of(
            m_workloads.begin(), m_workloads.end(),
            [&](const Workload &load) { return load.thread == thread; });
        if (isBusy)
            continue;
        std::vector<int> free;
        bool hasOwn = false;
        for (const int id : ids) {
            if (inLineFor(id) > 0)
                hasOwn = true;
            else if (!isSurplus(id))
                free.push_back(id);
        }
        if (hasOwn) {
            ++ready.own;
            const auto hasJobs = [&](int id) { return inLineFor(id) > 0; };
            ready.isAmbiguous = ready.isAmbiguous
                                || std::count_if(ids.begin(), ids.end(), hasJobs) > 1;
            for (const int id : ids) {
                if (hasJobs(id))
                    ready.atRest.insert(id);
            }
        } else if (!free.empty()) {
            ++ready.shared;
            ready.atRest.insert(free.begin(), free.end());
        }
    }
    return ready;
}

// What threads have taken, without what they are about to start.
qint64 Model::inHands(const std::function<bool(const Workload &)> &counts)
{
    qint64 count = 0;
    for (const Workload &load : m_workloads) {
        const bool isNext = load.isFirst && !load.unstarted.isEmpty() && !runningOn(load.worker);
        if (!counts || counts(load))
            count += load.unstarted.size() - (isNext ? 1 : 0);
    }
    return count;
}

qint64 Model::inHandsForAnybody()
{
    return inHands([this](const Workload &load) {
        return !load.unstarted.isEmpty() && m_jobs[load.unstarted.front()].place == Queue;
    });
}

// For one worker.
qint64 Model::waitingAt(int id, const Ready &ready)
{
    const qint64 inLine = inLineFor(id);
    return inLine + inHands([=](const Workload &load) { return load.worker == id; })
           - (ready.atRest.contains(id) && inLine > 0 ? 1 : 0);
}

// DISC 4, 5: whether there is no room for the job, which is not in line yet.
bool Model::isFull(const Job &job)
{
    if (m_limit < 0)
        return false;
    const Ready ready = this->ready();
    const qint64 queued = inLineFor(Queue);
    const qint64 forAnybody = inHandsForAnybody();
    const qint64 aboutToLeave = std::min(queued + forAnybody, ready.shared);
    if (job.place == Queue ? queued + forAnybody < ready.shared
                           : ready.atRest.contains(job.place) && inLineFor(job.place) == 0)
        return false;
    if (m_rules.waitingPlace != WaitingPlace::AtWorkers) {
        const qint64 waiting = std::count_if(m_jobs.begin(), m_jobs.end(), [](const auto &entry) {
            return entry.second.isInLine();
        });
        return waiting - aboutToLeave - ready.own + inHands() >= m_limit;
    }
    if (job.place != Queue) {
        return waitingAt(job.place, ready) >= m_limit;
    }
    const auto looping = std::count_if(m_workers.begin(), m_workers.end(), [](const auto &entry) {
        return entry.second.isCrashLooping;
    });
    return queued + forAnybody - aboutToLeave >= m_limit * std::max<qint64>(1, looping);
}

// Whether the model knows for each job where it waits, and for each worker what it is about to do: not
// while jobs wait for others of their key elsewhere, and while threads are left behind.
bool Model::isExact()
{
    return !m_isRateLimited && !m_mayLose && !m_threadsHang && !m_wasWithoutWorkers
           && m_state < FactoryState::Draining
           && (!m_rules.keepsKeyOrder
               || (m_rules.waitingPlace == WaitingPlace::AtWorkers && !m_isDisturbed))
           && !(m_rules.waitingPlace == WaitingPlace::AtWorkers && ready().isAmbiguous);
}

// --- Submitting -------------------------------------------------------------------------------

void Model::created(const Script &script)
{
    Job &job = m_jobs[script.name]; // a dead letter may have been retried in vain before
    REQUIRE(job.script.name.isEmpty() || job.state == Job::Ended,
            u"%1 is there already"_s.arg(script.name));
    job = {};
    job.script = script;
    if (script.options.timeToLive.count() > 0)
        job.expiry = now() + std::chrono::nanoseconds(script.options.timeToLive).count();
    job.number = job.age = ++m_number;
    job.waitingSince = now();
    ++m_counters.submitted;
    m_incoming = &job;
    m_shed.clear();
}

void Model::routed(const QString &name, Route route)
{
    Job &job = m_jobs[name];
    REQUIRE(job.state == Job::New || job.state == Job::Waiting || job.state == Job::BackingOff
                || job.state == Job::Running,
            u"the router is asked about %1, which has ended"_s.arg(name));
    REQUIRE(m_workerCount > 0, u"the router is asked although there are no workers"_s);
    if (m_rules.takesTurns) { // ROUTE 2
        if (m_turn >= m_workerCount)
            m_turn = 0;
        REQUIRE(route.worker() == m_turn,
                u"it is the turn of worker %1, but %2 goes to %3"_s.arg(m_turn).arg(name).arg(
                    route.worker()));
        ++m_turn;
    }
    job.place = route.isToQueue() ? Queue : route.worker() % m_workerCount;
    if (job.place != Queue && (worker(job.place).isCrashLooping || worker(job.place).loopsDue > 0))
        job.place = Queue; // SUP 2: whoever is free
    m_hasLoopedUnseen = m_hasLoopedUnseen || (m_mayLose && worker(job.place).loopsDue > 0);
    if (m_rules.takesShortest && isExact() && job.state == Job::New) { // ROUTE 6
        const auto loadOf = [&](int id) {
            qint64 load = inLineFor(id) + (runningOn(id) ? 1 : 0);
            for (const Workload &its : m_workloads) {
                if (its.worker == id)
                    load += its.unstarted.size();
            }
            return load;
        };
        for (int id = 0; id < m_workerCount && job.place != Queue; ++id) {
            // What a worker has been through since it took jobs may still be seen as its load.
            if (std::any_of(m_workloads.begin(), m_workloads.end(),
                            [&](const Workload &its) { return its.worker == id; }))
                continue;
            const bool isBetter = loadOf(id) < loadOf(job.place)
                                  || (loadOf(id) == loadOf(job.place) && id < job.place);
            REQUIRE(!isBetter || worker(id).isCrashLooping,
                    u"%1 goes to worker %2 (%3), but worker %4 has less to do (%5)"_s.arg(name)
                        .arg(job.place)
                        .arg(loadOf(job.place))
                        .arg(id)
                        .arg(loadOf(id)));
        }
    }
    if (m_rules.sticks && job.state == Job::New && !m_mayLose) { // ROUTE 4
        for (const auto &[other, its] : m_jobs) {
            if (its.state == Job::Running && its.script.key == job.script.key
                && !isSurplus(its.worker)) {
                REQUIRE(job.place == its.worker,
                        u"%1 does not go to worker %2, which runs %3 of its key"_s.arg(name)
                            .arg(its.worker)
                            .arg(other));
            }
        }
    }
    const bool isFirst = !std::exchange(job.isRouted, true);
    if (job.state == Job::New) {
        job.number = job.age = ++m_number; // those that had waited for tokens came before
        return;
    }
    if (!m_rules.keepsKeyOrder || job.state != Job::Waiting || isFirst) {
        job.number = ++m_number; // it stands in line anew
        job.isGivenBack = false;
    }
    if (job.state != Job::Waiting || isFirst)
        job.age = job.number; // and has just come
    if (job.state == Job::BackingOff) {
        job.state = Job::Waiting;
        job.waitingSince = now();
    }
}

void Model::concluded(bool accepted)
{
    Job &job = *std::exchange(m_incoming, nullptr);
    const QString &name = job.script.name;
    const bool isClosed = isClosedForJobs();
    const auto finish = qScopeGuard([&] {
        if (job.state == Job::New)
            job.state = Job::Waiting;
    });
    ++m_verdicts;
    REQUIRE(
        accepted == (job.state != Job::Ended),
        u"%1 was %2, and told the contrary"_s.arg(name, accepted ? u"accepted"_s : u"refused"_s));
    if (isClosed) { // LIFE 4
        ++m_predicted;
        REQUIRE(!accepted, u"%1 was accepted by a factory that takes no more jobs"_s.arg(name));
        return;
    }
    // As it was when the job came: what was shed for it was in line.
    std::vector<std::pair<Job *, Job>> after;
    for (const Job &before : m_shed) {
        Job &its = m_jobs[before.script.name];
        after.emplace_back(&its, std::exchange(its, before));
    }
    if (m_shed.empty())
        after.emplace_back(&job, job);
    job.state = Job::New;
    const QString shed = m_shed.empty() ? QString() : m_shed.front().script.name;
    const bool exact = isExact();
    const QString victim = exact ? victimFor(job, shed) : QString();
    for (const auto &[its, former] : after)
        *its = former;
    if (!exact) {
        REQUIRE(m_limit >= 0 || m_isRateLimited || (accepted && m_shed.empty()),
                u"%1 lacks room without a limit"_s.arg(name));
        return;
    }
    ++m_predicted;
    REQUIRE(
        shed == victim && m_shed.size() <= 1,
        u"as %1 came, %2 had to lack room, but it was %3"_s.arg(
            name, victim.isEmpty() ? u"nobody"_s : victim, shed.isEmpty() ? u"nobody"_s : shed));
}

// Who had to lack room as this job came; nobody if there was enough. `shed` is who did.
QString Model::victimFor(Job &job, const QString &shed)
{
    if (!isFull(job))
        return {};
    if (m_mode == DiscardMode::Newest)
        return isDiscardable(job.script) ? job.script.name : QString();
    job.state = Job::Waiting;
    const Job *first = nullptr;
    bool mayBeGivenBack = false;
    for (const auto &[name, its] : m_jobs) {
        const bool sharesLimit = m_rules.waitingPlace != WaitingPlace::AtWorkers
                                 || its.place == job.place;
        if (its.state != Job::Waiting || !isDiscardable(its.script) || !sharesLimit)
            continue;
        if (its.isTaken)
            mayBeGivenBack = true;
        if (its.isTaken && its.script.name != shed)
            continue;
        if (!first || isShedBefore(its, *first))
            first = &its;
    }
    // What a worker has taken may be given back, and then counts.
    if (mayBeGivenBack && !shed.isEmpty() && (!first || !isShedBefore(*first, m_jobs[shed])))
        return shed;
    return first ? first->script.name : QString();
}

// --- Running ----------------------------------------------------------------------------------

void Model::started(const QString &name, int id)
{
    Job &job = m_jobs[name];
    const QString what = u"%1 is started on worker %2, "_s.arg(name).arg(id);
    m_state = m_world->engine().state();
    REQUIRE(job.state == Job::Waiting, what + u"but does not wait"_s);
    REQUIRE(job.isTaken && job.worker == id, what + u"which has not taken it"_s);
    REQUIRE(isOpen(),
            what
                + (m_isPaused ? u"but the factory is paused"_s : u"but the factory is not open"_s));
    REQUIRE(!m_isStopping, what + u"but the factory stops"_s);
    REQUIRE(job.expiry == 0 || now() < job.expiry, what + u"but has expired"_s); // DISC 6
    REQUIRE(job.canceledAt < 0, what + u"but is canceled"_s); // JOB 8
    REQUIRE(worker(id).isUp, what + u"which is not up"_s);
    REQUIRE(!worker(id).isCrashLooping, what + u"which is crash-looping"_s);
    REQUIRE(!runningOn(id), what + u"which runs another job"_s);
    if (job.place != Queue && !m_rules.keepsKeyOrder && !m_hasLoopedUnseen)
        REQUIRE(job.place == id, what + u"but waits for worker %1"_s.arg(job.place));
    if (m_rules.keepsKeyOrder && m_rules.waitingPlace == WaitingPlace::AtWorkers && !m_isDisturbed)
        REQUIRE(job.place == id, what + u"but its key belongs to worker %1"_s.arg(job.place));
    if (m_rules.keepsKeyOrder) { // ROUTE 3, 4
        for (const auto &[other, its] : m_jobs) {
            if (&its == &job || its.script.key != job.script.key)
                continue;
            REQUIRE(its.state != Job::Running, what + u"while %1 of its key runs"_s.arg(other));
            REQUIRE(its.state != Job::Waiting
                        || its.script.options.priority != job.script.options.priority
                        || its.number > job.number || !its.isRouted,
                    what + u"but %1 of its key is before it"_s.arg(other));
        }
    }
    job.state = Job::Running;
    job.isTaken = false;
    job.worker = id;
    job.signOfLife = now();
    job.hasThrown = job.isStuck = false;
    m_busyUntil[worker(id).thread] = now();
}

void Model::threw(const QString &name)
{
    Job &job = m_jobs[name];
    REQUIRE(job.state == Job::Running, u"%1 throws, but does not run"_s.arg(name));
    job.hasThrown = true;
    if (m_onFailure == OnFailure::ReplaceWorker)
        fail(job.worker);
}

// SUP 1, 2
void Model::fail(int id)
{
    Worker &its = worker(id);
    its.isUp = false;
    its.isOwed = true;
    ++m_counters.restarts;
    const RestartPolicy &policy = m_rules.restarts;
    if (now() - its.upSince >= policy.interval.count())
        its.waits = 0;
    if (policy.maximumRestarts < 0)
        return;
    its.failures.push_back(now());
    const auto recent = std::count_if(its.failures.begin(), its.failures.end(), [&](qint64 time) {
        return now() - time <= policy.interval.count();
    });
    if (its.waits > 0 || recent > policy.maximumRestarts) {
        ++its.loopsDue;
        disperse(id);
    }
}

// SUP 2: what waits for this worker is for anybody.
void Model::disperse(int id)
{
    std::vector<Job *> jobs;
    for (auto &[name, job] : m_jobs) {
        if (job.state == Job::Waiting && job.worker == id && job.isTaken)
            job.isTaken = false; // it has not come to it
        if (job.isInLine() && job.place == id)
            jobs.push_back(&job);
    }
    std::sort(jobs.begin(), jobs.end(),
              [&](const Job *a, const Job *b) { return goesBefore(*a, *b); });
    for (Job *job : jobs) {
        job->place = Queue;
        if (!m_rules.keepsKeyOrder) {
            job->number = ++m_number;
            job->isGivenBack = false;
        }
    }
}

void Model::leave(Job &job)
{
    if (job.state == Job::Running) {
        worker(job.worker).freeSince = now();
        m_busyUntil[worker(job.worker).thread] = now();
        m_keyFreeSince[job.script.key] = now();
    } else if (job.isTaken) {
        m_keyFreeSince[job.script.key] = now();
    }
    job.isTaken = false;
    job.worker = -1;
    job.state = Job::Ended;
}

void Model::ended(const QString &name, Outcome outcome, DiscardReason reason)
{
    Job &job = m_jobs[name];
    const QString what = u"%1 ends as %2, "_s.arg(
        name, outcome == Outcome::Discarded ? nameOf(reason) : nameOf(outcome));
    REQUIRE(job.state != Job::Ended, what + u"but has ended before"_s);
    const bool isRunning = job.state == Job::Running;
    const bool isCanceled = job.canceledAt >= 0;
    const bool mayBeCalledOff = m_switch.timeout.count() > 0 || m_mayLose;
    switch (outcome) {
    case Outcome::Completed:
        ++m_counters.completed;
        REQUIRE(isRunning, what + u"but does not run"_s);
        REQUIRE(!job.hasThrown && job.attempt > job.script.failures, what + u"but has thrown"_s);
        REQUIRE(!isCanceled, what + u"but was canceled"_s);
        break;
    case Outcome::Failed:
        ++m_counters.failed;
        REQUIRE(isRunning && job.hasThrown, what + u"but has not thrown"_s);
        REQUIRE(!isCanceled, what + u"but was canceled"_s);
        REQUIRE(!isRetried(job, RetryOn::Failed), what + u"but has attempts left"_s);
        break;
    case Outcome::Canceled:
        ++m_counters.canceled;
        REQUIRE(isCanceled || (isRunning && (job.script.cancelsItself || mayBeCalledOff)),
                what + u"but nobody has canceled it"_s);
        break;
    case Outcome::WorkerLost:
        ++m_counters.lost;
        REQUIRE(isRunning && m_mayLose, what + u"but its worker is well"_s);
        break;
    case Outcome::Discarded:
        ++m_counters.discardedBy[std::size_t(reason)];
        REQUIRE(!isRunning, what + u"but runs"_s);
        if (reason == DiscardReason::TtlExpired)
            REQUIRE(job.expiry > 0 && now() >= job.expiry, what + u"too early"_s);
        else if (reason == DiscardReason::Shutdown)
            REQUIRE(m_isStopping || m_hasFailed || (&job == m_incoming && isClosedForJobs()),
                    what + u"but the factory goes on"_s);
        else if (reason == DiscardReason::RateLimited)
            REQUIRE(m_isRateLimited, what + u"without a limit"_s);
        else
            REQUIRE(!isRetried(job, RetryOn::Loadshed) && m_limit >= 0,
                    what + u"but has attempts left, or there is no limit"_s);
        if (reason == DiscardReason::Loadshed && m_incoming)
            m_shed.push_back(job);
        break;
    }
    leave(job);
}

void Model::retried(const QString &name, int id)
{
    Job &job = m_jobs[name];
    const QString what = u"%1 is retried, "_s.arg(name);
    ++m_counters.retried;
    if (id < 0) {
        REQUIRE(isRetried(job, RetryOn::Loadshed), what + u"but has no attempts left"_s);
        REQUIRE(m_limit >= 0, what + u"but there is no limit"_s);
        m_world->standsAnew(name);
        if (m_incoming)
            m_shed.push_back(job);
        job.number = ++m_number;
        job.isGivenBack = false;
    } else {
        // Without a backoff it may be in line already: it was routed before anybody was told.
        const RetryOn outcome = job.hasThrown ? RetryOn::Failed : RetryOn::WorkerLost;
        REQUIRE(job.state == Job::Running, what + u"but does not run"_s);
        REQUIRE(job.hasThrown || m_mayLose, what + u"but has not failed"_s);
        REQUIRE(isRetried(job, outcome), what + u"but has no attempts left"_s);
        REQUIRE(job.canceledAt < 0, what + u"but is canceled"_s);
    }
    if (m_mayLose && job.place != Queue && worker(job.place).isCrashLooping)
        job.place = Queue; // its worker was lost in the same moment
    leave(job);
    ++job.attempt;
    job.lacksRoom = id < 0;
    const qint64 backoff = std::chrono::nanoseconds(policyOf(job).backoff).count();
    job.state = id < 0 || backoff > 0 ? Job::BackingOff : Job::Waiting;
    job.waitingSince = now();
    job.hasThrown = false;
    if (job.state == Job::BackingOff || m_workerCount == 0)
        job.isRouted = false;
    if (m_workerCount == 0)
        job.place = Queue;
}

// --- Workers ----------------------------------------------------------------------------------

void Model::built(int id, const void *thread)
{
    Worker &its = worker(id);
    const QString what = u"worker %1 is built, "_s.arg(id);
    REQUIRE(m_isStarted, what + u"but the factory was not started"_s);
    REQUIRE(!its.isUp || m_mayLose, what + u"but there is one"_s);
    REQUIRE(!its.isCrashLooping || now() >= its.startAt || its.mayGo,
            what + u"but is to wait"_s); // SUP 2
    its.isUp = its.isThere = true;
    its.isCrashLooping = its.isOwed = false;
    its.mayGo = isSurplus(id);
    its.thread = thread;
    its.freeSince = its.upSince = now();
}

void Model::notBuilt(int id)
{
    Worker &its = worker(id);
    REQUIRE(!its.isUp || m_mayLose, u"worker %1 is to be built, but is up"_s.arg(id));
    its.isUp = false;
    ++its.loopsDue;
}

void Model::destroyed(int id)
{
    Worker &its = worker(id);
    const QString what = u"worker %1 is destroyed, "_s.arg(id);
    its.isThere = false;
    if (isSurplus(id))
        its.isCrashLooping = false; // nobody is to be started again
    if (m_mayLose) // it may be one that was left behind
        return;
    REQUIRE(!runningOn(id), what + u"but runs a job"_s);
    REQUIRE(!its.isUp || isSurplus(id) || its.mayGo || m_isDraining || m_isStopping || m_hasFailed,
            what + u"but is needed"_s);
    REQUIRE(!m_isDraining || m_isStopping || !its.isUp || its.mayGo || m_counters.waiting == 0
                || isSurplus(id),
            what + u"but jobs wait"_s);
    its.isUp = false;
}

void Model::crashLooping(int id, qint64 wait)
{
    Worker &its = worker(id);
    its.isUp = false;
    its.isCrashLooping = its.isThere || !isSurplus(id); // otherwise nobody is to be started again
    m_hasLoopedUnseen = m_hasLoopedUnseen || m_mayLose;
    m_isDisturbed = true;
    --its.loopsDue;
    const RestartPolicy &policy = m_rules.restarts;
    const auto isWait = [&](int number) {
        const double due = std::min(double(policy.backoff.count())
                                        * std::pow(policy.backoffFactor, number - 1),
                                    double(policy.maximumBackoff.count()));
        return std::abs(double(wait) - due) <= 1;
    };
    ++its.waits;
    constexpr int Many = 20;
    if (m_mayLose && !isWait(its.waits)) { // how often it was lost is followed
        for (int number = 1; number < Many; ++number)
            its.waits = isWait(number) ? number : its.waits;
    }
    REQUIRE(isWait(its.waits), u"worker %1 waits for %2 ms, its wait number %3"_s.arg(id)
                                   .arg(double(wait) / Millisecond)
                                   .arg(its.waits));
    its.startAt = now() + wait;
    disperse(id);
}

// STUCK 1
void Model::stuck(int id, const QString &name)
{
    ++m_counters.stuck;
    const qint64 timeout = std::chrono::nanoseconds(m_switch.timeout).count();
    REQUIRE(timeout > 0, u"worker %1 is stuck, but nobody looks"_s.arg(id));
    const auto it = m_jobs.find(name);
    if (it == m_jobs.end() || it->second.state != Job::Running)
        return; // in its start, its end, in an event handler, or in what follows a job
    Job &job = it->second;
    REQUIRE(job.worker == id,
            u"worker %1 is stuck in %2, which it does not run"_s.arg(id).arg(name));
    REQUIRE(now() - job.earliestSign >= timeout,
            u"worker %1 is stuck, but %2 has given a sign of life"_s.arg(id).arg(name));
    REQUIRE(!job.isStuck, u"worker %1 is stuck in %2 twice"_s.arg(id).arg(name));
    job.isStuck = true;
}

void Model::hookCalled(UserCall which)
{
    const QString what = u"hook %1 is called, "_s.arg(int(which));
    REQUIRE(m_hooksCalled.insert(which).second, what + u"again"_s);
    if (which == UserCall::OnStarted) { // LIFE 2: all are up, or were tried, and nothing has run
        for (const auto &[name, job] : m_jobs)
            REQUIRE(job.state != Job::Running, what + u"but %1 runs"_s.arg(name));
        for (int id = 0; id < m_workerCount; ++id)
            REQUIRE(worker(id).isUp || worker(id).isCrashLooping || m_mayLose || worker(id).mayGo
                        || m_wasWithoutWorkers || m_isDisturbed || m_isStopping,
                    what + u"but worker %1 is not up"_s.arg(id));
    } else if (which == UserCall::OnStopped && !m_mayLose) {
        for (const auto &[name, job] : m_jobs)
            REQUIRE(job.state == Job::Ended, what + u"but %1 has not ended"_s.arg(name));
        for (const auto &[id, its] : m_workers)
            REQUIRE(!its.isUp, what + u"but worker %1 is there"_s.arg(id));
    }
}

// --- After each operation ---------------------------------------------------------------------

// Which jobs the workers have taken. Those that were taken now had to be the first in their line.
void Model::follow()
{
    const std::vector<Workload> before = std::exchange(m_workloads, m_world->workloads());
    std::set<QString> taken;
    for (const Workload &load : m_workloads)
        taken.insert(load.unstarted.begin(), load.unstarted.end());
    for (auto &[name, job] : m_jobs) {
        if (job.isTaken && !taken.contains(name)) {
            job.isTaken = false;
            job.isGivenBack = true;
            job.worker = -1;
            job.waitingSince = now();
            m_keyFreeSince[job.script.key] = now();
        }
    }
    for (const Workload &load : m_workloads) {
        m_busyUntil[load.thread] = now();
        worker(load.worker).freeSince = now();
        for (const QString &name : load.unstarted) {
            Job &job = m_jobs[name];
            if (job.isTaken && job.worker == load.worker)
                continue;
            REQUIRE(job.state == Job::Waiting,
                    u"worker %1 takes %2, which does not wait"_s.arg(load.worker).arg(name));
            REQUIRE(!job.isTaken, u"%1 is taken twice"_s.arg(name));
            REQUIRE(job.place != Queue || !isSurplus(load.worker) || m_rules.keepsKeyOrder
                        || m_hasLoopedUnseen,
                    u"worker %1 takes %2, but is to go"_s.arg(load.worker).arg(name)); // POOL 4
            job.worker = load.worker;
            checkLine(job);
            job.isTaken = true;
            job.earliestSign = now(); // a worker reads the clock when it takes jobs
        }
    }
    for (const Workload &load : before) {
        const bool isStill = std::any_of(
            m_workloads.begin(), m_workloads.end(),
            [&](const auto &its) { return its.worker == load.worker; });
        if (!isStill)
            m_busyUntil[load.thread] = worker(load.worker).freeSince = now();
    }
}

// Among those that wait in the same place it was the first, or the first whose key was free.
void Model::checkLine(const Job &job)
{
    if (m_rules.ages || m_wasWithoutWorkers || m_isRateLimited || m_hasLoopedUnseen)
        return;
    if (m_rules.keepsKeyOrder && m_isDisturbed)
        return; // the order within the key is looked at when it starts
    for (const auto &[name, other] : m_jobs) {
        if (&other == &job || !other.isInLine() || other.place != job.place
            || !goesBefore(other, job))
            continue;
        REQUIRE(m_rules.keepsKeyOrder && (job.place == Queue || isKeyInUse(other)),
                u"worker %1 takes %2, but %3 is before it"_s.arg(job.worker)
                    .arg(job.script.name, name));
    }
}

void Model::compare()
{
    const Engine &engine = m_world->engine();
    follow();
    const FactoryState before = std::exchange(m_state, engine.state());
    REQUIRE(m_state >= before,
            u"the factory was %1 and is %2"_s.arg(nameOf(before), nameOf(m_state)));
    m_wasRunning = m_wasRunning || m_state == FactoryState::Running;
    if (m_state != before && before < FactoryState::Running)
        m_openSince = now();
    switch (m_state) { // LIFE 1
    case FactoryState::Idle:
        REQUIRE(!m_isStarted && !m_isStopping, u"the factory has not been started"_s);
        break;
    case FactoryState::Starting:
    case FactoryState::Running:
        REQUIRE(m_isStarted && !m_isDraining && !m_isStopping, u"the factory should be Draining"_s);
        break;
    case FactoryState::Draining:
        REQUIRE(m_isDraining || m_isStopping || m_hasFailed, u"the factory drains"_s);
        break;
    case FactoryState::Stopped:
    case FactoryState::Failed:
        REQUIRE(m_isDraining || m_isStopping || m_hasFailed, u"the factory has stopped"_s);
        REQUIRE((m_state == FactoryState::Failed) == m_hasFailed, u"the factory has failed"_s);
        break;
    }
    m_counters.waiting = m_counters.running = 0;
    for (const auto &[name, job] : m_jobs) {
        m_counters.waiting += job.state == Job::Waiting || job.state == Job::BackingOff ? 1 : 0;
        m_counters.running += job.state == Job::Running ? 1 : 0;
        const bool waits = job.state == Job::Waiting || job.state == Job::BackingOff;
        REQUIRE(m_state < FactoryState::Stopped || !waits,
                u"the factory has stopped, but %1 waits"_s.arg(name));
        REQUIRE(m_state < FactoryState::Stopped || job.state != Job::Running,
                u"the factory has stopped, but %1 runs"_s.arg(name));
        REQUIRE(!m_isStopping || !waits, u"the factory stops, but %1 waits"_s.arg(name));
        REQUIRE(!waits || job.expiry == 0 || now() < std::max(job.expiry, job.waitingSince) + Soon,
                u"%1 has expired, but waits"_s.arg(name)); // QUEUE 6
    }
    const Counters seen = engine.counters();
    if (m_mayLose) // how many workers were lost with a thread is followed
        m_counters.restarts = seen.restarts;
    const auto same = [&](const char *what, qint64 its, qint64 expected) {
        REQUIRE(its == expected,
                u"%1: %2, not %3"_s.arg(QLatin1String(what)).arg(its).arg(expected));
    };
    same("submitted", seen.submitted, m_counters.submitted);
    same("completed", seen.completed, m_counters.completed);
    same("failed", seen.failed, m_counters.failed);
    for (int reason = 0; reason < DiscardReasons; ++reason)
        same("discarded", seen.discarded(DiscardReason(reason)),
             m_counters.discarded(DiscardReason(reason)));
    same("canceled", seen.canceled, m_counters.canceled);
    same("lost", seen.lost, m_counters.lost);
    same("waiting", seen.waiting, m_counters.waiting);
    same("running", seen.running, m_counters.running);
    same("retried", seen.retried, m_counters.retried);
    same("restarts", seen.restarts, m_counters.restarts);
    same("stuck", seen.stuck, m_counters.stuck);
    same("queueDepth", engine.queueDepth(), m_counters.waiting);
    if ((m_isDraining || m_hasFailed) && engine.workerCount() != m_workerCount)
        m_workerCount = m_formerWorkerCount; // it was about to stop
    same("workerCount", engine.workerCount(), m_workerCount);
    for (auto &[id, its] : m_workers) {
        REQUIRE(its.loopsDue == 0 || m_mayLose, u"worker %1 is %2crash-looping"_s.arg(id).arg(
                                                    its.loopsDue > 0 ? u"not "_s : QString()));
        its.loopsDue = 0;
    }
    if (m_state < FactoryState::Draining && !m_mayLose) {
        const auto looping = std::count_if(
            m_workers.begin(), m_workers.end(),
            [](const auto &entry) { return entry.second.isCrashLooping; });
        REQUIRE(engine.crashLoopingWorkers() <= looping,
                u"%1 workers are crash-looping, not %2"_s.arg(engine.crashLoopingWorkers())
                    .arg(looping));
    }
    if (isExact()) {
        same("activeWorkers", engine.activeWorkers(), activeWorkers());
        same("availableCapacity", engine.availableCapacity(), availableCapacity());
    }
    REQUIRE(m_world->complaint().isEmpty(), m_world->complaint());
}

// Those that have a job, or jobs of their own.
int Model::activeWorkers()
{
    return int(std::count_if(m_workers.begin(), m_workers.end(), [&](const auto &entry) {
        const int id = entry.first;
        const bool hasTaken = std::any_of(m_jobs.begin(), m_jobs.end(), [&](const auto &job) {
            return job.second.isTaken && job.second.worker == id;
        });
        return runningOn(id) || hasTaken
               || (entry.second.isUp && !isEngaged(id) && inLineFor(id) > 0);
    }));
}

// DISC 8: those who would take a job at once, and the room for more jobs to wait.
qint64 Model::availableCapacity()
{
    const Ready ready = this->ready();
    if (m_limit >= 0 && m_rules.waitingPlace == WaitingPlace::AtWorkers && m_workerCount > 0) {
        qint64 room = 0;
        for (int id = 0; id < m_workerCount; ++id)
            room += worker(id).isCrashLooping ? m_limit
                                              : std::max<qint64>(0, m_limit - waitingAt(id, ready));
        const qint64 aboutToLeave = std::min(inLineFor(Queue), ready.shared);
        return ready.shared - aboutToLeave
               + std::max<qint64>(0, room - (inLineFor(Queue) - aboutToLeave));
    }
    const qint64 aboutToLeave = std::min(inLineFor(Queue) + inHandsForAnybody(), ready.shared);
    const qint64 free = ready.shared - aboutToLeave;
    if (m_limit < 0)
        return free;
    const auto inLine = std::count_if(m_jobs.begin(), m_jobs.end(),
                                      [](const auto &entry) { return entry.second.isInLine(); });
    return free + std::max<qint64>(0, m_limit - (inLine + inHands() - aboutToLeave - ready.own));
}

// ROUTE 1: whether it is the worker's turn to start the job, and was so before that time.
bool Model::couldStart(const Job &job, int id, qint64 before)
{
    const Worker &its = worker(id);
    return its.isUp && !isEngaged(id) && (!isSurplus(id) || job.place == id)
           && its.freeSince < before && m_busyUntil[its.thread] < before
           && !m_world->isHeldUp(its.thread);
}

// ROUTE 1, POOL 4: a job that has waited since has reason to.
void Model::checkAwaited(const Job &job, qint64 before)
{
    const QString &name = job.script.name;
    if (m_rules.keepsKeyOrder && (isKeyInUse(job) || m_keyFreeSince[job.script.key] > before))
        return;
    // Where a job waits for one worker, which one is followed while keys move and lost workers loop.
    if ((m_rules.keepsKeyOrder && m_isDisturbed) || (m_mayLose && m_hasLoopedUnseen)) {
        bool areAllFree = m_workerCount > 0 && m_counters.running == 0;
        for (int id = 0; id < m_workerCount; ++id)
            areAllFree = areAllFree && couldStart(job, id, before);
        REQUIRE(!areAllFree, u"%1 waits, but nobody has anything to do"_s.arg(name));
        return;
    }
    REQUIRE(job.place == Queue || worker(job.place).isUp || m_mayLose || m_threadsHang
                || m_rules.keepsKeyOrder || m_wasWithoutWorkers
                || (m_rules.sharesThreads && m_counters.running > 0),
            u"%1 waits for worker %2, whom nobody builds"_s.arg(name).arg(job.place));
    for (const auto &[id, its] : m_workers) {
        REQUIRE((job.place != Queue && job.place != id) || !couldStart(job, id, before),
                u"%1 waits, but worker %2 has nothing to do"_s.arg(name).arg(id));
    }
}

void Model::settled(qint64 quiet)
{
    for (const auto &[name, job] : m_jobs) { // JOB 8
        const bool waits = job.state == Job::Waiting || job.state == Job::BackingOff;
        REQUIRE(!waits || job.canceledAt < 0 || now() < job.canceledAt + Soon || quiet < Soon,
                u"%1 is canceled, but waits"_s.arg(name));
    }
    const qint64 before = now() - Patience;
    if (quiet < Patience)
        return;
    if (isOpen() && m_wasRunning && m_openSince < before && !m_isRateLimited
        && !(m_mayLose && m_threadsHang)) {
        for (const auto &[name, job] : m_jobs) {
            if (job.isInLine() && job.waitingSince <= before)
                checkAwaited(job, before);
        }
    }
    // STUCK 1: whoever gives no sign of life is reported. Of jobs that were taken together it is known
    // only when they were first seen.
    const qint64 timeout = std::chrono::nanoseconds(m_switch.timeout).count();
    if (timeout > 0 && m_state < FactoryState::Stopped) {
        const qint64 latest = now() - 2 * timeout - 5 * Millisecond;
        for (const auto &[name, job] : m_jobs) {
            REQUIRE(job.state != Job::Running || job.isStuck || job.signOfLife > latest
                        || m_switchedAt > latest,
                    u"%1 hangs, and nobody says so"_s.arg(name));
        }
    }
}

void Model::over()
{
    compare();
    for (const auto &[name, job] : m_jobs)
        REQUIRE(job.state == Job::Ended, u"%1 has not ended"_s.arg(name)); // JOB 1
    REQUIRE(m_world->workersAlive() == 0, u"%1 workers are left"_s.arg(m_world->workersAlive()));
    REQUIRE(m_world->engine().crashLoopingWorkers() == 0, u"workers are crash-looping"_s);
    REQUIRE(!m_rules.keepsKeyOrder || m_world->keyOrder().complaint().isEmpty(),
            m_world->keyOrder().complaint());
}

} // namespace Simulation
