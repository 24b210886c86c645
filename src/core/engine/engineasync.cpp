// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/section.h"
#include "job/failure.h"
#include "logging.h"

namespace Millwright {

// --- Jobs that go on after run() has returned --------------------------------------------------

void Engine::perform(const std::shared_ptr<Incarnation> &incarnation, AbstractJob &job)
{
    const std::unique_ptr<Failure> failure = execute(*incarnation, job);
    if (!job.m_asynchronous || failure) {
        finish(*incarnation, job, failure.get());
    } else if (!job.isPending()) {
        conclude(*incarnation, job);
    } else {
        suspend(incarnation, job);
        return;
    }
    incarnation->takeSpare(); // nobody needs it any more
}

// The worker stays engaged, with this job as its running one; the thread is free for others. An
// asynchronous job is alone in its hand, so nobody waits behind it.
void Engine::suspend(const std::shared_ptr<Incarnation> &incarnation, AbstractJob &job)
{
    bool givenUp = false;
    bool isCalledOff = false;
    {
        Section section(*this);
        givenUp = !incarnation->slot;
        isCalledOff = incarnation->hand.count().isCalledOff(); // before it was suspended
        if (!givenUp) {
            incarnation->suspended = true;
            Q_ASSERT(incarnation->station.handCount == 1);
            incarnation->station.putDown();
            relist(incarnation->station);
        }
    }
    if (isCalledOff)
        job.callOff();
    if (givenUp) {
        finish(*incarnation, job, nullptr);
        return;
    }
    incarnation->pendingJob = &job;
    incarnation->suspension = job.suspend(
        [engine = weak_from_this(), weak = std::weak_ptr(incarnation)] {
            const auto self = engine.lock();
            const auto ended = weak.lock();
            if (self && ended)
                self->resume(*ended);
        });
}

// Any thread: the job has ended, and its worker's thread is to conclude it.
void Engine::resume(Incarnation &incarnation)
{
    Section section(*this);
    if (!incarnation.suspended || incarnation.station.ended.contains(incarnation))
        return;
    incarnation.station.ended.append(incarnation);
    summon(incarnation.station, section);
}

std::optional<Order> Engine::nextEnded(Station &station)
{
    Incarnation *incarnation = station.ended.first();
    if (!incarnation)
        return std::nullopt;
    forgetSuspended(*incarnation);
    station.add(*incarnation);
    station.nextHand = station.handCount;
    relist(station);
    return Order{Order::Conclude, incarnation->slot->incarnation};
}

// Lock held. Nothing happens if it is not suspended.
void Engine::forgetSuspended(Incarnation &incarnation)
{
    if (std::exchange(incarnation.suspended, false))
        incarnation.station.ended.remove(incarnation);
}

void Engine::conclude(Incarnation &incarnation)
{
    incarnation.suspension.reset();
    conclude(incarnation, *std::exchange(incarnation.pendingJob, nullptr));
    incarnation.takeSpare();
}

// A future also ends canceled if its promise is destroyed first, which looks as if somebody had asked for it.
void Engine::adviseToKeepPromises(const Incarnation &incarnation, AbstractJob &job)
{
    const bool isAskedFor = incarnation.hand.count().isCalledOff()
                            || incarnation.hand.count().isSeized()
                            || (job.m_promised && job.promiseLink()->isCancelRequested());
    if (isAskedFor || m_hasAdvisedPromises.exchange(true))
        return;
    qCInfo(
        lcMillwright,
        "Factory \"%s\": the future that process() returned for job \"%s\" ended canceled, though "
        "nobody had asked for that. Where this is not what the worker wants, let it keep the "
        "QPromise until finish().",
        qUtf8Printable(m_name), qUtf8Printable(keyTextOf(job)));
}

void Engine::conclude(Incarnation &incarnation, AbstractJob &job)
{
    bool canceled = false;
    const auto failure = attempt([&] { canceled = !job.conclude(); });
    if (canceled) {
        adviseToKeepPromises(incarnation, job);
        incarnation.now = std::max(incarnation.now, m_clock->now());
        if (isTraced())
            trace(incarnation, job, Outcome::Canceled);
        endUnrun(incarnation, job, Outcome::Canceled);
    } else {
        finish(incarnation, job, failure.get());
    }
}

} // namespace Millwright
