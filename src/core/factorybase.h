// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "engine/engine.h"

#include <QtCore/qbasictimer.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfuture.h>
#include <QtCore/qobject.h>

#include <chrono>
#include <memory>

namespace Millwright {

//! A factory without the types of its jobs: its life, its settings, and what can be seen of it.
//! `Factory<Worker>` is the whole of it; dashboards and QML need no more than this.
//!
//! Every function may be called from any thread, but for the constructor and the destructor. The
//! notify signals are emitted on the thread of the object, at most every 100 ms and only when
//! something has changed; they need an event loop there, nothing else does.
class MILLWRIGHT_CORE_EXPORT FactoryBase : public QObject
{
    Q_OBJECT
    Q_PROPERTY(QString name READ name NOTIFY nameChanged)
    Q_PROPERTY(Millwright::FactoryState state READ state NOTIFY stateChanged FINAL)
    Q_PROPERTY(
        int workerCount READ workerCount WRITE setWorkerCount NOTIFY workerCountChanged FINAL)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged FINAL)
    Q_PROPERTY(bool paused READ isPaused WRITE setPaused NOTIFY pausedChanged FINAL)
    Q_PROPERTY(int threadCount READ threadCount NOTIFY threadCountChanged)
    Q_PROPERTY(int queueLimit READ queueLimit WRITE setQueueLimit NOTIFY queueLimitChanged FINAL)
    Q_PROPERTY(Millwright::DiscardMode discardMode READ discardMode WRITE setDiscardMode NOTIFY
                   discardModeChanged FINAL)
    Q_PROPERTY(int highWaterMark READ highWaterMark WRITE setHighWaterMark NOTIFY
                   highWaterMarkChanged FINAL)
    Q_PROPERTY(
        int lowWaterMark READ lowWaterMark WRITE setLowWaterMark NOTIFY lowWaterMarkChanged FINAL)
    Q_PROPERTY(double rateLimitRefill READ rateLimitRefill WRITE setRateLimitRefill NOTIFY
                   rateLimitChanged FINAL)
    Q_PROPERTY(double rateLimitInterval READ rateLimitInterval WRITE setRateLimitInterval NOTIFY
                   rateLimitChanged FINAL)
    Q_PROPERTY(double rateLimitMaximum READ rateLimitMaximum WRITE setRateLimitMaximum NOTIFY
                   rateLimitChanged FINAL)
    Q_PROPERTY(double rateLimitInitial READ rateLimitInitial WRITE setRateLimitInitial NOTIFY
                   rateLimitChanged FINAL)
    Q_PROPERTY(Millwright::RateLimitMode rateLimitMode READ rateLimitMode WRITE setRateLimitMode
                   NOTIFY rateLimitModeChanged FINAL)
    Q_PROPERTY(Millwright::OnFailure failureAction READ onFailure WRITE setOnFailure NOTIFY
                   failureActionChanged FINAL)
    Q_PROPERTY(int maximumRestarts READ maximumRestarts WRITE setMaximumRestarts NOTIFY
                   restartPolicyChanged FINAL)
    Q_PROPERTY(double restartInterval READ restartInterval WRITE setRestartInterval NOTIFY
                   restartPolicyChanged FINAL)
    Q_PROPERTY(double restartBackoff READ restartBackoff WRITE setRestartBackoff NOTIFY
                   restartPolicyChanged FINAL)
    Q_PROPERTY(double restartBackoffFactor READ restartBackoffFactor WRITE setRestartBackoffFactor
                   NOTIFY restartPolicyChanged FINAL)
    Q_PROPERTY(double maximumRestartBackoff READ maximumRestartBackoff WRITE
                   setMaximumRestartBackoff NOTIFY restartPolicyChanged FINAL)
    Q_PROPERTY(double restartJitter READ restartJitter WRITE setRestartJitter NOTIFY
                   restartPolicyChanged FINAL)
    Q_PROPERTY(
        int retryAttempts READ retryAttempts WRITE setRetryAttempts NOTIFY retryPolicyChanged FINAL)
    Q_PROPERTY(
        double retryBackoff READ retryBackoff WRITE setRetryBackoff NOTIFY retryPolicyChanged FINAL)
    Q_PROPERTY(double retryBackoffFactor READ retryBackoffFactor WRITE setRetryBackoffFactor NOTIFY
                   retryPolicyChanged FINAL)
    Q_PROPERTY(double retryMaximumBackoff READ retryMaximumBackoff WRITE setRetryMaximumBackoff
                   NOTIFY retryPolicyChanged FINAL)
    Q_PROPERTY(
        double retryJitter READ retryJitter WRITE setRetryJitter NOTIFY retryPolicyChanged FINAL)
    Q_PROPERTY(Millwright::RetryOutcomes retryOn READ retryOn WRITE setRetryOn NOTIFY
                   retryPolicyChanged FINAL)
    Q_PROPERTY(int deadLetterLimit READ deadLetterLimit WRITE setDeadLetterLimit NOTIFY
                   deadLetterLimitChanged FINAL)
    Q_PROPERTY(int deadMansSwitchTimeout READ deadMansSwitchTimeout WRITE setDeadMansSwitchTimeout
                   NOTIFY deadMansSwitchChanged FINAL)
    Q_PROPERTY(Millwright::StuckAction deadMansSwitchAction READ deadMansSwitchAction WRITE
                   setDeadMansSwitchAction NOTIFY deadMansSwitchChanged FINAL)
    Q_PROPERTY(int deadMansSwitchGracePeriod READ deadMansSwitchGracePeriod WRITE
                   setDeadMansSwitchGracePeriod NOTIFY deadMansSwitchChanged FINAL)
    Q_PROPERTY(int deadMansSwitchMaximumCondemned READ deadMansSwitchMaximumCondemned WRITE
                   setDeadMansSwitchMaximumCondemned NOTIFY deadMansSwitchChanged FINAL)
    Q_PROPERTY(
        int stopDeadline READ stopDeadline WRITE setStopDeadline NOTIFY stopDeadlineChanged FINAL)

