// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "factorybase.h"

#include "engine/threadstation.h"
#include "logging.h"
#include "milliseconds.h"
#include "settingchecks.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qpointer.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace Millwright {

namespace {

int toInt(qint64 value)
{
    return int(std::clamp<qint64>(value, std::numeric_limits<int>::min(),
                                  std::numeric_limits<int>::max()));
}

qint64 toInteger(double value)
{
    constexpr double Most = 9e18;
    return qint64(std::min(value, Most));
}

// QML can write any number to a property.
template<typename Enum>
bool isEnumerator(Enum value)
{
    return QMetaEnum::fromType<Enum>().valueToKey(int(value)) != nullptr;
}

} // namespace

// Carries the news of the engine, which come on any thread, to the object while it lives.
class FactoryBase::Relay final : public EngineObserver
{
public:
    explicit Relay(FactoryBase *target) : m_target(target) {}

    void engineChanged() override
    {
        const QMutexLocker locker(&m_mutex);
        if (m_target)
            QMetaObject::invokeMethod(m_target, &FactoryBase::onEngineChanged,
                                      Qt::QueuedConnection);
    }

    void workerStuck(int worker, const QString &key, std::chrono::nanoseconds elapsed) override
    {
        const QMutexLocker locker(&m_mutex);
        if (m_target) {
            QMetaObject::invokeMethod(
                m_target,
                [target = m_target, worker, key, elapsed] {
                    Q_EMIT target->workerStuck(worker, key, elapsed.count() / 1'000'000);
                },
                Qt::QueuedConnection);
        }
    }

    void cut()
    {
        const QMutexLocker locker(&m_mutex);
        m_target = nullptr;
    }

private:
    QMutex m_mutex;
    FactoryBase *m_target;
};

FactoryBase::FactoryBase(FactorySettings settings, WorkerBuilder builder, QObject *parent)
    : QObject(parent)
    , m_stopDeadline(
          usable(settings.name, "stop deadline", toInt(settings.stopDeadline.count()), " ms"))
{
    m_engine = std::make_shared<Engine>(std::move(settings), std::move(builder), Clock::system(),
                                        std::make_unique<ThreadStationHost>());
    watchEngine();
}

FactoryBase::~FactoryBase()
{
    shutDown();
}

void FactoryBase::shutDown()
{
    if (!m_relay) // by a derived class; what was given up then would be waited for again
        return;
    std::exchange(m_relay, nullptr)->cut();
    if (const qsizetype waiting = queueDepth(); waiting > 0 && state() == FactoryState::Idle) {
        qCInfo(lcMillwright,
               "Factory \"%s\" was never started; %lld jobs that waited for that are discarded. "
               "Call start().",
               qUtf8Printable(name()), qlonglong(waiting));
    }
    m_engine->stop(QDeadlineTimer(stopDeadline()));
    m_engine->setObserver(nullptr);
    m_engine->setDeadLetterLimit(0); // threads that were given up may keep the engine
}

void FactoryBase::rebuild(FactorySettings settings, WorkerBuilder builder)
{
    const bool paused = isPaused();
    const int tracers = m_engine->tracers();
    m_relay->cut();
    m_engine->stop(QDeadlineTimer(0));
    setStopDeadline(toInt(settings.stopDeadline.count()));
    if (!settings.statistics)
        settings.statistics = statisticsLayer();
    m_engine = std::make_shared<Engine>(std::move(settings), std::move(builder), Clock::system(),
                                        std::make_unique<ThreadStationHost>());
    setPaused(paused);
    for (int i = 0; i < tracers; ++i)
        m_engine->beginTrace();
    watchEngine();
    Q_EMIT nameChanged();
    Q_EMIT threadCountChanged();
    notify();
}

void FactoryBase::watchEngine()
{
    m_relay = std::make_shared<Relay>(this);
    m_engine->setObserver(m_relay);
    m_seen = look();
    m_engine->listen();
}

QString FactoryBase::name() const
{
    return m_engine->name();
}

bool FactoryBase::start()
{
    if (!QCoreApplication::instance()) {
        qCWarning(lcMillwright,
                  "Factory \"%s\": start() was ignored; create the QCoreApplication first, its "
                  "threads need it to receive signals.",
                  qUtf8Printable(name()));
        return false;
    }
    return m_engine->start();
}

QFuture<void> FactoryBase::drain()
{
    const std::shared_ptr<Engine> engine = m_engine; // a handler may destroy the factory
    engine->drain();
    return engine->whenStopped();
}

