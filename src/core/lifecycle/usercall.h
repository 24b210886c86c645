// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../job/errors.h"

#include <QtCore/qfuture.h>

#include <functional>

namespace Millwright::Detail {

//! Takes the answer to a call: a number, 0 where none was asked for, or what was thrown instead.
using Reply = std::function<void(qint64 answer, const std::exception_ptr &error)>;

//! Calls a function that returns a `QFuture<T>`, and passes its answer on as soon as it is there, on
//! the thread that gives it. Nothing waits meanwhile. The reply comes once, unless the future never
//! ends.
template<typename T, typename Function>
void callAndReply(const Function &function, const Reply &reply)
{
    try {
        QFuture<T> future = function();
        future
            .then([reply](const QFuture<T> &answer) {
                qint64 number = 0;
                std::exception_ptr error;
                try {
                    QFuture<T>(answer).waitForFinished(); // it has; throws what it failed with
                    if constexpr (!std::is_void_v<T>) {
                        if (answer.resultCount() == 0)
                            throw JobError(QStringLiteral("its future ended without a result"));
                        number = answer.resultAt(0);
                    }
                } catch (...) {
                    error = std::current_exception();
                }
                reply(number, error);
            })
            .onCanceled([reply] {
                reply(0,
                      std::make_exception_ptr(JobError(QStringLiteral("its future was canceled"))));
            });
    } catch (...) {
        reply(0, std::current_exception());
    }
}

} // namespace Millwright::Detail
