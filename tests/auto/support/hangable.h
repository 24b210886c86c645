// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "eventlog.h"
#include "expectations.h"
#include "gate.h"

#include <Millwright/Factory>

#include <QCoreApplication>
#include <QEventLoop>
#include <QMutex>
#include <QSemaphore>
#include <QTimer>

#include <atomic>
#include <functional>
#include <memory>

#ifdef Q_OS_UNIX
#include <unistd.h>
#endif

namespace Support {

using namespace Millwright;

//! Something to hang in, until it is released.
class Trap
{
public:
    enum Kind { AtGate, InLock, InSystemCall, InEndlessLoop, InEventLoop };

    explicit Trap(Kind kind = AtGate) : m_state(std::make_shared<State>(kind)) {}

    //! Hangs, on any number of threads.
    void enter() const
    {
        m_state->entered.release();
        switch (m_state->kind) {
        case AtGate:
            m_state->gate.pass();
            break;
        case InLock: {
            const QMutexLocker locker(&m_state->mutex);
            break;
        }
        case InSystemCall: {
#ifdef Q_OS_UNIX
            char byte = 0;
            while (::read(m_state->pipe[0], &byte, 1) < 0)
                ;
#endif
            break;
        }
        case InEndlessLoop:
            while (!m_state->isReleased.load(std::memory_order_relaxed))
                ;
            break;
        case InEventLoop:
            while (!m_state->isReleased) {
                QEventLoop loop;
                QTimer timer;
                QObject::connect(&timer, &QTimer::timeout, &loop, [&] {
                    if (m_state->isReleased)
                        loop.quit();
                });
                timer.start(1);
                loop.exec(); // ends by QThread::quit(), too
            }
            break;
        }
    }
    [[nodiscard]] bool awaitEntry() const
    {
        return m_state->entered.tryAcquire(1, int(Patience.count()));
    }
    void release() const
    {
        m_state->release();
    }

private:
    struct State
    {
        explicit State(Kind theKind) : kind(theKind)
        {
            if (kind == InLock)
                mutex.lock();
#ifdef Q_OS_UNIX
            if (kind == InSystemCall && ::pipe(pipe) != 0)
                qFatal("no pipe");
#endif
        }
        ~State()
        {
            release();
#ifdef Q_OS_UNIX
            ::close(pipe[0]);
#endif
        }
        void release()
        {
            if (isReleased.exchange(true))
                return;
            gate.open();
            if (kind == InLock)
                mutex.unlock();
#ifdef Q_OS_UNIX
            if (kind == InSystemCall)
                ::close(pipe[1]); // ends every read
#endif
        }

        const Kind kind;
        QSemaphore entered;
        std::atomic<bool> isReleased = false;
        Gate gate;
        QMutex mutex;
        int pipe[2] = {-1, -1};
    };

    std::shared_ptr<State> m_state;
};

//! Releases a trap at the end of the scope, also when an assertion has failed. Declare it after the
//! factory whose workers hang.
class TrapOpener
{
public:
    explicit TrapOpener(const Trap &trap) : m_trap(trap) {}
    ~TrapOpener() { m_trap.release(); }
    Q_DISABLE_COPY_MOVE(TrapOpener)

private:
    const Trap m_trap;
};

//! Does what the message says, and returns the number of its life. The first life of all can hang in its
//! start or end.
class Hangable : public Worker<QString, std::function<void()>, int>
{
public:
    enum Place { Nowhere, InConstructor, InStarting, InStopping, InDestructor };

    explicit Hangable(const EventLog &log, Place place = Nowhere, const Trap &trap = Trap())
        : m_log(log)
        , m_place(place)
        , m_trap(trap)
        , m_life(++lives)
        , m_thread(QThread::currentThread())
    {
        hangIn(InConstructor);
        note("+");
    }
    ~Hangable() override
    {
        hangIn(InDestructor);
        note("-");
    }
    int process(Job &job) override
    {
        if (job.message())
            job.message()();
        return m_life;
    }

    static inline std::atomic<int> lives = 0;

protected:
    void starting() override { hangIn(InStarting); }
    void stopping() override
    {
        note("stopping ");
        hangIn(InStopping);
    }

private:
    void hangIn(Place place) const
    {
        if (m_place == place && m_life == 1)
            m_trap.enter();
    }
    void note(const char *what) const
    {
        m_log.add(QLatin1String(what) + QString::number(m_life)
                  + QLatin1String(QThread::currentThread() == m_thread ? "" : " astray"));
    }

    const EventLog m_log;
    const Place m_place;
    const Trap m_trap;
    const int m_life;
    QThread *const m_thread;
};

inline void expectStuck(const QString &text)
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("is stuck: .*") + text));
}

//! Waits until the thread of the clock is done with what it is at: it may still be saying that a worker was
//! stuck whose job has ended since.
[[nodiscard]] inline bool awaitClock()
{
    Factory<FunctionWorker<int (*)(Job<int, int> &)>> other(
        {.workerCount = 0}, +[](Job<int, int> &job) { return job.key(); });
    return hasEnded(other.submit(1, 1, {.timeToLive = std::chrono::milliseconds(1)}));
}

//! A job, and the thread with it.
inline void expectLost(const QString &key)
{
    QTest::ignoreMessage(
        QtWarningMsg, QRegularExpression(QStringLiteral("job \"%1\" of worker \\d is lost, \\d+ ms "
                                                        "after its start\\.$")
                                             .arg(key)));
}

inline void expectReplaced()
{
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("is replaced.*left behind")));
}

} // namespace Support