QFuture<void> FactoryBase::stop()
{
    const std::shared_ptr<Engine> engine = m_engine;
    engine->stop();
    return engine->whenStopped();
}

StopReport FactoryBase::stop(std::chrono::milliseconds deadline)
{
    const std::shared_ptr<Engine> engine = m_engine;
    return engine->stop(deadlineIn(deadline));
}

bool FactoryBase::waitForStopped(std::chrono::milliseconds deadline)
{
    return m_engine->waitForStopped(deadlineIn(deadline));
}

FactoryState FactoryBase::state() const
{
    return m_engine->state();
}

QString FactoryBase::errorString() const
{
    return m_engine->errorString();
}

void FactoryBase::pause()
{
    m_engine->pause();
}

void FactoryBase::resume()
{
    m_engine->resume();
}

bool FactoryBase::isPaused() const
{
    return m_engine->isPaused();
}

void FactoryBase::setPaused(bool paused)
{
    if (paused)
        pause();
    else
        resume();
}

int FactoryBase::workerCount() const
{
    return m_engine->workerCount();
}

void FactoryBase::setWorkerCount(int count)
{
    m_engine->setWorkerCount(count);
}

int FactoryBase::threadCount() const
{
    return m_engine->threadCount();
}

int FactoryBase::queueLimit() const
{
    return toInt(m_engine->queueLimit());
}

void FactoryBase::setQueueLimit(int limit)
{
    m_engine->setQueueLimit(limit);
}

DiscardMode FactoryBase::discardMode() const
{
    return m_engine->discardMode();
}

void FactoryBase::setDiscardMode(DiscardMode mode)
{
    if (!isEnumerator(mode)) {
        qCWarning(lcMillwright, "Factory \"%s\": there is no discard mode %d; it stays as it was.",
                  qUtf8Printable(name()), int(mode));
        return;
    }
    m_engine->setDiscardMode(mode);
}

OnFailure FactoryBase::onFailure() const
{
    return m_engine->onFailure();
}

void FactoryBase::setOnFailure(OnFailure action)
{
    if (!isEnumerator(action)) {
        qCWarning(lcMillwright,
                  "Factory \"%s\": there is no failure action %d; it stays as it was.",
                  qUtf8Printable(name()), int(action));
        return;
    }
    m_engine->setOnFailure(action);
}

RestartPolicy FactoryBase::restartPolicy() const
{
    return m_engine->restartPolicy();
}

void FactoryBase::setRestartPolicy(const RestartPolicy &policy)
{
    m_engine->setRestartPolicy(policy);
}

template<typename T>
void FactoryBase::changeRestartPolicy(T RestartPolicy::*member, T value)
{
    m_engine->changeRestartPolicy([&](RestartPolicy &its) { its.*member = value; });
}

void FactoryBase::setMaximumRestarts(int restarts)
{
    changeRestartPolicy(&RestartPolicy::maximumRestarts, restarts);
}

double FactoryBase::restartInterval() const
{
    return toMilliseconds(restartPolicy().interval);
}

void FactoryBase::setRestartInterval(double milliseconds)
{
    changeRestartPolicy(&RestartPolicy::interval, fromMilliseconds(milliseconds));
}

double FactoryBase::restartBackoff() const
{
    return toMilliseconds(restartPolicy().backoff);
}

void FactoryBase::setRestartBackoff(double milliseconds)
{
    changeRestartPolicy(&RestartPolicy::backoff, fromMilliseconds(milliseconds));
}

void FactoryBase::setRestartBackoffFactor(double factor)
{
    changeRestartPolicy(&RestartPolicy::backoffFactor, factor);
}

double FactoryBase::maximumRestartBackoff() const
{
    return toMilliseconds(restartPolicy().maximumBackoff);
}

void FactoryBase::setMaximumRestartBackoff(double milliseconds)
{
    changeRestartPolicy(&RestartPolicy::maximumBackoff, fromMilliseconds(milliseconds));
}

void FactoryBase::setRestartJitter(double fraction)
{
    changeRestartPolicy(&RestartPolicy::jitter, fraction);
}

int FactoryBase::highWaterMark() const
{
    return toInt(m_engine->highWaterMark());
}

void FactoryBase::setHighWaterMark(int mark)
{
    m_engine->setHighWaterMark(mark);
}

int FactoryBase::lowWaterMark() const
{
    return toInt(m_engine->lowWaterMark());
}

