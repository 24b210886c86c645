// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "qmlfactory.h"

#include <QtQml/qqmlinfo.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace Millwright {

namespace {

// What a factory without workers of a known kind would do, if it were started.
WorkerBuilder noBuilder(const QString &problem)
{
    return
        [problem](const WorkerContext &) -> std::unique_ptr<QObject> { throw JobError(problem); };
}

//! An option that changes the retry policy of a job.
struct RetryOption
{
    const char *name;
    double least;
    double most;
    const char *what;
    void (*set)(RetryPolicy &policy, double value);
};

constexpr double MostMilliseconds = 9e12; // what the library can count
constexpr RetryOption RetryOptions[] = {
    {"retryAttempts", 1, std::numeric_limits<int>::max(), "a number, 1 or more",
     [](RetryPolicy &policy, double value) { policy.maximumAttempts = int(value); }},
    {"retryBackoff", 0, MostMilliseconds, "a number of milliseconds, 0 or more",
     [](RetryPolicy &policy, double value) {
         policy.backoff = std::chrono::nanoseconds(qint64(value * 1e6));
     }},
    {"retryBackoffFactor", 1, std::numeric_limits<double>::max(), "a number, 1 or more",
     [](RetryPolicy &policy, double value) { policy.backoffFactor = value; }},
    {"retryMaximumBackoff", 0, MostMilliseconds, "a number of milliseconds, 0 or more",
     [](RetryPolicy &policy, double value) {
         policy.maximumBackoff = std::chrono::nanoseconds(qint64(value * 1e6));
     }},
    {"retryJitter", 0, 1, "a number from 0 to 1",
     [](RetryPolicy &policy, double value) { policy.jitter = value; }},
    {"retryOn", 0, 7, "made of Factory.RetryFailed, RetryWorkerLost and RetryLoadshed",
     [](RetryPolicy &policy, double value) { policy.on = RetryOutcomes(int(value)); }},
};

const RetryOption *findRetryOption(const QString &name)
{
    const auto it = std::find_if(
        std::begin(RetryOptions), std::end(RetryOptions),
        [&](const auto &option) { return name == QLatin1String(option.name); });
    return it == std::end(RetryOptions) ? nullptr : it;
}

// Arrays and objects of JavaScript come as they are.
QVariant plain(const QVariant &value)
{
    return value.metaType() == QMetaType::fromType<QJSValue>() ? value.value<QJSValue>().toVariant()
                                                               : value;
}

// Away from 0, which is no end: what is left of a deadline may be less than can be counted.
std::chrono::nanoseconds lifetimeOf(double milliseconds)
{
    const double time = milliseconds * 1e6;
    return std::chrono::nanoseconds(qint64(time < 0 ? std::floor(time) : std::ceil(time)));
}

QString incompleteText()
{
    return QStringLiteral("The Factory is not complete yet. Use it from Component.onCompleted on.");
}

} // namespace

QmlFactory::QmlFactory(QObject *parent) : FactoryBase({}, noBuilder({}), parent) {}

QmlFactory::~QmlFactory()
{
    // Before the factory waits for what runs, not after.
    qDeleteAll(findChildren<JobHandle *>(Qt::FindDirectChildrenOnly));
}

// --- Properties -------------------------------------------------------------------------------

bool QmlFactory::mayBeSet(const char *property) const
{
    if (!m_complete)
        return true;
    if (!m_isCreated) {
        qmlWarning(this).nospace() << "Factory." << property
                                   << " was ignored: the factory had a job before this binding was "
                                      "evaluated. Give jobs from Component.onCompleted on.";
        return false;
    }
    qmlWarning(this).nospace()
        << "Factory." << property
        << " cannot be changed any more. Set it where the Factory is declared; "
           "to change it later, put the Factory into a Loader and load it anew.";
    return false;
}

void QmlFactory::setName(const QString &name)
{
    if (name == m_settings.name || !mayBeSet("name"))
        return;
    m_settings.name = name;
    Q_EMIT nameChanged();
}

void QmlFactory::setWorker(const QString &worker)
{
    if (worker == m_worker || !mayBeSet("worker"))
        return;
    m_worker = worker;
    Q_EMIT workerChanged();
}

void QmlFactory::setThreadCount(int count)
{
    if (count == m_settings.threadCount || !mayBeSet("threadCount"))
        return;
    if (count < 0) {
        qmlWarning(this) << "A threadCount of " << count
                         << " was ignored; it must be positive, or 0 for a thread for each worker.";
        return;
    }
    m_settings.threadCount = count;
    Q_EMIT threadCountChanged();
}

