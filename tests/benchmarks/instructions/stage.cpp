// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "stage.h"

#include <algorithm>
#include <map>

using namespace Millwright;

// Each look at it takes a few nanoseconds, as it does in the real world.
class Stage::StageClock final : public Clock
{
public:
    [[nodiscard]] qint64 now() const override { return m_now += 25; }

    void setAlarm(const std::weak_ptr<Alarmed> &whom, qint64 time) override
    {
        m_whom = whom; // there is but one engine
        m_alarm = m_alarm == 0 ? time : std::min(m_alarm, time);
    }

    void ring()
    {
        if (m_alarm == 0 || m_now < m_alarm)
            return;
        m_alarm = 0;
        if (const auto whom = m_whom.lock())
            whom->onAlarm();
    }

private:
    mutable qint64 m_now = 1'000'000'000;
    std::weak_ptr<Alarmed> m_whom;
    qint64 m_alarm = 0;
};

class Stage::StageStation final : public Station
{
public:
    explicit StageStation(Stage &stage) : m_stage(stage) {}

    bool open(const std::shared_ptr<Engine> &engine) override
    {
        m_engine = engine;
        return true;
    }
    bool ring() override
    {
        if (!std::exchange(m_isRung, true))
            m_stage.m_rung.push_back(this);
        return true;
    }
    void close() override { ring(); }
    [[nodiscard]] bool join(QDeadlineTimer) override { return !m_engine; }
    [[nodiscard]] bool isCurrent() const override { return false; }
    void requestInterruption() override {}
    void terminate() override {}
    void setTerminable(bool) override {}

    void work()
    {
        m_isRung = false;
        while (m_engine) {
            const Order order = m_engine->next(*this);
            switch (order.kind) {
            case Order::Rest:
                return;
            case Order::Again:
                break;
            case Order::Run:
                while (AbstractJob *job = m_engine->begin(*order.incarnation))
                    m_engine->perform(order.incarnation, *job);
                break;
            case Order::Conclude:
                m_engine->conclude(*order.incarnation);
                break;
            case Order::Build:
                m_engine->build(*order.incarnation);
                break;
            case Order::Dismantle:
                m_engine->dismantle(*order.incarnation, order.orderly, false);
                break;
            case Order::Close:
                m_engine.reset();
                break;
            }
        }
    }

private:
    Stage &m_stage;
    std::shared_ptr<Engine> m_engine;
    bool m_isRung = false;
};

// There are no hooks and controllers to be called.
class StageExecutor final : public Executor
{
public:
    void execute(std::function<void()> task) override { task(); }
    bool join(QDeadlineTimer) override { return true; }
};

class Stage::StageHost final : public StationHost
{
public:
    explicit StageHost(Stage &stage) : m_stage(stage) {}

    [[nodiscard]] std::shared_ptr<Station> createStation(const QString &) override
    {
        return std::make_shared<StageStation>(m_stage);
    }
    [[nodiscard]] std::unique_ptr<Executor> createExecutor() override
    {
        return std::make_unique<StageExecutor>();
    }

private:
    Stage &m_stage;
};

Stage::Stage() : m_clock(std::make_shared<StageClock>()) {}

Stage::~Stage() = default;

std::shared_ptr<Clock> Stage::clock() const
{
    return m_clock;
}

std::unique_ptr<StationHost> Stage::host()
{
    return std::make_unique<StageHost>(*this);
}

void Stage::play()
{
    while (!m_rung.empty()) {
        StageStation *station = m_rung.front();
        m_rung.pop_front();
        station->work();
        m_clock->ring();
    }
}
