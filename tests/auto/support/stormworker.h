// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "scene.h"

#include <QEventLoop>
#include <QThread>
#include <QTimer>

#include <functional>

namespace Storm {

//! What the workers of a storm have been told.
struct Role
{
    Scene &scene;
    bool isWild = false; // hangs and throws where it is built and dismantled
    std::function<void()> submit = {}; // gives the factory another job
};

//! Says that it lives, and where it is born and dies.
class Presence
{
public:
    explicit Presence(const Role &role) : m_role(role), m_thread(QThread::currentThread())
    {
        ++m_role.scene.workers;
    }
    ~Presence()
    {
        stumble();
        check("destroyed");
        --m_role.scene.workers;
    }
    Q_DISABLE_COPY_MOVE(Presence)

    void check(const char *what) const
    {
        if (QThread::currentThread() != m_thread)
            m_role.scene.complain(
                QStringLiteral("a worker is %1 on another thread").arg(QLatin1String(what)));
    }
    void stumble() const
    {
        if (m_role.isWild && !m_role.scene.isCalm() && m_role.scene.oneIn(60))
            m_role.scene.hang();
    }
    void fail() const
    {
        if (m_role.isWild && !m_role.scene.isCalm() && m_role.scene.oneIn(12))
            throw JobError(QStringLiteral("no start"));
    }
    [[nodiscard]] const Role &role() const { return m_role; }

private:
    const Role m_role;
    QThread *const m_thread;
};

//! Does what the message says. `Result` is `int` or `QFuture<int>`.
template<typename Result>
class StormWorker : public Worker<Key, Message, Result>
{
public:
    using Job = typename Worker<Key, Message, Result>::Job;

    explicit StormWorker(const Role &role) : m_presence(role)
    {
        m_presence.stumble();
        m_presence.fail();
    }

    Result process(Job &job) override
    {
        m_presence.check("called");
        Scene &scene = m_presence.role().scene;
        const Key key = job.key();
        ++key.record->runs;
        scene.started(key.number, job.message().number);
        if constexpr (std::is_same_v<Result, int>) {
            const auto leave = qScopeGuard([&] { scene.stopped(key.number); });
            act(job);
            return 1;
        } else {
            const bool hangs = job.message().deed == Deed::Hang;
            if (!hangs) {
                try {
                    act(job);
                } catch (...) {
                    scene.stopped(key.number);
                    throw;
                }
            }
            return scene.finishLater(hangs, [&scene, key] { scene.stopped(key.number); });
        }
    }

protected:
    void starting() override
    {
        m_presence.stumble();
        m_presence.fail();
    }
    void stopping() override { m_presence.stumble(); }

private:
    void act(Job &job)
    {
        Scene &scene = m_presence.role().scene;
        switch (job.message().deed) {
        case Deed::Nothing:
            break;
        case Deed::Work:
            for (int i = 0; i < 200; ++i)
                QThread::yieldCurrentThread();
            break;
        case Deed::Throw:
            throw JobError(QStringLiteral("thrown"));
        case Deed::WaitForCancel:
            for (int i = 0; i < 2000 && !job.isCanceled(); ++i)
                QThread::yieldCurrentThread();
            break;
        case Deed::Beat:
            for (int i = 0; i < 50; ++i) {
                job.setProgressRange(0, 50);
                job.setProgress(i, QStringLiteral("step"));
                QThread::yieldCurrentThread();
            }
            break;
        case Deed::Submit:
            m_presence.role().submit();
            break;
        case Deed::WaitInEvents: {
            QEventLoop loop;
            QTimer::singleShot(0, &loop, &QEventLoop::quit);
            loop.exec();
            break;
        }
        case Deed::Hang:
            scene.hang();
            break;
        }
    }

    const Presence m_presence;
};

} // namespace Storm
