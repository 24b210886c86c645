// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../factorybase.h"
#include "deadlettermodel.h"
#include "eventmodel.h"
#include "health.h"
#include "jobmodel.h"
#include "latencysummary.h"
#include "monitorhistory.h"
#include "timeline.h"
#include "workermodel.h"

#include <QtCore/qpointer.h>

#include <deque>

namespace Millwright {

//! What every dashboard shows: a factory, looked at a few times a second while somebody watches.
//!
//! \code
//! FactoryMonitor { id: monitor; factory: thumbnails; active: window.visible }
//! Text { text: monitor.throughput.toFixed(0) + " jobs/s" }
//! \endcode
//!
//! Samples only while it is `active`, not `frozen`, and has a factory, and only while something can
//! change: with every worker idle it sleeps until the factory reports a change. What there was goes on
//! towards the end of the histories meanwhile, in a hundred steps for which nothing but the time is asked;
//! then there is no timer. An inactive monitor wakes nobody: the values are those of the last sample, and
//! the histories have a gap where nothing was sampled, unless another monitor of the factory with the same
//! `interval` has seen that time: then its histories are taken over.
//!
//! A monitor belongs to its thread, in an application the GUI thread, and so does its factory; the
//! factory is not owned, and may be destroyed at any time.
class MILLWRIGHT_CORE_EXPORT FactoryMonitor : public QObject
{
    Q_OBJECT
    Q_PROPERTY(
        Millwright::FactoryBase *factory READ factory WRITE setFactory NOTIFY factoryChanged FINAL)
    Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged FINAL)
    Q_PROPERTY(int interval READ interval WRITE setInterval NOTIFY intervalChanged FINAL)
    Q_PROPERTY(
        int historySpan READ historySpan WRITE setHistorySpan NOTIFY historySpanChanged FINAL)
    Q_PROPERTY(bool frozen READ isFrozen WRITE setFrozen NOTIFY frozenChanged FINAL)
    Q_PROPERTY(int jobLimit READ jobLimit WRITE setJobLimit NOTIFY jobLimitChanged FINAL)
    Q_PROPERTY(
        int timelineSpan READ timelineSpan WRITE setTimelineSpan NOTIFY timelineSpanChanged FINAL)

    Q_PROPERTY(Millwright::FactoryState state READ state NOTIFY sampled FINAL)
    Q_PROPERTY(bool paused READ isPaused NOTIFY sampled FINAL)
    Q_PROPERTY(QString errorString READ errorString NOTIFY sampled FINAL)
    Q_PROPERTY(Millwright::HealthLevel::Level health READ health NOTIFY sampled FINAL)
    Q_PROPERTY(QStringList healthReasons READ healthReasons NOTIFY sampled FINAL)
    Q_PROPERTY(int queueDepth READ queueDepth NOTIFY sampled FINAL)
    Q_PROPERTY(int queueLimit READ queueLimit NOTIFY sampled FINAL)
    Q_PROPERTY(int queueCapacity READ queueCapacity NOTIFY sampled FINAL)
    Q_PROPERTY(double oldestWaiting READ oldestWaiting NOTIFY sampled FINAL)
    Q_PROPERTY(int activeWorkers READ activeWorkers NOTIFY sampled FINAL)
    Q_PROPERTY(int stuckWorkers READ stuckWorkers NOTIFY sampled FINAL)
    Q_PROPERTY(int crashLoopingWorkers READ crashLoopingWorkers NOTIFY sampled FINAL)
    Q_PROPERTY(int condemnedThreads READ condemnedThreads NOTIFY sampled FINAL)
    Q_PROPERTY(int workerCount READ workerCount NOTIFY sampled FINAL)
    Q_PROPERTY(int availableCapacity READ availableCapacity NOTIFY sampled FINAL)
    Q_PROPERTY(double submitted READ submitted NOTIFY sampled FINAL)
    Q_PROPERTY(double completed READ completed NOTIFY sampled FINAL)
    Q_PROPERTY(double failed READ failed NOTIFY sampled FINAL)
    Q_PROPERTY(double discarded READ discarded NOTIFY sampled FINAL)
    Q_PROPERTY(double discardedExpired READ discardedExpired NOTIFY sampled FINAL)
    Q_PROPERTY(double discardedShed READ discardedShed NOTIFY sampled FINAL)
    Q_PROPERTY(double discardedRateLimited READ discardedRateLimited NOTIFY sampled FINAL)
    Q_PROPERTY(double discardedShutdown READ discardedShutdown NOTIFY sampled FINAL)
    Q_PROPERTY(double canceled READ canceled NOTIFY sampled FINAL)
    Q_PROPERTY(double lost READ lost NOTIFY sampled FINAL)
    Q_PROPERTY(double retried READ retried NOTIFY sampled FINAL)
    Q_PROPERTY(double restarts READ restarts NOTIFY sampled FINAL)
    Q_PROPERTY(double stuck READ stuck NOTIFY sampled FINAL)
    Q_PROPERTY(double throughput READ throughput NOTIFY sampled FINAL)
    Q_PROPERTY(double meanThroughput READ meanThroughput NOTIFY sampled FINAL)