// Nothing if there is no such router.
static RouterBuilder routerOf(QmlFactory::Routing routing)
{
    switch (routing) {
    case QmlFactory::Queuer:
        return queuer();
    case QmlFactory::RoundRobin:
        return roundRobin();
    case QmlFactory::KeyPersistent:
        return keyPersistent();
    case QmlFactory::StickyQueuer:
        return stickyQueuer();
    case QmlFactory::LeastLoaded:
        return leastLoaded();
    }
    return {};
}

void QmlFactory::setRouting(Routing routing)
{
    if (routing == m_routing || !mayBeSet("routing"))
        return;
    if (!routerOf(routing)) {
        qmlWarning(this) << "A routing of " << int(routing)
                         << " was ignored; use one of Factory.Queuer, Factory.RoundRobin, "
                            "Factory.KeyPersistent, Factory.StickyQueuer and Factory.LeastLoaded.";
        return;
    }
    m_routing = routing;
    Q_EMIT routingChanged();
}

void QmlFactory::setQueueing(Queueing queueing)
{
    if (queueing == m_queueing || !mayBeSet("queueing"))
        return;
    if (queueing != FifoQueue && queueing != PriorityQueue) {
        qmlWarning(this) << "A queueing of " << int(queueing)
                         << " was ignored; use Factory.FifoQueue or Factory.PriorityQueue.";
        return;
    }
    m_queueing = queueing;
    Q_EMIT queueingChanged();
}

void QmlFactory::setAging(int milliseconds)
{
    if (milliseconds == m_aging || !mayBeSet("aging"))
        return;
    if (milliseconds < 0) {
        qmlWarning(this) << "An aging of " << milliseconds
                         << " ms was ignored; it must be positive, or 0 for none.";
        return;
    }
    m_aging = milliseconds;
    Q_EMIT agingChanged();
}

void QmlFactory::setAutoStart(bool autoStart)
{
    if (autoStart == m_autoStart)
        return;
    m_autoStart = autoStart;
    Q_EMIT autoStartChanged();
    if (m_autoStart && m_isCreated && state() == Millwright::FactoryState::Idle)
        start();
}

// --- Life -------------------------------------------------------------------------------------

void QmlFactory::classBegin() {}

void QmlFactory::componentComplete()
{
    m_isCreated = true;
    if (!m_complete)
        complete();
    if (!m_type) {
        qmlWarning(this).noquote() << problem();
        engine().fail(problem());
    } else if (m_autoStart && state() == Millwright::FactoryState::Idle) {
        start();
    }
}

// What can be set by then is set. Jobs that come before the factory is started wait.
void QmlFactory::complete()
{
    m_type = WorkerRegistry::find(m_worker);
    m_complete = true;

    // The other settings were written to the factory that stood in for this one.
    FactorySettings settings = m_settings;
    settings.workerCount = workerCount();
    settings.queueLimit = queueLimit();
    settings.discardMode = discardMode();
    settings.highWaterMark = highWaterMark();
    settings.lowWaterMark = lowWaterMark();
    settings.rateLimit = rateLimit();
    settings.rateLimitMode = rateLimitMode();
    settings.onFailure = onFailure();
    settings.restartPolicy = restartPolicy();
    settings.retry = retryPolicy();
    settings.deadLetterLimit = deadLetterLimit();
    settings.deadMansSwitch = deadMansSwitch();
    settings.stopDeadline = std::chrono::milliseconds(stopDeadline());
    settings.router = routerOf(m_routing);
    settings.queue = m_queueing == PriorityQueue
                         ? priorityQueue({.aging = std::chrono::milliseconds(m_aging)})
                         : fifoQueue();
    rebuild(std::move(settings),
            m_type ? m_type->builder() : noBuilder(WorkerRegistry::unknownNameText(m_worker)));
}

// Why no job can be done; empty if it can. What a Repeater or a Loader creates is complete before the objects
// around it, and may have jobs already.
QString QmlFactory::problem()
{
    if (!m_complete && !m_worker.isEmpty())
        complete();
    if (!m_complete)
        return incompleteText();
    if (!m_type)
        return QStringLiteral("Factory.worker: ") + WorkerRegistry::unknownNameText(m_worker);
    return {};
}

