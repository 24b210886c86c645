// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <Millwright/WorkerRegistry>

#include <QtCore/qfuturewatcher.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqmlregistration.h>

namespace Millwright {

//! A job that was submitted from QML: what `Factory.submit()` returns.
//!
//! \code
//! hashing.submit(file, {}, {owner: page})
//!        .then(hash => label.text = hash, error => label.text = error.message)
//! \endcode
//!
//! While the job is pending the handle is a child of its owner, or of the factory if there is none,
//! and dies with it, which cancels the job; no reaction is called then. Once the job has ended, the
//! handle lives for as long as JavaScript refers to it. Belongs to the thread of the QML engine.
class JobHandle : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("A JobHandle is what Factory.submit() returns.")

    Q_PROPERTY(State state READ state NOTIFY stateChanged FINAL)
    Q_PROPERTY(bool isFinished READ isFinished NOTIFY stateChanged FINAL)
    Q_PROPERTY(QVariant result READ result NOTIFY stateChanged FINAL)
    Q_PROPERTY(int progressMinimum READ progressMinimum NOTIFY progressRangeChanged FINAL)
    Q_PROPERTY(int progressMaximum READ progressMaximum NOTIFY progressRangeChanged FINAL)
    Q_PROPERTY(int progressValue READ progressValue NOTIFY progressValueChanged FINAL)
    Q_PROPERTY(QString progressText READ progressText NOTIFY progressTextChanged FINAL)
    Q_PROPERTY(QString error READ error NOTIFY stateChanged FINAL)

public:
    //! The outcome of the job, once it has one.
    enum State : int {
        Pending = -1, //!< waits or runs
        Completed = int(Outcome::Completed),
        Failed = int(Outcome::Failed), //!< also when key or message could not be converted
        Discarded = int(Outcome::Discarded),
        Canceled = int(Outcome::Canceled),
        WorkerLost = int(Outcome::WorkerLost),
    };
    Q_ENUM(State)

    JobHandle(VariantFuture future, QObject *owner);
    //! A job that could not be made.
    JobHandle(const QString &error, QObject *owner);
    //! Cancels the job if it is pending.
    ~JobHandle() override;

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] bool isFinished() const { return m_state != Pending; }
    //! What the worker has returned; undefined unless the job has completed.
    [[nodiscard]] QVariant result() const { return m_result; }
    //! Why the job has not completed, for people; empty if it has, and while it is pending.
    [[nodiscard]] QString error() const { return m_error; }

    //! How far the running job has come: see `Job::setProgress()`. Both ends of the range are 0
    //! until the job gives one.
    [[nodiscard]] int progressMinimum() const { return m_watcher.progressMinimum(); }
    [[nodiscard]] int progressMaximum() const { return m_watcher.progressMaximum(); }
    [[nodiscard]] int progressValue() const { return m_watcher.progressValue(); }
    //! What the running job is at.
    [[nodiscard]] QString progressText() const { return m_watcher.progressText(); }

    //! Calls one of two functions once the job has ended: `onFulfilled(result)` when it has
    //! completed, else `onRejected(error)`. `error` is an Error whose `message` is the property
    //! `error`, and whose `state` is the property `state`. Returns a Promise of what the function
    //! returns, as the `then()` of a Promise does. An exception that leaves a function is printed,
    //! and rejects that Promise.
    Q_INVOKABLE QJSValue then(const QJSValue &onFulfilled = {}, const QJSValue &onRejected = {});

    //! Cancels the job: one that waits is never run, one that runs sees `Job::isCanceled()`. The
    //! state turns to `Canceled` when the job has ended, within a few hundredths of a second for
    //! one that waits. Does nothing once it has ended.
    Q_INVOKABLE void cancel();

Q_SIGNALS:
    void stateChanged();
    void progressRangeChanged();
    void progressValueChanged();
    void progressTextChanged();
    //! The job has completed.
    void finished(const QVariant &result);
    //! The job has ended in another way.
    void failed(const QString &errorText);

private:
    void end();
    void settle(State state, const QVariant &result, const QString &error);
    void react();
    void handOver();

    VariantFuture m_future;
    QFutureWatcher<void> m_watcher;
    State m_state = Pending;
    QVariant m_result;
    QString m_error;
    QList<QJSValue> m_reactions; // of which then() has returned the promises
};

} // namespace Millwright
