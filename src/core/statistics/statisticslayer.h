// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../job/abstractjob.h"
#include "snapshot.h"

#include <chrono>
#include <exception>

namespace Millwright {

//! One attempt at a job: who ran it, and when. Times are monotonic, in nanoseconds.
struct JobRun
{
    int worker = -1;
    int attempt = 1;
    qint64 submitted = 0;
    qint64 routed = 0; //!< handed to the worker
    qint64 started = 0;
    qint64 finished = 0;

    [[nodiscard]] std::chrono::nanoseconds queueTime() const
    {
        return std::chrono::nanoseconds(started - submitted);
    }
    [[nodiscard]] std::chrono::nanoseconds runTime() const
    {
        return std::chrono::nanoseconds(finished - started);
    }
    [[nodiscard]] std::chrono::nanoseconds totalTime() const
    {
        return std::chrono::nanoseconds(finished - submitted);
    }
};

//! Is told what happens in a factory, to pass it on: to a log, a tracer, a metrics server. Derive
//! from it, override what you need, and give it to a factory by `FactorySettings::statistics` or
//! `FactoryBase::setStatisticsLayer()`. Several factories may share one.
//!
//! Each function is called on the thread that has caused what it tells of, often by many threads at
//! once, and without any lock, so it may dispatch jobs and ask the factory anything. It should be
//! quick, since that thread waits for it; it must not throw (what it throws is logged and ignored),
//! and must not wait for the factory to stop. Jobs are valid during the call.
//!
//! Of every job the layer hears `jobSubmitted()` first, and then of exactly one end: `jobCompleted()`,
//! `jobFailed()`, `jobDiscarded()`, `jobCanceled()` or `jobLost()`, after the job was counted and before
//! its future ends; in between, of each attempt that is repeated. That is unless the layer was
//! exchanged meanwhile: then the end is told to the one in office.
class MILLWRIGHT_CORE_EXPORT StatisticsLayer
{
public:
    virtual ~StatisticsLayer();

    //! Before the factory decides whether it accepts the job. On the thread that submits.
    virtual void jobSubmitted(const AbstractJob &job);
    //! On the worker's thread.
    virtual void jobCompleted(const AbstractJob &job, const JobRun &run);
    //! The last attempt has failed, with this exception. On the worker's thread.
    virtual void jobFailed(const AbstractJob &job, const JobRun &run,
                           const std::exception_ptr &error);
    //! An attempt has failed, or has found no room (the worker is -1), and there will be another one. That
    //! may run already: look at the job's key, label and priority only. On the thread that found out.
    virtual void jobRetried(const AbstractJob &job, const JobRun &run,
                            const std::exception_ptr &error);
    //! Refused, expired or shed. On the thread that has caused it; for jobs that expire while they
    //! wait, on one that watches the time.
    virtual void jobDiscarded(const AbstractJob &job, DiscardReason reason);
    //! On the worker's thread, or, for jobs that were waiting, on one that watches the time.
    virtual void jobCanceled(const AbstractJob &job);
    //! Its worker was given up. On the thread that gave it up.
    virtual void jobLost(const AbstractJob &job, int worker);

    //! A worker was built that does not replace a failed one. On the worker's thread.
    virtual void workerStarted(int worker);
    //! A failed worker was replaced. On the thread of the new one.
    virtual void workerRestarted(int worker);
    //! A worker could not be started, or has failed too often: it is started again after this wait.
    //! On the worker's thread.
    virtual void workerCrashLooping(int worker, std::chrono::nanoseconds wait);
    //! The worker has given no sign of life for so long: see `DeadMansSwitch`. The key is that of its
    //! job, empty when it hangs in its own start or end. Once, until it has given one. On a thread that
    //! watches the time.
    virtual void workerStuck(int worker, const QString &key, std::chrono::nanoseconds elapsed);

    //! How often `sampled()` is called. Asked once, when the layer is set; 0, the default, means never.
    [[nodiscard]] virtual std::chrono::milliseconds samplingInterval() const;
    //! How the factory is doing: its counters, with what waits and what runs, active workers, worker
    //! count, capacity and limit, but not the workers one by one. Once per interval while the factory
    //! has jobs, and once more when it has become idle; as long as nothing happens then, there is
    //! neither call nor timer. On a thread that watches the time, and not again before it has returned.
    virtual void sampled(const FactorySnapshot &snapshot);
    //! How long a thread of the factory took to come when it was called because of a job or of a
    //! worker to be built: how responsive the machine is. Once per sampling interval, if a thread was
    //! called at all: none is woken for this. On the thread that was called.
    virtual void pinged(std::chrono::nanoseconds elapsed);

protected:
    StatisticsLayer();

private:
    Q_DISABLE_COPY_MOVE(StatisticsLayer)
};

} // namespace Millwright