    Q_PROPERTY(Millwright::LatencySummary queueTime READ queueTime NOTIFY sampled FINAL)
    Q_PROPERTY(Millwright::LatencySummary runTime READ runTime NOTIFY sampled FINAL)
    Q_PROPERTY(Millwright::LatencySummary totalTime READ totalTime NOTIFY sampled FINAL)
    Q_PROPERTY(Millwright::LatencySummary recentQueueTime READ recentQueueTime NOTIFY sampled FINAL)
    Q_PROPERTY(Millwright::LatencySummary recentRunTime READ recentRunTime NOTIFY sampled FINAL)
    Q_PROPERTY(Millwright::LatencySummary recentTotalTime READ recentTotalTime NOTIFY sampled FINAL)

    Q_PROPERTY(Millwright::WorkerModel *workers READ workers CONSTANT FINAL)
    Q_PROPERTY(Millwright::JobModel *jobs READ jobs CONSTANT FINAL)
    Q_PROPERTY(Millwright::EventModel *events READ events CONSTANT FINAL)
    Q_PROPERTY(Millwright::DeadLetterModel *deadLetters READ deadLetters CONSTANT FINAL)

public:
    // In QML they are those of `MonitorSeries`.
    using enum MonitorSeries::Series;
    using Series = MonitorSeries::Series;

    static constexpr int MinimumInterval = 16; //!< milliseconds
    //! How far back "recent" latencies reach.
    static constexpr std::chrono::seconds RecentSpan{5};

    explicit FactoryMonitor(QObject *parent = nullptr);
    ~FactoryMonitor() override;

    //! The factory that is watched; nullptr, the default, for none, and once it was destroyed. It
    //! must live on the thread of the monitor: another is refused with a warning.
    [[nodiscard]] FactoryBase *factory() const { return m_factory; }
    void setFactory(FactoryBase *factory);

    //! Whether somebody looks. False by default; bind it to what makes the dashboard visible. The
    //! first sample is taken at once.
    [[nodiscard]] bool isActive() const { return m_active; }
    void setActive(bool active);

    //! From one sample to the next while something changes. Milliseconds, 250 by default; less than
    //! `MinimumInterval` is ignored with a warning. Begins the histories anew.
    [[nodiscard]] int interval() const { return m_interval; }
    void setInterval(int milliseconds);

    //! How much time the histories cover. Seconds, 300 by default; less than 1 is ignored with a
    //! warning.
    [[nodiscard]] int historySpan() const { return m_historySpan; }
    void setHistorySpan(int seconds);

    //! Everything stays as it is, to be looked at in peace; nothing is sampled. False by default.
    [[nodiscard]] bool isFrozen() const { return m_frozen; }
    void setFrozen(bool frozen);

    //! How many of the waiting jobs are in the list of `jobs`. 200 by default; 0 for a list of nothing but what
    //! runs, -1 for none at all. Each costs some tenths of a microsecond with each sample.
    [[nodiscard]] int jobLimit() const { return m_jobLimit; }
    void setJobLimit(int limit);

    //! How much time the `timeline()` covers. Seconds; 0, the default, for none. While it is not 0 and the monitor
    //! samples, the factory is traced, see `FactoryBase::beginTrace()`.
    [[nodiscard]] int timelineSpan() const { return m_timelineSpan; }
    void setTimelineSpan(int seconds);

    // --- The factory as it was at the last sample ---

