// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "jobhandle.h"

#include <QtCore/qpointer.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qqmlinfo.h>

namespace Millwright {

JobHandle::JobHandle(VariantFuture future, QObject *owner)
    : QObject(owner)
    , m_future(std::move(future))
{
    QJSEngine::setObjectOwnership(this, QJSEngine::CppOwnership);
    connect(&m_watcher, &QFutureWatcher<void>::finished, this, &JobHandle::end);
    connect(&m_watcher, &QFutureWatcher<void>::progressRangeChanged, this,
            &JobHandle::progressRangeChanged);
    connect(&m_watcher, &QFutureWatcher<void>::progressValueChanged, this,
            &JobHandle::progressValueChanged);
    connect(&m_watcher, &QFutureWatcher<void>::progressTextChanged, this,
            &JobHandle::progressTextChanged);
    m_watcher.setFuture(m_future.job);
}

JobHandle::JobHandle(const QString &error, QObject *owner) : QObject(owner)
{
    QJSEngine::setObjectOwnership(this, QJSEngine::CppOwnership);
    QMetaObject::invokeMethod(
        this, [this, error] { settle(Failed, {}, error); }, Qt::QueuedConnection);
}

JobHandle::~JobHandle()
{
    m_watcher.disconnect(this);
    cancel();
}

void JobHandle::cancel()
{
    if (!isFinished() && !m_future.job.isFinished())
        m_future.job.cancel();
}

void JobHandle::end()
{
    try {
        m_future.job.waitForFinished(); // it has: this throws what is in it
        if (m_future.job.isCanceled())
            settle(Canceled, {}, QStringLiteral("canceled"));
        else
            settle(Completed, m_future.result(), {});
    } catch (const JobDiscarded &e) {
        settle(Discarded, {}, QString::fromUtf8(e.what()));
    } catch (const Millwright::WorkerLost &e) {
        settle(WorkerLost, {}, QString::fromUtf8(e.what()));
    } catch (...) {
        settle(Failed, {}, errorText(std::current_exception()));
    }
}

void JobHandle::settle(State state, const QVariant &result, const QString &error)
{
    const QPointer<JobHandle> self = this; // slots and reactions may destroy the owner
    m_state = state;
    m_result = result;
    m_error = error;
    Q_EMIT stateChanged();
    if (!self)
        return;
    if (state == Completed)
        Q_EMIT finished(result);
    else
        Q_EMIT failed(error);
    if (self)
        react();
}

QJSValue JobHandle::then(const QJSValue &onFulfilled, const QJSValue &onRejected)
{
    QJSEngine *engine = qjsEngine(this);
    if (!engine)
        return {};
    QJSValue makeReaction = engine->evaluate(QStringLiteral(R"(
        (function (onFulfilled, onRejected) {
            const reaction = {};
            reaction.promise = new Promise(function (resolve, reject) {
                reaction.settle = function (isCompleted, value) {
                    const handler = isCompleted ? onFulfilled : onRejected;
                    if (typeof handler !== "function") {
                        (isCompleted ? resolve : reject)(value);
                        return {};
                    }
                    try {
                        resolve(handler(value));
                    } catch (error) {
                        reject(error);
                        return { thrown: error };
                    }
                    return {};
                };
            });
            return reaction;
        }))"));
    const QJSValue reaction = makeReaction.call({onFulfilled, onRejected});
    m_reactions.append(reaction);
    if (isFinished()) { // called soon, and not collected until then
        QJSEngine::setObjectOwnership(this, QJSEngine::CppOwnership);
        if (!parent())
            setParent(engine);
        QMetaObject::invokeMethod(this, &JobHandle::react, Qt::QueuedConnection);
    }
    return reaction.property(QStringLiteral("promise"));
}

void JobHandle::react()
{
    const QList<QJSValue> reactions = std::exchange(m_reactions, {});
    const QPointer<JobHandle> self = this;
    QJSEngine *engine = qjsEngine(this);
    for (const QJSValue &reaction : reactions) {
        QJSValue value;
        if (m_state == Completed) {
            value = engine->toScriptValue(m_result);
        } else {
            value = engine->newErrorObject(QJSValue::GenericError, m_error);
            value.setProperty(QStringLiteral("state"), int(m_state));
        }
        const QJSValue thrown = reaction.property(QStringLiteral("settle"))
                                    .callWithInstance(reaction, {m_state == Completed, value})
                                    .property(QStringLiteral("thrown"));
        if (!self)
            return;
        if (!thrown.isUndefined()) {
            qmlWarning(this).noquote()
                << QStringLiteral("A function given to then() threw %1 (%2:%3)")
                       .arg(thrown.toString(),
                            thrown.property(QStringLiteral("fileName")).toString(),
                            thrown.property(QStringLiteral("lineNumber")).toString());
        }
    }
    if (m_reactions.isEmpty()) // else this is called again
        handOver();
}

// The job has ended and everybody knows: from now on the handle is JavaScript's, to be collected.
void JobHandle::handOver()
{
    QJSEngine *engine = qjsEngine(this);
    if (!engine) // JavaScript has never seen it; its parent keeps it
        return;
    setParent(nullptr);
    QJSEngine::setObjectOwnership(this, QJSEngine::JavaScriptOwnership);
    static_cast<void>(engine->newQObject(this)); // only what has a wrapper is ever collected
}

} // namespace Millwright
