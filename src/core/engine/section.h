// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../statistics/statisticslayer.h"
#include "engine.h"

namespace Millwright {

//! A section that is over and tells its outcomes, on the stack of this thread.
class Engine::Telling
{
public:
    explicit Telling(Engine &engine) : m_engine(engine), m_outer(std::exchange(s_innermost, this))
    {
    }
    ~Telling() { s_innermost = m_outer; }
    Q_DISABLE_COPY_MOVE(Telling)

    //! The factory does not wait for this thread to have told what it has to.
    static void endAllOf(Engine &engine)
    {
        for (Telling *telling = s_innermost; telling; telling = telling->m_outer) {
            if (&telling->m_engine == &engine && !std::exchange(telling->isOver, true))
                engine.told();
        }
    }

    bool isOver = false;

private:
    inline static constinit thread_local Telling *s_innermost = nullptr;

    Engine &m_engine;
    Telling *const m_outer;
};

//! A critical section of the engine, and what is to be done once it is over.
class Engine::Section
{
public:
    explicit Section(Engine &engine) : m_engine(engine) { m_engine.m_mutex.lock(); }
    ~Section()
    {
        m_engine.publish();
        if (m_hasNews || m_engine.hasListeners()) [[unlikely]]
            leave();
        else
            m_engine.m_mutex.unlock();
    }

    void ring(Station &station);
    //! Others are to be called if the station, which was rung, is busy with something else.
    void watchIfLate(Station &station) { m_called = &station; }
    void close(Station &station) { rest().closes.push_back(station.shared_from_this()); }
    void open(std::shared_ptr<Station> station) { rest().opens.push_back(std::move(station)); }
    void setAlarm() { m_hasNews = m_alarm = true; }
    //! There is something to be told to others, or to be seen by them, at the end.
    void setNews() { m_hasNews = true; }
    void stopped() { rest().stopped = true; }
    //! Is called on the engine's executor.
    void execute(std::function<void()> task) { rest().tasks.push_back(std::move(task)); }
    //! It is an alarm that comes by itself, not something that happens to the factory.
    void setQuiet() { m_quiet = true; }
    void sample() { told().sample = true; }
    void started(int worker, bool isReplacement);
    void crashLooping(int worker, std::chrono::nanoseconds wait);
    void pinged(qint64 elapsed) { told().ping = elapsed; }
    //! Not the engine's any more: destroyed without the lock.
    void release(std::shared_ptr<StatisticsLayer> layer)
    {
        if (layer)
            rest().formerLayers.push_back(std::move(layer));
    }
    //! Goes to the log: a message handler may be anything, and slow.
    void say(QtMsgType type, const QString &text) { rest().said.emplace_back(type, text); }
    //! Ends a job that has left every queue and hand.
    void discard(AbstractJob &job, DiscardReason reason);
    void cancel(AbstractJob &job);
    //! The same for one that a worker was running that was given up; it may be shared with that.
    void lose(AbstractJob &job, int worker);
    //! An attempt has failed on another thread than the worker's; the job waits for its next one.
    void retried(AbstractJob &job, const JobRun &run, const std::exception_ptr &error);
    //! From here on the next `retried()` does not throw.
    void makeRoomForRetried();
    //! A job that nobody is told of.
    void drop(AbstractJob::Pointer job);
    //! Jobs that have ended and are told so already.
    void release(std::span<const std::span<AbstractJob *const>> hands)
    {
        m_settled = hands;
        m_hasNews = true;
    }
    [[nodiscard]] bool releases() const { return !m_settled.empty(); }
    void release(AbstractJob &job)
    {
        m_released = &job;
        m_hasNews = true;
    }

private:
    Q_DISABLE_COPY_MOVE(Section)

    struct Attempt
    {
        AbstractJob::Pointer job;
        JobRun run;
        std::exception_ptr error;
    };

    // What few sections have. The others, one for each job, do not pay for it.
    struct Rest
    {
        ~Rest();

        std::vector<std::shared_ptr<Station>> opens;
        std::vector<std::shared_ptr<Station>> rings;
        std::vector<std::shared_ptr<Station>> closes;
        std::vector<std::pair<QtMsgType, QString>> said;
        std::vector<std::function<void()>> tasks;
        std::vector<std::shared_ptr<StatisticsLayer>> formerLayers;
        bool stopped = false;

        // To be told to handlers, futures and the layer.
        bool tells = false;
        JobList discarded;
        JobList canceled;
        std::vector<Attempt> lost;
        std::vector<Attempt> retried;
        std::vector<AbstractJob::Pointer> dropped;
        std::shared_ptr<const DiscardHandler> handler;
        std::shared_ptr<StatisticsLayer> layer;
        int startedWorker = -1;
        bool isReplacement = false;
        std::vector<std::pair<int, std::chrono::nanoseconds>> crashLooping; // until the next start
        qint64 ping = -1;
        bool sample = false;
    };

    [[nodiscard]] Rest &rest()
    {
        m_hasNews = true;
        return m_rest ? *m_rest : m_rest.emplace();
    }
    [[nodiscard]] Rest &told();
    void leave();
    void call();
    void ringNow(Station &station);
    void tell();

    Engine &m_engine;
    std::shared_ptr<Station> m_ring; // most ring one
    const Station *m_called = nullptr; // to be watched if it does not come at once
    std::span<const std::span<AbstractJob *const>> m_settled;
    AbstractJob *m_released = nullptr;
    bool m_hasNews = false; // any of what is here
    bool m_alarm = false;
    bool m_quiet = false;
    std::optional<Rest> m_rest;
};

} // namespace Millwright
