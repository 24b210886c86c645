// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <Millwright/Errors>
#include <Millwright/FactoryBase>

#include <QDeadlineTimer>
#include <QFuture>
#include <QRegularExpression>
#include <QTest>
#include <QThread>

#include <exception>
#include <optional>

namespace Support {

inline constexpr std::chrono::milliseconds Patience{10'000};

//! Every warning that the test does not announce fails it: those of the library, and Qt's about
//! timers, threads and objects in the wrong place. Call it from `init()`.
//! But one: since Qt 6.8 QAbstractItemModelTester asks for types of Qt GUI, where there may be none.
inline void failOnAnyWarning()
{
    QTest::failOnWarning(QRegularExpression(
        QStringLiteral("^(?!Trying to construct an instance of an invalid type).")));
}

//! Waits, with the event loop running.
template<typename Predicate>
[[nodiscard]] bool eventually(Predicate predicate)
{
    return QTest::qWaitFor(predicate, int(Patience.count()));
}

//! Waits for a future, without an event loop and not for ever.
template<typename T>
[[nodiscard]] bool hasEnded(const QFuture<T> &future)
{
    const QDeadlineTimer deadline(Patience);
    while (!future.isFinished() && !deadline.hasExpired())
        QThread::yieldCurrentThread();
    // isFinished() says nothing about what else was written before; to take the future's lock does.
    static_cast<void>(future.resultCount());
    return future.isFinished();
}

//! The exception that a future ended with, or null. A future that does not end fails the test.
template<typename T>
[[nodiscard]] std::exception_ptr errorOf(QFuture<T> future)
{
    if (!hasEnded(future)) {
        QTest::qFail("A future has not ended.", __FILE__, __LINE__);
        return nullptr;
    }
    try {
        future.waitForFinished(); // throws
        return nullptr;
    } catch (...) {
        return std::current_exception();
    }
}

//! The exception that a future ended with, if it is an `E`.
template<typename E, typename T>
[[nodiscard]] std::optional<E> errorAs(const QFuture<T> &future)
{
    try {
        if (const std::exception_ptr error = errorOf(future))
            std::rethrow_exception(error);
    } catch (const E &error) {
        return error;
    } catch (...) {
    }
    return std::nullopt;
}

[[nodiscard]] inline bool isConserved(const Millwright::Counters &counters)
{
    return counters.submitted
           == counters.completed + counters.failed + counters.discarded() + counters.canceled
                  + counters.lost + counters.waiting + counters.running;
}

//! The states that a factory has been in, by their names.
[[nodiscard]] inline QStringList statesOf(const Millwright::FactoryBase &factory)
{
    QStringList states;
    for (const Millwright::FactoryEvent &event : factory.eventsSince(0)) {
        if (event.kind == Millwright::FactoryEvent::StateChanged)
            states.append(event.text);
    }
    return states;
}

} // namespace Support