bool QmlFactory::start()
{
    if (const QString text = problem(); !text.isEmpty()) {
        qmlWarning(this).noquote() << text;
        return false;
    }
    return FactoryBase::start();
}

void QmlFactory::drain()
{
    if (m_complete)
        FactoryBase::drain();
    else
        qmlWarning(this).noquote() << incompleteText();
}

void QmlFactory::stop()
{
    if (m_complete)
        FactoryBase::stop();
    else
        qmlWarning(this).noquote() << incompleteText();
}

// --- Jobs -------------------------------------------------------------------------------------

JobOptions QmlFactory::jobOptions(const QVariantMap &options, QObject **owner) const
{
    JobOptions result;
    const auto warnOf = [&](const QString &option, const char *what) {
        qmlWarning(this).noquote() << QStringLiteral("The option %1 was ignored; it must be %2.")
                                          .arg(option, QLatin1String(what));
    };
    for (auto it = options.cbegin(); it != options.cend(); ++it) {
        const QString &option = it.key();
        const QVariant value = plain(it.value());
        if (option == QLatin1String("timeToLive")) {
            bool isNumber = false;
            const double milliseconds = value.toDouble(&isNumber);
            // Longer than the library can count is as good as no end.
            constexpr double Most = 1e12;
            if (!isNumber || std::isnan(milliseconds))
                warnOf(option, "a number of milliseconds");
            else if (milliseconds < Most)
                result.timeToLive = lifetimeOf(std::max(milliseconds, -Most));
        } else if (option == QLatin1String("priority")) {
            bool isNumber = false;
            const double level = value.toDouble(&isNumber);
            if (isNumber && level >= 0 && level < PriorityLevels && level == std::floor(level))
                result.priority = Millwright::Priority(int(level));
            else
                warnOf(option, "Factory.Highest, High, Important, Normal or BestEffort");
        } else if (option == QLatin1String("label")) {
            if (value.canConvert<QString>())
                result.label = value.toString();
            else
                warnOf(option, "a text");
        } else if (option == QLatin1String("discardable")) {
            if (value.typeId() == QMetaType::Bool)
                result.discardable = value.toBool();
            else
                warnOf(option, "true or false");
        } else if (const RetryOption *retry = findRetryOption(option)) {
            bool isNumber = false;
            const double number = value.toDouble(&isNumber);
            if (isNumber && number >= retry->least && number <= retry->most) {
                if (!result.retry)
                    result.retry = retryPolicy();
                retry->set(*result.retry, number);
            } else {
                warnOf(option, retry->what);
            }
        } else if (owner && option == QLatin1String("owner")) {
            if (auto *object = value.value<QObject *>())
                *owner = object;
            else
                warnOf(option, "an object");
        } else {
            qmlWarning(this).noquote()
                << QStringLiteral(
                       "There is no option \"%1\"; known are timeToLive, priority, label, "
                       "discardable, retryAttempts, retryBackoff, retryBackoffFactor, "
                       "retryMaximumBackoff, retryJitter, retryOn%2.")
                       .arg(option, owner ? QStringLiteral(" and owner") : QString());
        }
    }
    return result;
}

bool QmlFactory::dispatch(const QVariant &key, const QVariant &message, const QVariantMap &options)
{
    QString text = problem();
    if (text.isEmpty()) {
        try {
            return !m_type->dispatch(engine(), plain(key), plain(message),
                                     jobOptions(options, nullptr));
        } catch (const JobError &e) {
            text = QStringLiteral("dispatch(): %1.").arg(e.text());
        }
    }
    say(text);
    return false;
}

JobHandle *QmlFactory::submit(const QVariant &key, const QVariant &message,
                              const QVariantMap &options)
{
    QObject *owner = this;
    QString text = problem();
    if (text.isEmpty()) {
        try {
            const JobOptions jobOptions = this->jobOptions(options, &owner);
            return new JobHandle(m_type->submit(engine(), plain(key), plain(message), jobOptions),
                                 owner);
        } catch (const JobError &e) {
            text = QStringLiteral("submit(): %1.").arg(e.text());
        }
    }
    say(text);
    return new JobHandle(text, owner);
}

// That there is no worker has been said, and the factory has failed: not with every job again.
void QmlFactory::say(const QString &text) const
{
    if (!m_isCreated || m_type)
        qmlWarning(this).noquote() << text;
}

} // namespace Millwright
