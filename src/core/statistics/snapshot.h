// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../job/progress.h"
#include "../types.h"
#include "histogram.h"

#include <QtCore/qlist.h>
#include <QtCore/qstringlist.h>

#include <array>
#include <chrono>
#include <functional>
#include <optional>

namespace Millwright {

//! The counters of a factory at one instant. Always true of one `Counters`:
//! `submitted == completed + failed + discarded() + canceled + lost + waiting + running`.
struct Counters
{
    qint64 submitted = 0;
    qint64 completed = 0;
    qint64 failed = 0;
    std::array<qint64, DiscardReasons> discardedBy{}; //!< by `DiscardReason`
    qint64 canceled = 0;
    qint64 lost = 0;
    qint64 waiting = 0; //!< accepted, not started
    qint64 running = 0;

    qint64 retried = 0; //!< attempts after the first
    qint64 restarts = 0; //!< workers replaced
    qint64 stuck = 0; //!< how often a worker was found stuck

    [[nodiscard]] qint64 discarded() const
    {
        qint64 sum = 0;
        for (qint64 count : discardedBy)
            sum += count;
        return sum;
    }
    [[nodiscard]] qint64 discarded(DiscardReason reason) const
    {
        return discardedBy[std::size_t(reason)];
    }

    bool operator==(const Counters &) const = default;
};

//! What one worker is doing.
struct WorkerSnapshot
{
    int id = 0;
    WorkerState state = WorkerState::Absent;
    qint64 completed = 0;
    qint64 failed = 0;
    qint64 restarts = 0;
    qint64 waiting = 0; //!< jobs that wait for this worker alone
    quint64 job = 0; //!< the running one, as in `JobSnapshot::id`; 0 when no job runs
    QString key = {}; //!< of the running job
    QString label = {}; //!< of the running job
    std::chrono::nanoseconds elapsed{}; //!< since the running job was started
    //! The last sign of life of the running job: its start, a heartbeat or progress. Monotonic,
    //! nanoseconds; 0 when no job runs.
    qint64 lastHeartbeat = 0;
    JobProgress progress = {}; //!< of the running job
    //! While it is crash-looping, how long it still waits for its next start.
    std::chrono::nanoseconds untilStart{};
};

//! A job that has not ended.
struct JobSnapshot
{
    //! For `FactoryBase::cancelJob()`. None has that of another one; a job gets a new one with each attempt.
    quint64 id = 0;
    JobState state = JobState::Waiting;
    int worker = -1; //!< that runs it, or for which alone it waits; -1: none
    //! It runs, and has given no sign of life for longer than the dead man's switch waits for one.
    bool stuck = false;
    QString key = {}; //!< as text
    QString label = {};
    Priority priority = Priority::Normal;
    int attempt = 1;
    std::chrono::nanoseconds age{}; //!< since it was submitted
    std::chrono::nanoseconds elapsed{}; //!< since it was started, if it runs
    //! Until it expires, unless it is started before; none if it cannot.
    std::optional<std::chrono::nanoseconds> timeToLive = {};
    std::chrono::nanoseconds untilAttempt{}; //!< while it is backing off
    JobProgress progress = {}; //!< if it runs
};

//! Picks jobs.
using JobFilter = std::function<bool(const JobSnapshot &)>;

//! What a worker did for a while: one job, or several short ones in a row.
struct TraceSpan
{
    quint64 number = 0; //!< grows from one to the next; 0: it still goes on
    int worker = 0;
    qint64 start = 0; //!< monotonic, nanoseconds, as `FactorySnapshot::time`
    qint64 end = 0; //!< -1 while the job runs
    int jobs = 1;
    QString key = {}; //!< of the job; empty if there are several
    QString label = {};
    Outcome outcome = Outcome::Completed; //!< of the job; several were completed

    bool operator==(const TraceSpan &) const = default;
};

//! A factory at one instant.
struct FactorySnapshot
{
    qint64 time = 0; //!< monotonic, nanoseconds
    FactoryState state = FactoryState::Idle;
    Counters counters = {};
    int workerCount = 0;
    int activeWorkers = 0;
    int crashLoopingWorkers = 0; //!< see `WorkerState::CrashLooping`
    qint64 availableCapacity = 0;
    qint64 queueLimit = -1;
    //! How many jobs may wait in all: where the limit is for each worker, that of all of them together. -1
    //! for no limit.
    qint64 queueCapacity = -1;
    bool paused = false;
    int condemnedThreads = 0; //!< left behind with a worker that hangs, and not come back
    QString errorString = {}; //!< why the factory has failed
    qint64 deadLetters = 0; //!< how many there are
    quint64 deadLetterChanges = 0; //!< grows with every change of them
    //! How long the job has been waiting that was submitted first, apart from those that back off; 0 if
    //! there is none. With the workers only.
    std::chrono::nanoseconds oldestWaiting{};
    QList<WorkerSnapshot> workers = {};
};

//! How long completed jobs took.
struct Latencies
{
    HistogramSnapshot queueTime; //!< from submitted to started
    HistogramSnapshot runTime; //!< from started to finished
    HistogramSnapshot totalTime; //!< from submitted to finished
};

//! Something that happened in a factory, for people.
struct FactoryEvent
{
    enum Kind : quint8 {
        StateChanged,
        WorkerRestarted,
        WorkerCrashLooping, //!< could not start, or failed too often: waits for its next start
        JobFailed,
        JobRetried,
        JobLost,
        CallFailed, //!< a hook or a controller
        WorkerStuck, //!< it gives no sign of life
        WorkerCondemned, //!< it was left behind, and a fresh one takes over
        ThreadReturned, //!< one that was left behind has ended
    };

    quint64 number = 0; //!< 1 for the first, and so on
    qint64 time = 0; //!< monotonic, nanoseconds
    Kind kind = StateChanged;
    int worker = -1;
    QString key = {};
    QString text = {};
};

//! A job that did not finish before the deadline of a stop.
struct UnfinishedJob
{
    int worker = -1;
    QString key = {}; //!< empty when the worker was not in a job but in its own start or end
    QString label = {};
    std::chrono::nanoseconds elapsed{};
};

//! What a stop with a deadline left behind.
struct StopReport
{
    QList<UnfinishedJob> unfinished = {};
    QStringList calls = {}; //!< hooks and controllers that had not ended, by their names

    [[nodiscard]] bool isClean() const { return unfinished.isEmpty() && calls.isEmpty(); }
};

} // namespace Millwright
