// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "jobhandle.h"

#include <QtQml/qqmlparserstatus.h>

namespace Millwright {

//! The QML type `Factory`: a factory of workers that are known by name.
//!
//! \code
//! Factory { id: hashing; worker: "hash"; queueLimit: 500; discardMode: Factory.Oldest }
//! Button { onClicked: hashing.submit(file, {}).then(hash => label.text = hash) }
//! \endcode
//!
//! Belongs to the thread of the QML engine; its destruction stops it as `~FactoryBase()` says,
//! which may take up to the `stopDeadline`.
// The base is qualified for the sake of qmltyperegistrar, which knows no other name of it.
class QmlFactory : public Millwright::FactoryBase, public QQmlParserStatus
{
    Q_OBJECT
    QML_NAMED_ELEMENT(Factory)
    Q_INTERFACES(QQmlParserStatus)

    // Fixed once the object is complete: a write is then ignored with a warning.
    Q_PROPERTY(QString name READ name WRITE setName NOTIFY nameChanged FINAL)
    Q_PROPERTY(QString worker READ worker WRITE setWorker NOTIFY workerChanged FINAL)
    Q_PROPERTY(
        int threadCount READ threadCount WRITE setThreadCount NOTIFY threadCountChanged FINAL)
    Q_PROPERTY(Routing routing READ routing WRITE setRouting NOTIFY routingChanged FINAL)
    Q_PROPERTY(Queueing queueing READ queueing WRITE setQueueing NOTIFY queueingChanged FINAL)
    Q_PROPERTY(int aging READ aging WRITE setAging NOTIFY agingChanged FINAL)

    Q_PROPERTY(bool autoStart READ autoStart WRITE setAutoStart NOTIFY autoStartChanged FINAL)

public:
    //! How the worker of a job is chosen.
    enum Routing : int {
        Queuer, //!< the first free worker; if none is free, the job waits. The default.
        RoundRobin, //!< the next worker in turn
        KeyPersistent, //!< always the same worker for a key
        StickyQueuer, //!< the worker that has jobs of the key, or the first free one
        LeastLoaded, //!< the worker with the least to do
    };
    Q_ENUM(Routing)

    //! In which order waiting jobs are served.
    enum Queueing : int {
        FifoQueue, //!< first in, first out. The default.
        PriorityQueue, //!< by the `priority` of the jobs, first in, first out within a level
    };
    Q_ENUM(Queueing)

    // The enumerations of the library, so that QML can say `Factory.Oldest`.
    enum FactoryState {
        Idle = int(Millwright::FactoryState::Idle),
        Starting = int(Millwright::FactoryState::Starting),
        Running = int(Millwright::FactoryState::Running),
        Draining = int(Millwright::FactoryState::Draining),
        Stopped = int(Millwright::FactoryState::Stopped),
        Failed = int(Millwright::FactoryState::Failed),
    };
    Q_ENUM(FactoryState)
    enum DiscardMode {
        Newest = int(Millwright::DiscardMode::Newest),
        Oldest = int(Millwright::DiscardMode::Oldest),
    };
    Q_ENUM(DiscardMode)
    enum RateLimitMode {
        Reject = int(Millwright::RateLimitMode::Reject),
        Delay = int(Millwright::RateLimitMode::Delay),
    };
    Q_ENUM(RateLimitMode)
    enum OnFailure {
        ReplaceWorker = int(Millwright::OnFailure::ReplaceWorker),
        KeepWorker = int(Millwright::OnFailure::KeepWorker),
    };
    Q_ENUM(OnFailure)
    enum RetryOn {
        RetryFailed = int(Millwright::RetryOn::Failed),
        RetryWorkerLost = int(Millwright::RetryOn::WorkerLost),
        RetryLoadshed = int(Millwright::RetryOn::Loadshed),
    };
    Q_ENUM(RetryOn)
    enum StuckAction {
        Log = int(Millwright::StuckAction::Log),
        Replace = int(Millwright::StuckAction::Replace),
        Terminate = int(Millwright::StuckAction::Terminate),
    };
    Q_ENUM(StuckAction)
    enum Priority {
        Highest = int(Millwright::Priority::Highest),
        High = int(Millwright::Priority::High),
        Important = int(Millwright::Priority::Important),
        Normal = int(Millwright::Priority::Normal),
        BestEffort = int(Millwright::Priority::BestEffort),
    };
    Q_ENUM(Priority)

