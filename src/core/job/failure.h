// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "errors.h"

#include <memory>
#include <string>

#ifdef __GLIBCXX__
#include <cxxabi.h>
#endif

namespace Millwright {

struct Failure
{
    std::exception_ptr error;
    QString text;
};

// In a catch block: "exception of type Name".
[[nodiscard]] QString currentExceptionType();

// Calls the function. What it throws is told by type while it is caught: to throw it once more in order
// to ask for its text costs as much as throwing it did.
template<typename Function>
[[nodiscard]] std::unique_ptr<Failure> attempt(Function &&function)
{
    const auto failure = [](const QString &text) {
        return std::unique_ptr<Failure>(new Failure{std::current_exception(), text});
    };
    try {
        std::forward<Function>(function)();
        return nullptr;
#ifdef __GLIBCXX__
    } catch (abi::__forced_unwind &) { // the thread is being terminated
        throw;
#endif
    } catch (const JobError &error) {
        return failure(error.text());
    } catch (const std::exception &error) {
        return failure(QString::fromUtf8(error.what()));
    } catch (const QString &text) {
        return failure(text);
    } catch (const std::string &text) {
        return failure(QString::fromStdString(text));
    } catch (const char *text) {
        return failure(QString::fromUtf8(text));
    } catch (...) {
        return failure(currentExceptionType());
    }
}

} // namespace Millwright
