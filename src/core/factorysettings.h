// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lifecycle/controller.h"
#include "lifecycle/hook.h"
#include "queueing/queue.h"
#include "routing/ratelimiter.h"
#include "routing/router.h"
#include "supervision/deadmansswitch.h"
#include "supervision/restartpolicy.h"
#include "supervision/retrypolicy.h"

#include <QtCore/qthread.h>

#include <chrono>
#include <memory>

namespace Millwright {

class StatisticsLayer;

//! Everything that is decided about a factory when it is made. Each has a default that is right for
//! a desktop application, so name only what differs:
//! \code
//! Millwright::Factory<HashWorker> hashing({.name = "hashing", .workerCount = 4});
//! \endcode
struct FactorySettings
{
    //! No queue limit.
    static constexpr qsizetype Unlimited = -1;

    //! For people: shown in dashboards and logs, and part of the names of the threads.
    QString name = {};
    //! How many workers there are; 0 lets jobs wait. The default is one for each processor.
    int workerCount = QThread::idealThreadCount();
    //! 0, the default, gives each worker a QThread of its own. A positive number lets all workers
    //! share that many threads: right for many workers that mostly wait.
    int threadCount = 0;
    //! Chooses the worker of each job: `queuer()`, the default, `roundRobin()`, `keyPersistent()`,
    //! `stickyQueuer()`, `leastLoaded()`, `customHash()`, or a router of your own.
    RouterBuilder router = {};
    //! Where jobs wait. The default is `fifoQueue()`.
    QueueBuilder queue = {};
    //! How many jobs may wait; those that run do not count. With 0, a job runs at once or is shed.
    //! A router that lets jobs wait at the workers makes it a limit for each worker.
    qsizetype queueLimit = Unlimited;
    DiscardMode discardMode = DiscardMode::Newest;
    //! The factory is `congested` from the moment when more jobs than this wait. The default is never.
    qsizetype highWaterMark = Unlimited;
    //! It is no longer when no more than this wait. The default is half of `highWaterMark`.
    qsizetype lowWaterMark = Unlimited;
    //! How often jobs may be accepted. The default is as often as they come.
    RateLimit rateLimit = {};
    //! A limiter of your own in place of `rateLimit`: see `customLimiter()`.
    RateLimiterBuilder rateLimiter = {};
    RateLimitMode rateLimitMode = RateLimitMode::Reject;
    OnFailure onFailure = OnFailure::ReplaceWorker;
    //! How often workers that fail are replaced at once, and how long they wait if that does not help.
    RestartPolicy restartPolicy = {};
    //! Whether and when jobs are tried again that say nothing of it in their options. The default is
    //! never.
    RetryPolicy retry = {};
    //! How many jobs whose last attempt has failed are kept, with their messages, to be looked at and
    //! retried: the newest. They are destroyed with the factory, or when they make room. With 0 none is
    //! kept: a job that has failed is destroyed at once.
    qsizetype deadLetterLimit = 100;
    //! What is done about workers that hang. The default is nothing.
    DeadMansSwitch deadMansSwitch = {};
    //! How long the destructor waits for running jobs before it gives their workers up.
    std::chrono::milliseconds stopDeadline = std::chrono::seconds(5);
    //! Is told what happens in the factory. The default is nobody.
    std::shared_ptr<StatisticsLayer> statistics = {};

    // Controllers are called like hooks, see below, while the factory is running.

    //! Sets the worker count. The default is none: it stays as it was set.
    CapacityController capacityController = {};
    //! Sets the queue limit. The default is none.
    QueueLimitController queueLimitController = {};

    // Hooks. Each is called at most once, through Qt Concurrent, on a thread of the factory's own that
    // exists while it is needed; never on the thread of the factory or on one of its workers.

    //! Called when all workers are up and nothing has run; jobs wait until it has ended, and the
    //! factory is `Starting` so long, also if it drains already. If the hook throws, or if the future
    //! that it returned fails or is canceled, the factory ends as `FactoryState::Failed`:
    //! `FactoryBase::errorString()` says why, waiting jobs are discarded (`Shutdown`), and the
    //! workers go.
    Hook onStarted = {};
    //! Called when a factory that was open for work begins to drain or to stop. Running jobs go on
    //! meanwhile; the workers of a draining factory stay until the hook has ended. If it throws, that
    //! is logged, and nothing else happens.
    Hook onDraining = {};
    //! Called when nothing runs any more and the workers of a factory that was open for work are gone.
    //! The factory is `Stopped` when the hook has ended. If it throws, that is logged.
    Hook onStopped = {};
};

} // namespace Millwright
