// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "simulation.h"

#include <QStringList>

#include <initializer_list>
#include <vector>

namespace Simulation {

//! Who was let in, and when.
struct Admissions
{
    struct One
    {
        quint64 key;
        qint64 time;
        bool operator==(const One &) const = default;
    };
    const World *world = nullptr;
    qint64 begin = 0;
    std::vector<One> all;

    //! The keys, each with the time since the begin.
    [[nodiscard]] QString text(qint64 unit = 1'000'000) const
    {
        QStringList texts;
        for (const One &one : all)
            texts += QStringLiteral("%1@%2").arg(one.key).arg(double(one.time - begin)
                                                              / double(unit));
        return texts.join(u' ');
    }
};

//! Each worker has its turn. Notes who comes.
class NotingRouter final : public Router
{
public:
    explicit NotingRouter(Admissions *admissions) : m_admissions(admissions) {}

    Route route(const AbstractJob &job, const Workers &) override
    {
        m_admissions->all.push_back({job.keyHash(), m_admissions->world->now()});
        return Route::toWorker(m_turn++);
    }

private:
    Admissions *m_admissions;
    int m_turn = 0;
};

//! A factory with a rate limit in virtual time, whose jobs take no time.
class LimitedWorld
{
public:
    explicit LimitedWorld(FactorySettings settings) : m_world(withRouter(std::move(settings)))
    {
        m_admissions.world = &m_world;
        m_admissions.begin = m_world.clock().now();
        m_world.engine().start();
        m_world.settle();
    }

    World &operator*() { return m_world; }
    World *operator->() { return &m_world; }
    [[nodiscard]] const Admissions &admissions() const { return m_admissions; }
    [[nodiscard]] QString admitted(qint64 unit = 1'000'000) const
    {
        return m_admissions.text(unit);
    }

    //! Jobs of these keys, one after the other.
    void submit(std::initializer_list<quint64> keys, const JobOptions &options = {})
    {
        for (const quint64 key : keys)
            submit(key, options);
    }
    bool submit(quint64 key, const JobOptions &options = {})
    {
        return m_world.submit({.name = QStringLiteral("j%1").arg(key),
                               .key = key,
                               .promised = key % 2 == 0,
                               .options = options});
    }

private:
    FactorySettings withRouter(FactorySettings settings)
    {
        settings.router = customRouter<NotingRouter>(&m_admissions);
        return settings;
    }

    Admissions m_admissions;
    World m_world;
};

} // namespace Simulation