    [[nodiscard]] FactoryState state() const { return m_now.state; }
    [[nodiscard]] bool isPaused() const { return m_now.paused; }
    [[nodiscard]] QString errorString() const { return m_now.errorString; }
    [[nodiscard]] Health::Level health() const { return m_health.level; }
    //! Why it is not calm, in the language of the application, the worst first.
    [[nodiscard]] QStringList healthReasons() const { return m_health.reasons; }
    //! When the sample was taken. Monotonic, nanoseconds, as the times of the `timeline()`.
    [[nodiscard]] qint64 time() const { return m_now.time; }
    [[nodiscard]] int queueDepth() const;
    //! -1 for no limit.
    [[nodiscard]] int queueLimit() const;
    //! How many jobs may wait in all: where the limit is for each worker, that of all of them together. -1
    //! for no limit.
    [[nodiscard]] int queueCapacity() const;
    //! How long the oldest of the waiting jobs has been waiting. Milliseconds; 0 if none waits.
    [[nodiscard]] double oldestWaiting() const;
    [[nodiscard]] int activeWorkers() const { return m_now.activeWorkers; }
    //! Workers that give no sign of life now. `stuck` says how often there was one.
    [[nodiscard]] int stuckWorkers() const { return m_stuckWorkers; }
    [[nodiscard]] int condemnedThreads() const { return m_now.condemnedThreads; }
    [[nodiscard]] int crashLoopingWorkers() const { return m_now.crashLoopingWorkers; }
    [[nodiscard]] int workerCount() const { return m_now.workerCount; }
    [[nodiscard]] int availableCapacity() const;
    [[nodiscard]] double submitted() const { return double(m_now.counters.submitted); }
    [[nodiscard]] double completed() const { return double(m_now.counters.completed); }
    [[nodiscard]] double failed() const { return double(m_now.counters.failed); }
    [[nodiscard]] double discarded() const { return double(m_now.counters.discarded()); }
    [[nodiscard]] double discardedExpired() const { return discarded(DiscardReason::TtlExpired); }
    [[nodiscard]] double discardedShed() const { return discarded(DiscardReason::Loadshed); }
    [[nodiscard]] double discardedRateLimited() const
    {
        return discarded(DiscardReason::RateLimited);
    }
    [[nodiscard]] double discardedShutdown() const { return discarded(DiscardReason::Shutdown); }
    [[nodiscard]] double canceled() const { return double(m_now.counters.canceled); }
    [[nodiscard]] double lost() const { return double(m_now.counters.lost); }
    [[nodiscard]] double retried() const { return double(m_now.counters.retried); }
    [[nodiscard]] double restarts() const { return double(m_now.counters.restarts); }
    [[nodiscard]] double stuck() const { return double(m_now.counters.stuck); }
    //! Jobs completed per second, over the last second, or the last interval if that is longer.
    [[nodiscard]] double throughput() const { return m_throughput; }
    //! The same over all of the history.
    [[nodiscard]] double meanThroughput() const { return m_meanThroughput; }

    //! How long completed jobs took, since the factory was made. Milliseconds; looked up twice a
    //! second at most.
    [[nodiscard]] LatencySummary queueTime() const { return m_overall.queueTime; }
    [[nodiscard]] LatencySummary runTime() const { return m_overall.runTime; }
    [[nodiscard]] LatencySummary totalTime() const { return m_overall.totalTime; }
    //! The same of the jobs that were completed within the `RecentSpan`, while active.
    [[nodiscard]] LatencySummary recentQueueTime() const { return m_recent.queueTime; }
    [[nodiscard]] LatencySummary recentRunTime() const { return m_recent.runTime; }
    [[nodiscard]] LatencySummary recentTotalTime() const { return m_recent.totalTime; }

    //! The workers, the jobs, the recent events and the dead letters. Owned by the monitor.
    [[nodiscard]] WorkerModel *workers() const { return m_workers; }
    [[nodiscard]] JobModel *jobs() const { return m_jobs; }
    [[nodiscard]] EventModel *events() const { return m_events; }
    [[nodiscard]] DeadLetterModel *deadLetters() const { return m_deadLetters; }

    //! A value of each sample, the oldest first, one per interval, as far back as the `historySpan` reaches; NaN
    //! where nothing was sampled. For charts. The list is shared, not copied.
    [[nodiscard]] Q_INVOKABLE QList<double> history(Millwright::MonitorSeries::Series series) const
    {
        return m_history.of(series);
    }
    //! How many samples the `historySpan` has room for.
    [[nodiscard]] int historyCapacity() const;
    //! What the workers did in the last `timelineSpan` seconds, in no order to speak of; what runs now is without an
    //! end. Of the last sample.
    [[nodiscard]] QList<TraceSpan> timeline() const { return m_timeline.spans(); }
    //! The latencies of all workers, as of at most half a second before the last sample.
    [[nodiscard]] const Latencies &latencies() const { return m_latencies; }