    Q_PROPERTY(int queueDepth READ queueDepth NOTIFY queueDepthChanged FINAL)
    Q_PROPERTY(int activeWorkers READ activeWorkers NOTIFY activeWorkersChanged FINAL)
    Q_PROPERTY(
        int crashLoopingWorkers READ crashLoopingWorkers NOTIFY crashLoopingWorkersChanged FINAL)
    Q_PROPERTY(bool congested READ isCongested NOTIFY congestedChanged FINAL)
    Q_PROPERTY(int availableCapacity READ availableCapacity NOTIFY availableCapacityChanged FINAL)
    Q_PROPERTY(int deadLetterCount READ deadLetterCount NOTIFY deadLettersChanged FINAL)
    Q_PROPERTY(int condemnedThreads READ condemnedThreads NOTIFY condemnedThreadsChanged FINAL)

    Q_PROPERTY(double submitted READ submitted NOTIFY countersChanged FINAL)
    Q_PROPERTY(double completed READ completed NOTIFY countersChanged FINAL)
    Q_PROPERTY(double failed READ failed NOTIFY countersChanged FINAL)
    Q_PROPERTY(double discarded READ discarded NOTIFY countersChanged FINAL)
    Q_PROPERTY(double discardedExpired READ discardedExpired NOTIFY countersChanged FINAL)
    Q_PROPERTY(double discardedShed READ discardedShed NOTIFY countersChanged FINAL)
    Q_PROPERTY(double discardedRateLimited READ discardedRateLimited NOTIFY countersChanged FINAL)
    Q_PROPERTY(double discardedShutdown READ discardedShutdown NOTIFY countersChanged FINAL)
    Q_PROPERTY(double canceled READ canceled NOTIFY countersChanged FINAL)
    Q_PROPERTY(double lost READ lost NOTIFY countersChanged FINAL)
    Q_PROPERTY(double retried READ retried NOTIFY countersChanged FINAL)
    Q_PROPERTY(double restarts READ restarts NOTIFY countersChanged FINAL)
    Q_PROPERTY(double stuck READ stuck NOTIFY countersChanged FINAL)

public:
    //! Notify signals come no faster than this.
    static constexpr std::chrono::milliseconds NotifyInterval{100};

