// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../factorybase.h"
#include "deadlettermodel.h"
#include "eventmodel.h"
#include "latencysummary.h"
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
//! Samples only while it is `active` and has a factory, and only while something can change: with
//! every worker idle it sleeps until the factory reports a change. An inactive monitor, and one
//! that watches an idle factory, wake nobody. While inactive the values are those of the last
//! sample.
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

    Q_PROPERTY(Millwright::FactoryState state READ state NOTIFY sampled FINAL)
    Q_PROPERTY(int queueDepth READ queueDepth NOTIFY sampled FINAL)
    Q_PROPERTY(int queueLimit READ queueLimit NOTIFY sampled FINAL)
    Q_PROPERTY(int activeWorkers READ activeWorkers NOTIFY sampled FINAL)
    Q_PROPERTY(int crashLoopingWorkers READ crashLoopingWorkers NOTIFY sampled FINAL)
    Q_PROPERTY(int workerCount READ workerCount NOTIFY sampled FINAL)
    Q_PROPERTY(int availableCapacity READ availableCapacity NOTIFY sampled FINAL)
    Q_PROPERTY(double submitted READ submitted NOTIFY sampled FINAL)
    Q_PROPERTY(double completed READ completed NOTIFY sampled FINAL)
    Q_PROPERTY(double failed READ failed NOTIFY sampled FINAL)
    Q_PROPERTY(double discarded READ discarded NOTIFY sampled FINAL)
    Q_PROPERTY(double canceled READ canceled NOTIFY sampled FINAL)
    Q_PROPERTY(double lost READ lost NOTIFY sampled FINAL)
    Q_PROPERTY(double retried READ retried NOTIFY sampled FINAL)
    Q_PROPERTY(double restarts READ restarts NOTIFY sampled FINAL)
    Q_PROPERTY(double throughput READ throughput NOTIFY sampled FINAL)

    Q_PROPERTY(Millwright::LatencySummary queueTime READ queueTime NOTIFY sampled FINAL)
    Q_PROPERTY(Millwright::LatencySummary runTime READ runTime NOTIFY sampled FINAL)
    Q_PROPERTY(Millwright::LatencySummary totalTime READ totalTime NOTIFY sampled FINAL)
    Q_PROPERTY(Millwright::LatencySummary recentQueueTime READ recentQueueTime NOTIFY sampled FINAL)
    Q_PROPERTY(Millwright::LatencySummary recentRunTime READ recentRunTime NOTIFY sampled FINAL)
    Q_PROPERTY(Millwright::LatencySummary recentTotalTime READ recentTotalTime NOTIFY sampled FINAL)

    Q_PROPERTY(Millwright::WorkerModel *workers READ workers CONSTANT FINAL)
    Q_PROPERTY(Millwright::EventModel *events READ events CONSTANT FINAL)
    Q_PROPERTY(Millwright::DeadLetterModel *deadLetters READ deadLetters CONSTANT FINAL)

    Q_PROPERTY(QList<double> throughputHistory READ throughputHistory NOTIFY sampled FINAL)
    Q_PROPERTY(QList<double> queueDepthHistory READ queueDepthHistory NOTIFY sampled FINAL)

public:
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
    //! first sample is taken at once, and the histories begin anew.
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

    // --- The factory as it was at the last sample ---

    [[nodiscard]] FactoryState state() const { return m_now.state; }
    [[nodiscard]] int queueDepth() const;
    //! -1 for no limit.
    [[nodiscard]] int queueLimit() const;
    [[nodiscard]] int activeWorkers() const { return m_now.activeWorkers; }
    [[nodiscard]] int crashLoopingWorkers() const { return m_now.crashLoopingWorkers; }
    [[nodiscard]] int workerCount() const { return m_now.workerCount; }
    [[nodiscard]] int availableCapacity() const;
    [[nodiscard]] double submitted() const { return double(m_now.counters.submitted); }
    [[nodiscard]] double completed() const { return double(m_now.counters.completed); }
    [[nodiscard]] double failed() const { return double(m_now.counters.failed); }
    [[nodiscard]] double discarded() const { return double(m_now.counters.discarded()); }
    [[nodiscard]] double canceled() const { return double(m_now.counters.canceled); }
    [[nodiscard]] double lost() const { return double(m_now.counters.lost); }
    [[nodiscard]] double retried() const { return double(m_now.counters.retried); }
    [[nodiscard]] double restarts() const { return double(m_now.counters.restarts); }
    //! Jobs completed per second, over the last second, or the last interval if that is longer.
    [[nodiscard]] double throughput() const { return m_throughput; }

    //! How long completed jobs took, since the factory was made. Milliseconds; looked up twice a
    //! second at most.
    [[nodiscard]] LatencySummary queueTime() const { return m_overall.queueTime; }
    [[nodiscard]] LatencySummary runTime() const { return m_overall.runTime; }
    [[nodiscard]] LatencySummary totalTime() const { return m_overall.totalTime; }
    //! The same of the jobs that were completed within the `RecentSpan`, while active.
    [[nodiscard]] LatencySummary recentQueueTime() const { return m_recent.queueTime; }
    [[nodiscard]] LatencySummary recentRunTime() const { return m_recent.runTime; }
    [[nodiscard]] LatencySummary recentTotalTime() const { return m_recent.totalTime; }

    //! The workers, the recent events and the dead letters. Owned by the monitor.
    [[nodiscard]] WorkerModel *workers() const { return m_workers; }
    [[nodiscard]] EventModel *events() const { return m_events; }
    [[nodiscard]] DeadLetterModel *deadLetters() const { return m_deadLetters; }

    //! `throughput` and `queueDepth` of each sample, the oldest first, one per interval, as far
    //! back as the `historySpan` and the monitor's activity reach. For charts.
    [[nodiscard]] QList<double> throughputHistory() const { return m_throughputHistory; }
    [[nodiscard]] QList<double> queueDepthHistory() const { return m_queueDepthHistory; }

Q_SIGNALS:
    void factoryChanged();
    void activeChanged();
    void intervalChanged();
    void historySpanChanged();
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
    };
    struct Completed
    {
        qint64 time;
        qint64 count;
    };
    struct TimedLatencies
    {
        qint64 time;
        Latencies latencies;
    };

    void setWatched(FactoryBase *factory);
    void watch();
    void clear();
    void resume();
    void pause();
    void wake();
    void sample();
    [[nodiscard]] bool isAtRest() const;
    void updateThroughput();
    void updateLatencies();
    void appendHistory(double throughput, double queueDepth, qsizetype times = 1);
    void forgetHistory();

    QPointer<FactoryBase> m_factory;
    bool m_active = false;
    int m_interval = 250;
    int m_historySpan = 300;
    QBasicTimer m_timer;

    FactorySnapshot m_now; // the workers are in their model
    bool m_sampling = false; // the models are being changed
    bool m_allIdle = true; // no worker was doing anything
    double m_throughput = 0;
    LatencySummaries m_overall;
    LatencySummaries m_recent;
    WorkerModel *const m_workers;
    EventModel *const m_events;
    DeadLetterModel *const m_deadLetters;
    quint64 m_lastEvent = 0;

    // Times are those of the factory's clock, in nanoseconds.
    std::deque<Completed> m_completed; // of about the last second, the oldest first
    std::deque<TimedLatencies> m_earlier; // of about the recent span, the oldest first
    Latencies m_latencies;
    qint64 m_latenciesAt = 0;
    QList<double> m_throughputHistory;
    QList<double> m_queueDepthHistory;
};

} // namespace Millwright