    //! `FactoryBase::drain()` and `FactoryBase::stop()`, for QML.
    Q_INVOKABLE void drain();
    Q_INVOKABLE void stop();
    //! `FactoryBase::replaceWorker()` for the worker that runs this job, a `JobSnapshot::id`; false if none does any more.
    Q_INVOKABLE bool replaceWorkerOf(double job);

    // --- What can be done about jobs whose key or label, and of dead letters the error, has this text in it; empty
    // for all. They return how many they were. ---

    //! Of all jobs of the factory, also those that are not in the list: see `FactoryBase::cancelJobs()`.
    Q_INVOKABLE int cancelJobs(const QString &text);
    Q_INVOKABLE int retryDeadLetters(const QString &text);
    Q_INVOKABLE int dropDeadLetters(const QString &text);

Q_SIGNALS:
    void factoryChanged();
    void activeChanged();
    void intervalChanged();
    void historySpanChanged();
    void frozenChanged();
    void jobLimitChanged();
    void timelineSpanChanged();
    //! The values above are new.
    void sampled();

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    struct LatencySummaries
    {
        LatencySummary queueTime;
        LatencySummary runTime;
        LatencySummary totalTime;

        [[nodiscard]] static LatencySummaries of(const Latencies &latencies);
        [[nodiscard]] static LatencySummaries since(const Latencies &before, const Latencies &now);
    };
    struct TimedCounters
    {
        qint64 time;
        Counters counters;
    };
    struct TimedLatencies
    {
        qint64 time;
        Latencies latencies;
    };

    void setWatched(FactoryBase *factory);
    void watch();
    void clear();
    void look();
    void resume();
    [[nodiscard]] FactoryMonitor *betterInformed() const;
    void learnFrom(FactoryMonitor &other);
    void trace();
    void listJobs();
    void wake();
    void sample();
    [[nodiscard]] bool isAtRest() const;
    [[nodiscard]] double discarded(DiscardReason reason) const
    {
        return double(m_now.counters.discarded(reason));
    }
    void setTraced(FactoryBase *factory);
    void updateRates();
    void updateLatencies();
    void updateHealth();
    void appendHistory(qsizetype times = 1);
    void appendRest(qint64 until);
    void rest();
    void stopLooking();
    [[nodiscard]] bool isResting() const { return m_active && !m_frozen && !m_timer.isActive(); }
    void forgetHistory();

    QPointer<FactoryBase> m_factory;
    QPointer<FactoryBase> m_traced; // by this monitor
    bool m_active = false;
    bool m_frozen = false;
    int m_interval = 250;
    int m_historySpan = 300;
    int m_jobLimit = 200;
    int m_timelineSpan = 0;
    QBasicTimer m_timer;
    QBasicTimer m_restTimer; // the factory is at rest, and the histories go on

    FactorySnapshot m_now; // the workers are in their model
    bool m_sampling = false; // the models are being changed
    bool m_allIdle = true; // no worker was doing anything
    int m_stuckWorkers = 0;
    Health m_health;
    bool m_isHealthSteady = true; // as long as nothing happens
    bool m_areRatesKnown = false; // there were two looks
    double m_throughput = 0;
    double m_failures = 0; // per second, as the next
    double m_discards = 0;
    double m_meanThroughput = 0;
    LatencySummaries m_overall;
    LatencySummaries m_recent;
    LatencySummaries m_last; // since the look before
    WorkerModel *const m_workers;
    JobModel *const m_jobs;
    EventModel *const m_events;
    DeadLetterModel *const m_deadLetters;
    quint64 m_lastEvent = 0;

    // Times are those of the factory's clock, in nanoseconds.
    std::deque<TimedCounters> m_lastSecond; // of about that time, the oldest first
    std::deque<TimedCounters> m_lastMinute;
    std::deque<TimedLatencies> m_earlier; // of about the recent span, the oldest first
    Latencies m_latencies;
    qint64 m_latenciesAt = 0;
    MonitorHistory m_history;
    qint64 m_knownUntil = 0; // the end of the history
    Timeline m_timeline;
};

} // namespace Millwright