    explicit QmlFactory(QObject *parent = nullptr);
    //! Pending jobs that have no other owner are canceled before the factory stops.
    ~QmlFactory() override;

    //! As `FactorySettings::name`.
    [[nodiscard]] QString name() const { return m_settings.name; }
    void setName(const QString &name);

    //! The name with which the workers' class was given to `registerWorker()`. Without it, or with
    //! one that is not registered, the factory ends as `Failed` when it is complete, with a warning;
    //! `errorString` says which names there are. Jobs that are given to it fail.
    [[nodiscard]] QString worker() const { return m_worker; }
    void setWorker(const QString &worker);

    //! As `FactorySettings::threadCount`.
    [[nodiscard]] int threadCount() const { return m_settings.threadCount; }
    void setThreadCount(int count);

    [[nodiscard]] Routing routing() const { return m_routing; }
    void setRouting(Routing routing);

    [[nodiscard]] Queueing queueing() const { return m_queueing; }
    void setQueueing(Queueing queueing);

    //! As `PriorityQueueSettings::aging`, in milliseconds; 0, the default, for none. A FifoQueue does
    //! not heed it.
    [[nodiscard]] int aging() const { return m_aging; }
    void setAging(int milliseconds);

    //! Whether the factory starts as soon as it is complete. True by default; set later, it starts
    //! a factory that is idle.
    [[nodiscard]] bool autoStart() const { return m_autoStart; }
    void setAutoStart(bool autoStart);

    //! As `FactoryBase::start()`.
    Q_INVOKABLE bool start();
    //! As `FactoryBase::drain()`; `state` turns to `Stopped` in the end.
    Q_INVOKABLE void drain();
    //! As `FactoryBase::stop()`; `state` turns to `Stopped` in the end.
    Q_INVOKABLE void stop();

    //! Gives the factory a job whose result nobody waits for. Returns whether it was accepted; it
    //! is not, with a warning, if key or message cannot be converted to what the worker takes.
    //!
    //! Options: `timeToLive` (milliseconds; 0, the default, for no end; negative: it is over), `priority`
    //! (`Factory.Normal`), `discardable` (true), `label` (a text for people), and those properties of
    //! the factory that begin with `retry`, for this job alone: what is not given is as it is there
    //! now. An unknown or unsuitable one is ignored with a warning.
    Q_INVOKABLE bool dispatch(const QVariant &key, const QVariant &message = {},
                              const QVariantMap &options = {});

    //! Gives the factory a job and returns the handle of its result; a job that was refused has one
    //! too. One more option: `owner`, the object whose death cancels the job; the default is the
    //! factory itself.
    Q_INVOKABLE Millwright::JobHandle *submit(const QVariant &key, const QVariant &message = {},
                                              const QVariantMap &options = {});

    void classBegin() override;
    void componentComplete() override;

Q_SIGNALS:
    void workerChanged();
    void routingChanged();
    void queueingChanged();
    void agingChanged();
    void autoStartChanged();

private:
    [[nodiscard]] bool mayBeSet(const char *property) const;
    void complete();
    [[nodiscard]] QString problem();
    void say(const QString &text) const;
    [[nodiscard]] JobOptions jobOptions(const QVariantMap &options, QObject **owner) const;

    FactorySettings m_settings; // of those properties that are fixed
    QString m_worker;
    Routing m_routing = Queuer;
    Queueing m_queueing = FifoQueue;
    int m_aging = 0;
    bool m_autoStart = true;
    bool m_complete = false; // it has taken its fixed settings
    bool m_isCreated = false; // by QML, with all of them
    std::shared_ptr<const WorkerType> m_type;
};

} // namespace Millwright
