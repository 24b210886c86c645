// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "job/failure.h"

#if __has_include(<cxxabi.h>)
#include <cxxabi.h>

#include <memory>
#endif

namespace Millwright {

JobError::JobError(const QString &text) : m_text(text), m_what(text.toUtf8()) {}

JobError::~JobError() = default;

const char *JobError::what() const noexcept
{
    return m_what.constData();
}

void JobError::raise() const
{
    throw *this;
}

JobError *JobError::clone() const
{
    return new JobError(*this);
}

JobDiscarded::JobDiscarded(DiscardReason reason) : m_reason(reason) {}

JobDiscarded::~JobDiscarded() = default;

const char *JobDiscarded::what() const noexcept
{
    switch (m_reason) {
    case DiscardReason::TtlExpired:
        return "discarded: its time to live passed before a worker could start it";
    case DiscardReason::Loadshed:
        return "discarded: the queue limit was reached";
    case DiscardReason::RateLimited:
        return "discarded: the rate limit was reached";
    case DiscardReason::Shutdown:
        return "discarded: the factory is stopping or has stopped";
    }
    return "discarded";
}

void JobDiscarded::raise() const
{
    throw *this;
}

JobDiscarded *JobDiscarded::clone() const
{
    return new JobDiscarded(*this);
}

WorkerLost::WorkerLost() = default;

WorkerLost::~WorkerLost() = default;

const char *WorkerLost::what() const noexcept
{
    return "the worker that was running the job was given up";
}

void WorkerLost::raise() const
{
    throw *this;
}

WorkerLost *WorkerLost::clone() const
{
    return new WorkerLost(*this);
}

QString currentExceptionType()
{
#if __has_include(<cxxabi.h>)
    if (const std::type_info *type = abi::__cxa_current_exception_type()) {
        int status = 0;
        const std::unique_ptr<char, decltype(&std::free)> name(
            abi::__cxa_demangle(type->name(), nullptr, nullptr, &status), &std::free);
        return QStringLiteral("exception of type %1")
            .arg(QString::fromLatin1(status == 0 ? name.get() : type->name()));
    }
#endif
    return QStringLiteral("unknown exception");
}

QString errorText(const std::exception_ptr &error)
{
    return error ? attempt([&] { std::rethrow_exception(error); })->text : QString();
}

} // namespace Millwright
