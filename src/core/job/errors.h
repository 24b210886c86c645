// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../types.h"

#include <QtCore/qexception.h>
#include <QtCore/qstring.h>

#include <exception>

namespace Millwright {

//! What a worker throws to fail a job with a text for people. Derive from it to carry more.
class MILLWRIGHT_CORE_EXPORT JobError : public QException
{
public:
    explicit JobError(const QString &text);
    ~JobError() override;

    [[nodiscard]] QString text() const { return m_text; }
    const char *what() const noexcept override;

    void raise() const override;
    JobError *clone() const override;

private:
    QString m_text;
    QByteArray m_what;
};

//! The exception in the future of a job that no worker was allowed to start.
class MILLWRIGHT_CORE_EXPORT JobDiscarded : public QException
{
public:
    explicit JobDiscarded(DiscardReason reason);
    ~JobDiscarded() override;

    [[nodiscard]] DiscardReason reason() const { return m_reason; }
    const char *what() const noexcept override;

    void raise() const override;
    JobDiscarded *clone() const override;

private:
    DiscardReason m_reason;
};

//! The exception in the future of a job whose worker was given up while running it. Whether the
//! job's work was done is not known.
class MILLWRIGHT_CORE_EXPORT WorkerLost : public QException
{
public:
    WorkerLost();
    ~WorkerLost() override;

    const char *what() const noexcept override;

    void raise() const override;
    WorkerLost *clone() const override;
};

//! The text of any exception, for logs and dashboards: `JobError::text()`, `what()`, a thrown
//! string, or the name of the type. Never throws.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QString errorText(const std::exception_ptr &error);

} // namespace Millwright