void FactoryBase::setLowWaterMark(int mark)
{
    m_engine->setLowWaterMark(mark);
}

bool FactoryBase::isCongested() const
{
    return m_engine->isCongested();
}

QFuture<void> FactoryBase::whenCapacityAvailable()
{
    return m_engine->whenCapacityAvailable();
}

RateLimit FactoryBase::rateLimit() const
{
    return m_engine->rateLimit();
}

void FactoryBase::setRateLimit(const RateLimit &limit)
{
    m_engine->setRateLimit(limit);
}

void FactoryBase::setRateLimiter(const RateLimiterBuilder &builder)
{
    m_engine->setRateLimiter(builder);
}

RateLimitMode FactoryBase::rateLimitMode() const
{
    return m_engine->rateLimitMode();
}

void FactoryBase::setRateLimitMode(RateLimitMode mode)
{
    if (!isEnumerator(mode)) {
        qCWarning(lcMillwright,
                  "Factory \"%s\": there is no rate limit mode %d; it stays as it was.",
                  qUtf8Printable(name()), int(mode));
        return;
    }
    m_engine->setRateLimitMode(mode);
}

void FactoryBase::changeRateLimit(qint64 RateLimit::*member, double value, double least,
                                  const char *what)
{
    if (!(value >= least)) { // not a number, perhaps
        qCWarning(lcMillwright, "Factory \"%s\": a %s of %g was ignored; it must be %g or more.",
                  qUtf8Printable(name()), what, value, least);
        return;
    }
    m_engine->changeRateLimit([&](RateLimit &its) { its.*member = toInteger(value); });
}

void FactoryBase::setRateLimitRefill(double tokens)
{
    changeRateLimit(&RateLimit::refill, tokens, 0, "rateLimitRefill");
}

void FactoryBase::setRateLimitMaximum(double tokens)
{
    changeRateLimit(&RateLimit::maximum, tokens, -1, "rateLimitMaximum");
}

void FactoryBase::setRateLimitInitial(double tokens)
{
    changeRateLimit(&RateLimit::initial, tokens, -1, "rateLimitInitial");
}

double FactoryBase::rateLimitInterval() const
{
    return toMilliseconds(rateLimit().interval);
}

void FactoryBase::setRateLimitInterval(double milliseconds)
{
    if (!(milliseconds >= 0)) {
        qCWarning(lcMillwright,
                  "Factory \"%s\": a rateLimitInterval of %g ms was ignored; it must be 0 or more.",
                  qUtf8Printable(name()), milliseconds);
        return;
    }
    m_engine->changeRateLimit(
        [&](RateLimit &its) { its.interval = fromMilliseconds(milliseconds); });
}

DeadMansSwitch FactoryBase::deadMansSwitch() const
{
    return m_engine->deadMansSwitch();
}

void FactoryBase::setDeadMansSwitch(const DeadMansSwitch &deadMansSwitch)
{
    m_engine->setDeadMansSwitch(deadMansSwitch);
}

void FactoryBase::changeDeadMansSwitch(int value, const char *what,
                                       void (*change)(DeadMansSwitch &, int value))
{
    if (isUsable(name(), what, value))
        m_engine->changeDeadMansSwitch([&](DeadMansSwitch &its) { change(its, value); });
}

int FactoryBase::deadMansSwitchTimeout() const
{
    return toInt(deadMansSwitch().timeout.count());
}

void FactoryBase::setDeadMansSwitchTimeout(int milliseconds)
{
    changeDeadMansSwitch(milliseconds, "deadMansSwitchTimeout", [](DeadMansSwitch &its, int value) {
        its.timeout = std::chrono::milliseconds(value);
    });
}

void FactoryBase::setDeadMansSwitchAction(StuckAction action)
{
    if (!isEnumerator(action)) {
        qCWarning(lcMillwright, "Factory \"%s\": there is no stuck action %d; it stays as it was.",
                  qUtf8Printable(name()), int(action));
        return;
    }
    changeDeadMansSwitch(int(action), "deadMansSwitchAction",
                         [](DeadMansSwitch &its, int value) { its.action = StuckAction(value); });
}

int FactoryBase::deadMansSwitchGracePeriod() const
{
    return toInt(deadMansSwitch().gracePeriod.count());
}

void FactoryBase::setDeadMansSwitchGracePeriod(int milliseconds)
{
    changeDeadMansSwitch(
        milliseconds, "deadMansSwitchGracePeriod",
        [](DeadMansSwitch &its, int value) { its.gracePeriod = std::chrono::milliseconds(value); });
}