    //! `stop(stopDeadline)`: discards what waits, lets running jobs finish, and returns within the
    //! stop deadline whatever the workers do. Workers that have not come to an end by then are given
    //! up: their jobs end as `WorkerLost` and are named in a warning, their threads are left alone. So
    //! are hooks and controllers that have not ended.
    ~FactoryBase() override;

    [[nodiscard]] QString name() const;

    // --- Life ---

    //! Builds the workers; jobs run once all have been started. Needs a QCoreApplication. False,
    //! with a warning, when there is none, and when the factory was started before: a factory runs
    //! once.
    Q_INVOKABLE bool start();

    //! Refuses new jobs (`Shutdown`), finishes all accepted ones, retries included, then stops. A
    //! factory that was never started discards them. The future ends when the factory has stopped, or has
    //! failed because `onStarted` did.
    QFuture<void> drain();

    //! Refuses new jobs and discards those that wait (`Shutdown`), lets running ones finish, then
    //! stops. Returns at once; the future ends when the factory has stopped, which takes as long as
    //! the longest running job.
    QFuture<void> stop();

    //! The same, and waits for it, but no longer than the deadline: then what still runs is given up
    //! as described at the destructor, and reported. Do not call it from a job or a hook of this factory, nor
    //! on the thread of a worker: it would wait for itself. It does not where this very thread is being told
    //! of a job, by a handler or a continuation.
    StopReport stop(std::chrono::milliseconds deadline);

    //! Blocks until the factory has stopped or failed; false if it has not by the deadline. The futures of
    //! `drain()` and `stop()` end at that moment, too, maybe a little later.
    bool waitForStopped(std::chrono::milliseconds deadline);

    [[nodiscard]] FactoryState state() const;
    //! Why the factory has failed: the text of what `onStarted` threw, or, in QML, that there is no such
    //! worker. Empty if it has not.
    [[nodiscard]] QString errorString() const;

    // --- Settings, all of which may be changed at any time ---

    [[nodiscard]] int workerCount() const;
    //! Grows at once, serving waiting jobs. When it shrinks, the workers with the highest ids go:
    //! idle ones now, busy ones after what waits for them alone. 0 lets jobs wait. Negative numbers
    //! are ignored with a warning.
    void setWorkerCount(int count);

    //! Lets running jobs finish, and starts none until `resume()`; jobs that a worker has in hand but
    //! has not started wait again. Jobs are accepted as before, as far as the queue limit lets
    //! them wait, and their time to live goes on. A factory may be paused before it starts. One that
    //! drains waits for `resume()` as long as jobs wait; `stop()` discards them and needs no `resume()`.
    Q_INVOKABLE void pause();
    Q_INVOKABLE void resume();
    [[nodiscard]] bool isPaused() const;
    //! `pause()` or `resume()`.
    void setPaused(bool paused);

    //! The number of threads that all workers share; 0 when each has its own.
    [[nodiscard]] int threadCount() const;

