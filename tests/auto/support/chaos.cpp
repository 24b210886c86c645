// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "chaos.h"

#include "model.h"

#include "job/errors.h"

namespace Chaos {

using namespace Simulation;
using namespace Qt::StringLiterals;
using std::chrono::milliseconds;

namespace {

constexpr int MostCondemned = 1000;

// Sends some jobs to workers of their own, by key, and the others to the queue. One that misbehaves
// throws for some, and names workers that are not there.
class MixedRouter final : public Router
{
public:
    MixedRouter(bool keepsOrder, bool misbehaves)
        : m_keepsOrder(keepsOrder)
        , m_misbehaves(misbehaves)
    {
    }

    [[nodiscard]] bool keepsKeyOrder() const override { return m_keepsOrder; }
    [[nodiscard]] Route route(const AbstractJob &job, const Workers &workers) override
    {
        const quint64 key = job.keyHash();
        if (m_misbehaves && key % 4 == 1)
            throw JobError(u"scripted"_s);
        if (m_misbehaves && key % 4 == 2)
            return Route::toWorker(key % 8 == 2 ? -7 : std::numeric_limits<int>::max());
        return key % 3 == 0 && workers.count() > 0 ? Route::toWorker(int(key % 1000))
                                                   : Route::toQueue();
    }

private:
    const bool m_keepsOrder;
    const bool m_misbehaves;
};

// Throws, answers what has passed, what is to come, and that it never comes.
class MoodyLimiter final : public RateLimiter
{
public:
    [[nodiscard]] qint64 nextAvailable(qint64 now) override
    {
        switch (++m_calls % 5) {
        case 0:
            throw JobError(u"scripted"_s);
        case 1:
            return now - Millisecond;
        case 2:
            return now + Millisecond;
        case 3:
            return m_calls % 3 == 0 ? Never : now;
        default:
            return now;
        }
    }
    void acquire(qint64) override
    {
        if (m_calls % 2 == 0)
            throw JobError(u"scripted"_s);
    }

private:
    int m_calls = 0;
};

RouterBuilder routerOf(int which)
{
    switch (which) {
    case 1:
        return roundRobin();
    case 2:
        return keyPersistent();
    case 3:
        return stickyQueuer();
    case 4:
        return leastLoaded();
    case 5:
        return customRouter<MixedRouter>(false, false);
    case 6:
        return customRouter<MixedRouter>(true, false);
    case 7:
        return customRouter<MixedRouter>(false, true);
    default:
        return queuer();
    }
}

RetryPolicy policyOf(int attempts, int backoff, int on)
{
    return {.maximumAttempts = attempts, .backoff = milliseconds(backoff), .on = RetryOutcomes(on)};
}

class Run
{
public:
    explicit Run(const Operation &factory);

    void perform(const Operation &operation);
    void end();
    [[nodiscard]] QString disagreement() const;
    void addTo(Tally &tally);

private:
    [[nodiscard]] static Model::Rules rulesOf(const Operation &factory, const Router &router);
    [[nodiscard]] FactorySettings settingsOf(const Operation &factory);
    void submit(const Operation &job);
    void retryLetter(int index);
    void changeSettings(const Operation &operation);
    [[nodiscard]] QString jobNamed(int number) const
    {
        return QString::number(number % std::max(1, m_jobs));
    }