void FactoryBase::setDeadMansSwitchMaximumCondemned(int threads)
{
    changeDeadMansSwitch(threads, "deadMansSwitchMaximumCondemned",
                         [](DeadMansSwitch &its, int value) { its.maximumCondemned = value; });
}

int FactoryBase::stopDeadline() const
{
    return m_stopDeadline.load(std::memory_order_relaxed);
}

void FactoryBase::setStopDeadline(int milliseconds)
{
    if (!isUsable(name(), "stop deadline", milliseconds, " ms"))
        return;
    if (m_stopDeadline.exchange(milliseconds, std::memory_order_relaxed) != milliseconds)
        QMetaObject::invokeMethod(this, &FactoryBase::stopDeadlineChanged, Qt::AutoConnection);
}

void FactoryBase::setCapacityController(CapacityController controller)
{
    m_engine->setCapacityController(std::move(controller));
}

void FactoryBase::setQueueLimitController(QueueLimitController controller)
{
    m_engine->setQueueLimitController(std::move(controller));
}

void FactoryBase::setOnStarted(Hook hook)
{
    m_engine->setHook(UserCall::OnStarted, std::move(hook));
}

void FactoryBase::setOnDraining(Hook hook)
{
    m_engine->setHook(UserCall::OnDraining, std::move(hook));
}

void FactoryBase::setOnStopped(Hook hook)
{
    m_engine->setHook(UserCall::OnStopped, std::move(hook));
}

void FactoryBase::setStatisticsLayer(std::shared_ptr<StatisticsLayer> layer)
{
    m_engine->setStatisticsLayer(std::move(layer));
}

std::shared_ptr<StatisticsLayer> FactoryBase::statisticsLayer() const
{
    return m_engine->statisticsLayer();
}

int FactoryBase::queueDepth() const
{
    return toInt(m_engine->queueDepth());
}

int FactoryBase::activeWorkers() const
{
    return m_engine->activeWorkers();
}

int FactoryBase::crashLoopingWorkers() const
{
    return m_engine->crashLoopingWorkers();
}

int FactoryBase::availableCapacity() const
{
    return toInt(m_engine->availableCapacity());
}

int FactoryBase::condemnedThreads() const
{
    return m_engine->snapshot(false).condemnedThreads;
}

Counters FactoryBase::counters() const
{
    return m_engine->counters();
}

double FactoryBase::discardedExpired() const
{
    return double(counters().discarded(DiscardReason::TtlExpired));
}

double FactoryBase::discardedShed() const
{
    return double(counters().discarded(DiscardReason::Loadshed));
}

double FactoryBase::discardedRateLimited() const
{
    return double(counters().discarded(DiscardReason::RateLimited));
}

double FactoryBase::discardedShutdown() const
{
    return double(counters().discarded(DiscardReason::Shutdown));
}

FactorySnapshot FactoryBase::snapshot(bool withWorkers) const
{
    return m_engine->snapshot(withWorkers);
}

double FactoryBase::throughput() const
{
    return m_engine->throughput();
}

Latencies FactoryBase::latencies() const
{
    return m_engine->latencies();
}

Latencies FactoryBase::latencies(int worker) const
{
    return m_engine->latencies(worker).value_or(Latencies());
}

QList<FactoryEvent> FactoryBase::eventsSince(quint64 number) const
{
    return m_engine->eventsSince(number);
}

bool FactoryBase::interruptWorker(int worker)
{
    return m_engine->interrupt(worker);
}

bool FactoryBase::replaceWorker(int worker)
{
    return m_engine->abandon(worker);
}

// --- The jobs there are -----------------------------------------------------------------------

QList<JobSnapshot> FactoryBase::jobs(int mostWaiting) const
{
    return m_engine->jobs(mostWaiting);
}

bool FactoryBase::cancelJob(quint64 id)
{
    const std::shared_ptr<Engine> engine = m_engine;
    return engine->cancelJob(id);
}

int FactoryBase::cancelJobs(const JobFilter &filter)
{
    const std::shared_ptr<Engine> engine = m_engine;
    return engine->cancelJobs(filter);
}

void FactoryBase::beginTrace()
{
    m_engine->beginTrace();
}

void FactoryBase::endTrace()
{
    m_engine->endTrace();
}

QList<TraceSpan> FactoryBase::trace(quint64 since) const
{
    return m_engine->trace(since);
}

// --- Notification -----------------------------------------------------------------------------