    //! `FactorySettings::Unlimited` (-1, as any negative number) for no limit. Jobs that wait already
    //! are not touched.
    [[nodiscard]] int queueLimit() const;
    void setQueueLimit(int limit);
    [[nodiscard]] DiscardMode discardMode() const;
    void setDiscardMode(DiscardMode mode);
    //! With these marks set, producers can slow down before jobs are shed: `congested` turns true when
    //! more jobs than the high mark wait, and false when no more than the low one do. A negative
    //! number (`FactorySettings::Unlimited`) switches the high mark off, and makes the low one half
    //! of it, which are the defaults. A low mark above the high one counts as that.
    [[nodiscard]] int highWaterMark() const;
    void setHighWaterMark(int mark);
    [[nodiscard]] int lowWaterMark() const;
    void setLowWaterMark(int mark);
    //! How often jobs may be accepted. A change counts at once: tokens that are there stay as far as
    //! they fit in, and delayed jobs go ahead when the new limit allows them. Those for which no
    //! token can come any more are discarded (`RateLimited`). A limiter of the user's is replaced.
    //!
    //! Each job, and each copy of a broadcast, takes one token when it is accepted, and none when it
    //! is retried or refused. A job that is delayed counts as waiting, also towards the queue limit;
    //! those that come later do not overtake it, unless its priority is lower and the queue knows
    //! priorities.
    [[nodiscard]] RateLimit rateLimit() const;
    void setRateLimit(const RateLimit &limit);
    //! A limiter of your own in place of `rateLimit()`, which reads as no limit then. An empty
    //! builder takes it away. Delayed jobs wait for the new one.
    void setRateLimiter(const RateLimiterBuilder &builder);
    [[nodiscard]] RateLimitMode rateLimitMode() const;
    //! Jobs that are delayed already wait on in any case.
    void setRateLimitMode(RateLimitMode mode);
    [[nodiscard]] OnFailure onFailure() const;
    void setOnFailure(OnFailure action);
    //! How often a worker that fails is replaced at once, and how long it waits when that does not
    //! help. A change counts from the next failure on; a wait that has begun stays as long as it is.
    //! What makes no sense is corrected, with a warning.
    [[nodiscard]] RestartPolicy restartPolicy() const;
    void setRestartPolicy(const RestartPolicy &policy);
    //! Whether and when jobs are tried again that say nothing of it in their options. What counts is the
    //! policy at the time when an attempt has failed; for copies that `RetryOn::WorkerLost` asks
    //! for, when it was started. What makes no sense is corrected, with a warning.
    [[nodiscard]] RetryPolicy retryPolicy() const;
    void setRetryPolicy(const RetryPolicy &policy);
    //! As `FactorySettings::deadLetterLimit`. A lower limit drops the oldest at once. Negative numbers are
    //! ignored with a warning.
    [[nodiscard]] int deadLetterLimit() const;
    void setDeadLetterLimit(int limit);
    //! What is done about workers that hang. A change counts at once, also for jobs that run already;
    //! but `StuckAction::Terminate` terminates jobs only that were started under it.
    [[nodiscard]] DeadMansSwitch deadMansSwitch() const;
    void setDeadMansSwitch(const DeadMansSwitch &deadMansSwitch);
    //! How long the destructor waits for running jobs. Milliseconds, 5000 by default.
    [[nodiscard]] int stopDeadline() const;
    void setStopDeadline(int milliseconds);
    //! As in `FactorySettings`. The next answer comes an interval from now; the old controller is no longer
    //! asked, and if it has still to answer, that is ignored. `{}` removes it and leaves the worker count
    //! or the queue limit as it is. While there is a controller, what `setWorkerCount()` and
    //! `setQueueLimit()` say holds until its next answer.
    void setCapacityController(CapacityController controller);
    void setQueueLimitController(QueueLimitController controller);
    //! As `FactorySettings::onStarted` and so on; for stages still to come. `{}` removes the hook. One
    //! that is being called goes on.
    void setOnStarted(Hook hook);
    void setOnDraining(Hook hook);
    void setOnStopped(Hook hook);

    //! Who is told what happens in this factory from now on; nullptr for nobody. The one before may
    //! still be told of what is happening now, and is released when its last call is over and the workers
    //! that have used it have ended their jobs.
    void setStatisticsLayer(std::shared_ptr<StatisticsLayer> layer);
    [[nodiscard]] std::shared_ptr<StatisticsLayer> statisticsLayer() const;

    // --- What the dead man's switch does by itself, by hand. Any thread. ---

    //! Asks what this worker runs to come to its end: for its job `Job::isCanceled()` turns true, on its
    //! thread `QThread::isInterruptionRequested()`, and the future that an asynchronous job waits for is
    //! canceled. A job that ends then is `Canceled`, whatever it returns. One that does not ask goes on.
    //! Also while the factory stops. False, and nothing happens, if the worker runs nothing.
    Q_INVOKABLE bool interruptWorker(int worker);
    //! Does not wait for what this worker runs any longer. Its job ends as `WorkerLost`, its thread is left
    //! behind with whatever it holds until it comes back, and is one of the `condemnedThreads`; a fresh
    //! worker takes over, and others that shared the thread get fresh ones, too, and lose the jobs that
    //! they run there. False, and nothing happens, if the worker runs nothing, or the factory was stopped.
    Q_INVOKABLE bool replaceWorker(int worker);

    // --- What can be seen. The first three never wait for a busy factory. ---