    int m_jobs = 0;
    Model m_model;
    std::shared_ptr<ModelLayer> m_layer = std::make_shared<ModelLayer>(m_model);
    World m_world;
    Engine &m_engine = m_world.engine();
    int m_letterLimit = 100;
    QString m_wrong;
};

Model::Rules Run::rulesOf(const Operation &factory, const Router &router)
{
    return {.waitingPlace = router.waitingPlace(),
            .keepsKeyOrder = router.keepsKeyOrder(),
            .sharesThreads = factory.value(0) > 0,
            .takesTurns = factory.value(1) == 1,
            .takesShortest = factory.value(1) == 4,
            .sticks = factory.value(1) == 3,
            .hasLevels = factory.value(2) > 0,
            .ages = factory.value(2) == 2,
            .restarts = {.maximumRestarts = factory.value(4),
                         .interval = milliseconds(std::max(1, factory.value(5))),
                         .backoff = milliseconds(std::max(1, factory.value(6))),
                         .maximumBackoff = milliseconds(20),
                         .jitter = 0}};
}

FactorySettings Run::settingsOf(const Operation &factory)
{
    FactorySettings settings{.name = u"chaos"_s, .workerCount = 1};
    settings.threadCount = factory.value(0);
    settings.router = overheard(routerOf(factory.value(1)), m_model);
    if (factory.value(2) > 0)
        settings.queue = priorityQueue({.aging = milliseconds(factory.value(2) == 2 ? 2 : 0)});
    settings.restartPolicy = rulesOf(factory, *routerOf(factory.value(1))()).restarts;
    settings.statistics = m_layer;
    const auto hook = [this](UserCall which, bool fails) {
        return [this, which, fails] {
            m_model.hookCalled(which);
            if (!fails)
                return;
            m_model.hookThrew();
            throw JobError(u"scripted"_s);
        };
    };
    if (factory.value(3) > 0) {
        settings.onStarted = hook(UserCall::OnStarted, factory.value(3) == 2);
        settings.onDraining = hook(UserCall::OnDraining, false);
        settings.onStopped = hook(UserCall::OnStopped, false);
    }
    return settings;
}

Run::Run(const Operation &factory)
    : m_model(rulesOf(factory, *routerOf(factory.value(1))()), 1)
    , m_world(settingsOf(factory))
{
    m_model.watch(m_world);
    m_world.setAudience(&m_model);
}

void Run::submit(const Operation &job)
{
    const auto &[key, ms, priority, kept, ttl, throws, attempts, backoff, on, future, async,
                 cancelsItself, heeds, moveOnly]
        = job.values;
    Simulation::Script script;
    script.name = QString::number(m_jobs++);
    script.key = quint64(key);
    script.duration = ms < 0 ? World::Hung : ms * Millisecond;
    script.options.priority = Priority(priority);
    script.options.discardable = !kept;
    script.options.timeToLive = milliseconds(ttl);
    script.failures = throws;
    if (attempts > 0)
        script.options.retry = policyOf(attempts, backoff, on);
    script.promised = future;
    script.asynchronous = async;
    script.cancelsItself = async && cancelsItself;
    script.heeds = heeds;
    script.copyable = !moveOnly;
    m_model.concluded(m_world.submit(script));
}

void Run::retryLetter(int index)
{
    const QList<DeadLetter> letters = m_engine.deadLetters();
    if (letters.isEmpty())
        return;
    const DeadLetter letter = letters.at(index % letters.size());
    const qint64 submitted = m_engine.counters().submitted;
    const bool accepted = m_engine.retryDeadLetter(letter.id);
    if (accepted && !letter.isRetriable)
        m_wrong = u"letter %1 was retried without a message"_s.arg(letter.key);
    if (m_engine.counters().submitted != submitted)
        m_model.concluded(accepted);
}

void Run::changeSettings(const Operation &operation)
{
    const int value = operation.value(0);
    switch (operation.kind) {
    case Kind::Workers:
        m_model.setWorkerCount(value);
        m_engine.setWorkerCount(value);
        break;
    case Kind::Limit:
        m_model.setQueueLimit(value);
        m_engine.setQueueLimit(value);
        break;
    case Kind::Mode: {
        const DiscardMode mode = value ? DiscardMode::Oldest : DiscardMode::Newest;
        m_model.setDiscardMode(mode);
        m_engine.setDiscardMode(mode);
        break;
    }
    case Kind::OnFailure: {
        const OnFailure action = value ? OnFailure::KeepWorker : OnFailure::ReplaceWorker;
        m_model.setOnFailure(action);
        m_engine.setOnFailure(action);
        break;
    }
    case Kind::Retry: {
        const RetryPolicy policy = policyOf(std::max(1, value), operation.value(1),
                                            operation.value(2));
        m_model.setRetryPolicy(policy);
        m_engine.setRetryPolicy(policy);
        break;
    }
    case Kind::RateLimit:
        m_model.setRateLimited();
        m_engine.setRateLimit({.refill = value,
                               .interval = std::chrono::microseconds(operation.value(1)),
                               .maximum = operation.value(2),
                               .initial = operation.value(3)});
        m_engine.setRateLimitMode(operation.value(4) ? RateLimitMode::Delay
                                                     : RateLimitMode::Reject);
        break;
    case Kind::Limiter:
        m_model.setRateLimited();
        m_engine.setRateLimiter(customLimiter<MoodyLimiter>());
        m_engine.setRateLimitMode(value ? RateLimitMode::Delay : RateLimitMode::Reject);
        break;
    case Kind::Switch: {
        DeadMansSwitch its;
        its.timeout = milliseconds(value);
        its.action = operation.value(1) ? StuckAction::Log : StuckAction::Replace;
        its.gracePeriod = milliseconds(operation.value(2));
        its.maximumCondemned = operation.value(3);
        m_model.setDeadMansSwitch(its);
        m_engine.setDeadMansSwitch(its);
        break;
    }
    case Kind::Letters:
        m_engine.setDeadLetterLimit(m_letterLimit = value);
        break;
    default:
        break;
    }
}

void Run::perform(const Operation &operation)
{
    const int value = operation.value(0);
    switch (operation.kind) {
    case Kind::Factory:
        return;
    case Kind::Start:
        if (m_engine.state() == FactoryState::Idle) {
            m_model.start();
            static_cast<void>(m_engine.start());
        }
        break;
    case Kind::Submit:
        submit(operation);
        break;
    case Kind::Step:
        m_world.step(quint64(value));
        break;
    case Kind::Time:
        m_world.clock().moveTo(m_world.now() + value * Millisecond);
        break;
    case Kind::Settle:
        while (m_world.step())
            m_model.compare();
        break;
    case Kind::Pass: {
        const qint64 end = m_world.now() + value * Millisecond;
        for (;;) {
            while (m_world.step())
                m_model.compare();
            qint64 next = std::min(m_world.nextFinish(), end);
            if (m_world.clock().hasAlarm())
                next = std::min(next, m_world.clock().nextAlarm());
            if (m_world.now() >= end)
                break;
            m_world.clock().moveTo(next);
            m_model.compare();
        }
        m_model.compare();
        m_model.settled(value * Millisecond);
        break;
    }
    case Kind::Cancel:
        m_model.cancel(jobNamed(value));
        m_world.cancel(jobNamed(value));
        break;
    case Kind::End:
        m_world.letGo(jobNamed(value));
        break;
    case Kind::Beat:
        if (m_world.beat(jobNamed(value)))
            m_model.beat(jobNamed(value));
        break;
    case Kind::Lose:
        m_model.abandon();
        m_world.abandon(value);
        break;
    case Kind::RetryLetter:
        retryLetter(value);
        break;
    case Kind::DropLetter:
        if (const QList<DeadLetter> letters = m_engine.deadLetters(); !letters.isEmpty())
            static_cast<void>(m_engine.dropDeadLetter(letters.at(value % letters.size()).id));
        break;
    case Kind::Pause:
        m_model.pause();
        m_engine.pause();
        break;
    case Kind::Resume:
        m_model.resume();
        m_engine.resume();
        break;
    case Kind::Drain:
        m_model.drain();
        m_engine.drain();
        break;
    case Kind::Stop:
        m_model.stop();
        m_engine.stop();
        break;
    case Kind::FailBuilds:
        m_world.failBuilds(value);
        break;
    case Kind::Break:
        m_world.breakWorker(value);
        break;
    case Kind::Repair:
        m_world.repairWorker(value);
        break;
    case Kind::HangBuilds:
        m_model.hangs();
        m_world.hangBuilds(value);
        break;
    case Kind::HangEnds:
        m_model.hangs();
        m_world.hangEnds(value);
        break;
    case Kind::EndHangs:
        m_world.letGo();
        break;
    case Kind::Deafen:
        m_model.hangs();
        m_world.deafen(value);
        break;
    default:
        changeSettings(operation);
        break;
    }
    m_model.compare();
}

// However it went: now it ends, and every job has ended exactly once.
void Run::end()
{
    perform({Kind::Stop, {}});
    perform({Kind::Pass, {1000}});
    if (m_engine.state() < FactoryState::Stopped) {
        const DeadMansSwitch its = m_engine.deadMansSwitch();
        const bool hangs = m_engine.counters().running > 0 || m_world.isHung();
        const bool isWatched = its.timeout.count() > 0 && its.action == StuckAction::Replace
                               && its.maximumCondemned == MostCondemned;
        if (!hangs || isWatched)
            m_wrong = u"it does not stop although nothing runs"_s;
        m_model.giveUp();
        m_engine.giveUp();
    }
    m_world.letAllGo();
    m_model.over();
    if (const QString differences = m_layer->differences(m_engine.counters());
        !differences.isEmpty())
        m_wrong = u"the statistics layer was told something else: %1"_s.arg(differences);
    const QList<DeadLetter> letters = m_engine.deadLetters();
    if (letters.size() > m_letterLimit)
        m_wrong = u"there are %1 dead letters"_s.arg(letters.size());
    for (const DeadLetter &letter : letters) {
        const Fate &fate = m_world.fates().at(letter.key);
        const int ends = letter.outcome == Outcome::Failed       ? fate.failed
                         : letter.outcome == Outcome::WorkerLost ? fate.lost
                                                                 : fate.discarded;
        if (ends != 1)
            m_wrong = u"%1 is a dead letter, but did not end like that"_s.arg(letter.key);
    }
}

QString Run::disagreement() const
{
    return m_model.disagreement().isEmpty() ? m_wrong : m_model.disagreement();
}

void Run::addTo(Tally &tally)
{
    const Counters counters = m_engine.counters();
    tally.verdicts += m_model.verdicts();
    tally.predicted += m_model.predicted();
    tally.stuck += counters.stuck;
    tally.retried += counters.retried;
    for (const FactoryEvent &event : m_engine.eventsSince(0)) {
        tally.returned += event.kind == FactoryEvent::ThreadReturned ? 1 : 0;
        tally.crashLoops += event.kind == FactoryEvent::WorkerCrashLooping ? 1 : 0;
    }
}

} // namespace

QString disagreement(const Script &script, Tally &tally)
{
    const auto factory = std::find_if(script.begin(), script.end(), [](const Operation &operation) {
        return operation.kind == Kind::Factory;
    });
    Run run(factory == script.end() ? Operation{Kind::Factory, {}} : *factory);
    for (std::size_t i = 0; i < script.size(); ++i) {
        run.perform(script[i]);
        ++tally.operations;
        if (const QString wrong = run.disagreement(); !wrong.isEmpty())
            return u"operation %1 (%2), at %3"_s.arg(i).arg(script[i].text(), wrong);
    }
    run.end();
    run.addTo(tally);
    if (const QString wrong = run.disagreement(); !wrong.isEmpty())
        return u"in the end, at "_s + wrong;
    return {};
}

} // namespace Chaos
