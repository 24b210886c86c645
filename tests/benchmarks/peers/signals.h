// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../buffer.h"

#include <QtCore/qobject.h>

//! Where jobs are given: signals may be emitted by any thread.
class SignalEntrance : public QObject
{
    Q_OBJECT

Q_SIGNALS:
    void job(Task *task);
    void large(BufferPool *pool, Buffer buffer);
};

//! Lives on a thread of its own.
class SignalWorker : public QObject
{
    Q_OBJECT

public:
    ~SignalWorker() override;

    void process(Task *task)
    {
        task->run();
        Q_EMIT done();
    }
    void processLarge(BufferPool *pool, Buffer buffer)
    {
        pool->process(std::move(buffer));
        Q_EMIT done();
    }

Q_SIGNALS:
    void done();
};

//! Gets the answers.
class SignalCustomer : public QObject
{
    Q_OBJECT

public:
    ~SignalCustomer() override;

    void count() { ++m_answers; }
    void reset() { m_answers = 0; }
    [[nodiscard]] qint64 answers() const { return m_answers; }

private:
    qint64 m_answers = 0;
};