    //! Jobs that wait: accepted, and not started.
    [[nodiscard]] int queueDepth() const;
    //! Workers that run a job or have jobs waiting for them alone.
    [[nodiscard]] int activeWorkers() const;
    //! Workers that could not be started, or fail too often, and wait for their next start. Jobs go to
    //! the others meanwhile; if there are none, they wait.
    [[nodiscard]] int crashLoopingWorkers() const;
    //! How many jobs more could be accepted now: free workers, and room left in the queue. With no
    //! limit, the free workers alone.
    [[nodiscard]] int availableCapacity() const;

    [[nodiscard]] bool isCongested() const;

    //! Threads that were left behind with a worker that hangs, and have not come back: see
    //! `DeadMansSwitch`. When one comes back it is no longer counted.
    [[nodiscard]] int condemnedThreads() const;

    //! A future that ends when some job would be accepted without another one being shed, which may be
    //! at once, and under a rate limit may take until there is a token; it ends canceled when the factory takes no more jobs. Needs no event loop, and ends
    //! at the moment when the room is there: a continuation may dispatch, but others who wait may be
    //! quicker. Where each worker has a limit of its own, there is room at one of them at least.
    [[nodiscard]] QFuture<void> whenCapacityAvailable();

    //! All counters at one instant.
    [[nodiscard]] Counters counters() const;
    //! The factory and, if wanted, each of its workers at one instant.
    [[nodiscard]] FactorySnapshot snapshot(bool withWorkers = true) const;
    //! Jobs completed per second, over the last three to four seconds. As a property, and over a
    //! shorter time, `FactoryMonitor` has it.
    [[nodiscard]] double throughput() const;
    //! How long completed jobs took, over all workers; or one of them, empty if there never was one.
    [[nodiscard]] Latencies latencies() const;
    [[nodiscard]] Latencies latencies(int worker) const;
    //! What has happened since the event of this number; the last 256 events are kept.
    [[nodiscard]] QList<FactoryEvent> eventsSince(quint64 number) const;

    // --- The jobs there are. Any thread. ---

    //! All jobs that run, and of those that wait so many at most: first those that workers have at hand,
    //! then those in the factory's queue and in the queues of workers, the next ones first. For people:
    //! takes the factory's lock for about a tenth of a microsecond for each. Of a `Queue` of your own that
    //! does not override `Queue::forEach()` only the next job is seen.
    [[nodiscard]] QList<JobSnapshot> jobs(int mostWaiting = 1000) const;
    //! Takes a waiting job out, which is never run then, or asks a running one to end as `interruptWorker()`
    //! does. Its outcome is `Canceled`, as if its future had been canceled; jobs that were dispatched need
    //! none. `id` as in `JobSnapshot`. Also while the factory stops. False if there is no such job any more.
    //! Takes its time from where in the queue the job is: some nanoseconds for each before it.
    Q_INVOKABLE bool cancelJob(quint64 id);
    //! The same for all that the filter picks, out of all that run or wait; returns how many. The filter is
    //! called on this thread, without any lock. While all of them are listed, the factory stands still: for
    //! about ten milliseconds if 100,000 wait.
    int cancelJobs(const JobFilter &filter);

    //! While it is traced, what the workers do is recorded, to be seen as a timeline. Each call of
    //! `beginTrace()` wants one of `endTrace()`; when the last has ended it, the record is gone. It costs
    //! short jobs some nanoseconds, and others a microsecond.
    void beginTrace();
    void endTrace();
    //! What has been recorded since the span of this number, in the order in which it ended; last those with the
    //! number 0, to which short jobs may still be added. Jobs that take less than a millisecond are not told apart.
    //! The last 16,384 spans are kept. What runs now is in `snapshot()`.
    [[nodiscard]] QList<TraceSpan> trace(quint64 since = 0) const;

    // --- Dead letters: jobs whose last attempt has failed ---