FactoryBase::Seen FactoryBase::look() const
{
    const FactorySnapshot now = m_engine->snapshot(false);
    return {now.state,
            now.errorString,
            now.paused,
            now.workerCount,
            toInt(now.queueLimit),
            m_engine->discardMode(),
            m_engine->onFailure(),
            m_engine->restartPolicy(),
            m_engine->deadMansSwitch(),
            toInt(m_engine->highWaterMark()),
            toInt(m_engine->lowWaterMark()),
            m_engine->isCongested(),
            m_engine->roomReturns(),
            m_engine->rateLimit(),
            m_engine->rateLimitMode(),
            m_engine->retryPolicy(),
            m_engine->deadLetterLimit(),
            now.deadLetterChanges,
            toInt(now.counters.waiting),
            now.activeWorkers,
            now.crashLoopingWorkers,
            toInt(now.availableCapacity),
            now.condemnedThreads,
            now.counters};
}

// The first change is told at once, further ones when the interval is over. While nothing changes
// there is no timer.
void FactoryBase::onEngineChanged()
{
    if (m_timer.isActive())
        return;
    const auto elapsed = m_lastNotified.isValid()
                             ? std::chrono::milliseconds(m_lastNotified.elapsed())
                             : NotifyInterval;
    if (elapsed >= NotifyInterval)
        notify();
    else
        m_timer.start(int((NotifyInterval - elapsed).count()), this);
}

void FactoryBase::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_timer.timerId()) {
        QObject::timerEvent(event);
        return;
    }
    m_timer.stop();
    notify();
}

void FactoryBase::notify()
{
    m_lastNotified.start();
    m_engine->listen(); // before looking, so that no change is missed
    const Seen before = std::exchange(m_seen, look());
    const Seen now = m_seen;
    const QPointer<FactoryBase> self(this); // a slot may come back here, or delete the factory
    const auto tell = [&self](bool changed, void (FactoryBase::*signal)()) {
        if (changed && self)
            Q_EMIT(self.data()->*signal)();
    };
    tell(now.state != before.state, &FactoryBase::stateChanged);
    tell(now.errorString != before.errorString, &FactoryBase::errorStringChanged);
    tell(now.paused != before.paused, &FactoryBase::pausedChanged);
    tell(now.workerCount != before.workerCount, &FactoryBase::workerCountChanged);
    tell(now.queueLimit != before.queueLimit, &FactoryBase::queueLimitChanged);
    tell(now.discardMode != before.discardMode, &FactoryBase::discardModeChanged);
    tell(now.onFailure != before.onFailure, &FactoryBase::failureActionChanged);
    tell(now.restartPolicy != before.restartPolicy, &FactoryBase::restartPolicyChanged);
    tell(now.deadMansSwitch != before.deadMansSwitch, &FactoryBase::deadMansSwitchChanged);
    tell(now.highWaterMark != before.highWaterMark, &FactoryBase::highWaterMarkChanged);
    tell(now.lowWaterMark != before.lowWaterMark, &FactoryBase::lowWaterMarkChanged);
    tell(now.congested != before.congested, &FactoryBase::congestedChanged);
    tell(now.rateLimit != before.rateLimit, &FactoryBase::rateLimitChanged);
    tell(now.rateLimitMode != before.rateLimitMode, &FactoryBase::rateLimitModeChanged);
    tell(now.retryPolicy != before.retryPolicy, &FactoryBase::retryPolicyChanged);
    tell(now.deadLetterLimit != before.deadLetterLimit, &FactoryBase::deadLetterLimitChanged);
    tell(now.queueDepth != before.queueDepth, &FactoryBase::queueDepthChanged);
    tell(now.activeWorkers != before.activeWorkers, &FactoryBase::activeWorkersChanged);
    tell(now.crashLoopingWorkers != before.crashLoopingWorkers,
         &FactoryBase::crashLoopingWorkersChanged);
    tell(now.availableCapacity != before.availableCapacity, &FactoryBase::availableCapacityChanged);
    tell(now.condemnedThreads != before.condemnedThreads, &FactoryBase::condemnedThreadsChanged);
    tell(now.counters != before.counters, &FactoryBase::countersChanged);
    tell(now.deadLetterChanges != before.deadLetterChanges, &FactoryBase::deadLettersChanged);
    tell(now.roomReturns != before.roomReturns
             || (before.availableCapacity == 0 && now.availableCapacity > 0),
         &FactoryBase::capacityAvailable);
}

} // namespace Millwright