    //! The jobs that have failed for good: by an exception, by the loss of their worker, or, where their
    //! retry policy was to try again, by load shedding. The newest `deadLetterLimit`, the oldest first.
    //! Their futures have ended. They stay until the factory is destroyed, also after it has stopped.
    [[nodiscard]] Q_INVOKABLE QList<Millwright::DeadLetter> deadLetters() const;
    [[nodiscard]] int deadLetterCount() const;
    //! Submits the job of a dead letter anew: its key, message, label and options, as a first attempt
    //! and without a future; its time to live begins again. The letter is gone then; if the job fails
    //! again there will be another one. False if there is no such letter, if it is not
    //! `DeadLetter::isRetriable`, if the job was refused (the letter stays; the discard handler has
    //! seen the job, and may have taken the message), and once the factory drains or has stopped.
    Q_INVOKABLE bool retryDeadLetter(quint64 id);
    //! Destroys the dead letter and its job, on this thread. False if there is no such letter.
    Q_INVOKABLE bool dropDeadLetter(quint64 id);
    //! The same for all that there are now, or for those that the filter picks; returns how many were
    //! retried or dropped. The filter is called without any lock.
    Q_INVOKABLE int retryDeadLetters();
    int retryDeadLetters(const DeadLetterFilter &filter);
    Q_INVOKABLE int dropDeadLetters();
    int dropDeadLetters(const DeadLetterFilter &filter);

    // The counters as QML wants them.
    [[nodiscard]] double submitted() const { return double(counters().submitted); }
    [[nodiscard]] double completed() const { return double(counters().completed); }
    [[nodiscard]] double failed() const { return double(counters().failed); }
    [[nodiscard]] double discarded() const { return double(counters().discarded()); }
    [[nodiscard]] double discardedExpired() const;
    [[nodiscard]] double discardedShed() const;
    [[nodiscard]] double discardedRateLimited() const;
    [[nodiscard]] double discardedShutdown() const;
    [[nodiscard]] double canceled() const { return double(counters().canceled); }
    [[nodiscard]] double lost() const { return double(counters().lost); }
    [[nodiscard]] double retried() const { return double(counters().retried); }
    [[nodiscard]] double restarts() const { return double(counters().restarts); }
    [[nodiscard]] double stuck() const { return double(counters().stuck); }

    // The restart policy as QML wants it. Times are in milliseconds, fractions included.
    [[nodiscard]] int maximumRestarts() const { return restartPolicy().maximumRestarts; }
    void setMaximumRestarts(int restarts);
    [[nodiscard]] double restartInterval() const;
    void setRestartInterval(double milliseconds);
    [[nodiscard]] double restartBackoff() const;
    void setRestartBackoff(double milliseconds);
    [[nodiscard]] double restartBackoffFactor() const { return restartPolicy().backoffFactor; }
    void setRestartBackoffFactor(double factor);
    [[nodiscard]] double maximumRestartBackoff() const;
    void setMaximumRestartBackoff(double milliseconds);
    [[nodiscard]] double restartJitter() const { return restartPolicy().jitter; }
    void setRestartJitter(double fraction);

    // The rate limit as QML wants it. The interval is in milliseconds, fractions included.
    [[nodiscard]] double rateLimitRefill() const { return double(rateLimit().refill); }
    void setRateLimitRefill(double tokens);
    [[nodiscard]] double rateLimitInterval() const;
    void setRateLimitInterval(double milliseconds);
    [[nodiscard]] double rateLimitMaximum() const { return double(rateLimit().maximum); }
    void setRateLimitMaximum(double tokens);
    [[nodiscard]] double rateLimitInitial() const { return double(rateLimit().initial); }
    void setRateLimitInitial(double tokens);

    // The retry policy as QML wants it. Times are in milliseconds, fractions included.
    [[nodiscard]] int retryAttempts() const { return retryPolicy().maximumAttempts; }
    void setRetryAttempts(int attempts);
    [[nodiscard]] double retryBackoff() const;
    void setRetryBackoff(double milliseconds);
    [[nodiscard]] double retryBackoffFactor() const { return retryPolicy().backoffFactor; }
    void setRetryBackoffFactor(double factor);
    [[nodiscard]] double retryMaximumBackoff() const;
    void setRetryMaximumBackoff(double milliseconds);
    [[nodiscard]] double retryJitter() const { return retryPolicy().jitter; }
    void setRetryJitter(double share);
    [[nodiscard]] RetryOutcomes retryOn() const { return retryPolicy().on; }
    void setRetryOn(RetryOutcomes outcomes);
    // The dead man's switch as QML wants it. Times are in milliseconds.
    [[nodiscard]] int deadMansSwitchTimeout() const;
    void setDeadMansSwitchTimeout(int milliseconds);
    [[nodiscard]] StuckAction deadMansSwitchAction() const { return deadMansSwitch().action; }
    void setDeadMansSwitchAction(StuckAction action);
    [[nodiscard]] int deadMansSwitchGracePeriod() const;
    void setDeadMansSwitchGracePeriod(int milliseconds);
    [[nodiscard]] int deadMansSwitchMaximumCondemned() const
    {
        return deadMansSwitch().maximumCondemned;
    }
    void setDeadMansSwitchMaximumCondemned(int threads);

Q_SIGNALS:
    void nameChanged();
    void stateChanged();
    void errorStringChanged();
    void pausedChanged();
    void workerCountChanged();
    void threadCountChanged();
    void queueLimitChanged();
    void discardModeChanged();
    void highWaterMarkChanged();
    void lowWaterMarkChanged();
    void congestedChanged();
    //! There is room again after a job was refused or shed for the lack of it, or after
    //! `availableCapacity` was 0. As the notify signals, on the thread of the object and at most
    //! every 100 ms; `whenCapacityAvailable()` is quicker.
    void capacityAvailable();
    void rateLimitChanged();
    void rateLimitModeChanged();
    void failureActionChanged();
    void restartPolicyChanged();
    void retryPolicyChanged();
    void deadLetterLimitChanged();
    void deadMansSwitchChanged();
    //! This worker has given no sign of life for `elapsed` milliseconds, in the job of this key, or,
    //! if that is empty, in its own start or end. Once, until it has given one. On the thread of the
    //! object, which may be late if its event loop is; warning, counter and statistics layer are not.
    void workerStuck(int worker, const QString &key, qint64 elapsed);
    void condemnedThreadsChanged();
    void stopDeadlineChanged();
    void queueDepthChanged();
    void activeWorkersChanged();
    void crashLoopingWorkersChanged();
    void availableCapacityChanged();
    void countersChanged();
    //! Some have come or gone, though there may be as many as before.
    void deadLettersChanged();

protected:
    FactoryBase(FactorySettings settings, WorkerBuilder builder, QObject *parent);

    //! For factories that learn their settings after construction. Only before `start()`, on the
    //! object's thread, and before any job.
    void rebuild(FactorySettings settings, WorkerBuilder builder);

    //! What the destructor does; another call does nothing. For destructors of classes whose members are
    //! used by what runs until then.
    void shutDown();

    [[nodiscard]] Engine &engine() const { return *m_engine; }

    void timerEvent(QTimerEvent *event) override;

private:
    class Relay;
    struct Seen
    {
        FactoryState state = FactoryState::Idle;
        QString errorString;
        bool paused = false;
        int workerCount = 0;
        int queueLimit = 0;
        DiscardMode discardMode = DiscardMode::Newest;
        OnFailure onFailure = OnFailure::ReplaceWorker;
        RestartPolicy restartPolicy = {};
        DeadMansSwitch deadMansSwitch = {};
        int highWaterMark = -1;
        int lowWaterMark = -1;
        bool congested = false;
        qint64 roomReturns = 0;
        RateLimit rateLimit = {};
        RateLimitMode rateLimitMode = RateLimitMode::Reject;
        RetryPolicy retryPolicy = {};
        qsizetype deadLetterLimit = 0;
        quint64 deadLetterChanges = 0;
        int queueDepth = 0;
        int activeWorkers = 0;
        int crashLoopingWorkers = 0;
        int availableCapacity = 0;
        int condemnedThreads = 0;
        Counters counters;
    };

    [[nodiscard]] Seen look() const;
    void changeRateLimit(qint64 RateLimit::*member, double value, double least, const char *what);
    template<typename T>
    void changeRestartPolicy(T RestartPolicy::*member, T value);
    template<typename Change>
    void changeRetryPolicy(const Change &change);
    void changeDeadMansSwitch(int value, const char *what,
                              void (*change)(DeadMansSwitch &, int value));
    void watchEngine();
    void onEngineChanged();
    void notify();

    std::shared_ptr<Engine> m_engine;
    std::shared_ptr<Relay> m_relay;
    std::atomic<int> m_stopDeadline;
    Seen m_seen; // what the last notification told
    QElapsedTimer m_lastNotified;
    QBasicTimer m_timer;
};

} // namespace Millwright
