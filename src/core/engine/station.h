// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../lifecycle/executor.h"
#include "idset.h"
#include "workerslot.h"

#include <QtCore/qdeadlinetimer.h>

#include <array>
#include <memory>
#include <span>
#include <vector>

namespace Millwright {

class Engine;

//! A thread on which workers live, as the engine sees it: something that comes and calls
//! `Engine::next()` after it was rung. The engine decides which worker does what on it.
class MILLWRIGHT_CORE_EXPORT Station : public std::enable_shared_from_this<Station>
{
public:
    virtual ~Station();

    //! Makes the thread exist; false if the system has none left. Called without the engine's lock: once,
    //! and again where it was in vain.
    [[nodiscard]] virtual bool open(const std::shared_ptr<Engine> &engine) = 0;
    //! Makes the thread call `Engine::next()` soon. True if it does so at once, for it had nothing else to
    //! do. Any thread, without the engine's lock.
    virtual bool ring() = 0;
    //! Like `ring()`, and makes the thread end when `next()` says so even if no event can be
    //! delivered to it any more.
    virtual void close() = 0;
    //! Waits for the end of the thread; false when it has not ended by the deadline. The end of one
    //! that is still to be opened is still to come.
    [[nodiscard]] virtual bool join(QDeadlineTimer deadline) = 0;
    //! True on the thread of the station.
    [[nodiscard]] virtual bool isCurrent() const = 0;
    //! Asks what runs there to come to an end: `QThread::requestInterruption()`.
    virtual void requestInterruption() = 0;
    //! Stops what runs there, wherever it is, and ends the thread: `QThread::terminate()`. The engine
    //! learns of the end by `Engine::terminated()`.
    virtual void terminate() = 0;
    //! On the thread of the station: whether `terminate()` may do so now, or has to wait. At first it has
    //! to.
    virtual void setTerminable(bool terminable) = 0;

protected:
    Station() = default;
    Q_DISABLE_COPY_MOVE(Station)

    //! Lock held. Whose hands it works through, those that it is done with included.
    [[nodiscard]] std::span<Incarnation *const> atWork() const
    {
        return {hands.data(), std::size_t(handCount)};
    }

private:
    friend class Engine;

    [[nodiscard]] bool isAtWork() const { return handCount > 0; }
    void add(Incarnation &incarnation) { hands[std::size_t(handCount++)] = &incarnation; }
    void putDown() { handCount = nextHand = doneCount = 0; }
    void settle(std::span<AbstractJob *const> jobs)
    {
        if (!jobs.empty())
            done[std::size_t(doneCount++)] = jobs;
    }
    [[nodiscard]] std::span<const std::span<AbstractJob *const>> settled() const
    {
        return {done.data(), std::size_t(doneCount)};
    }

    enum class Activity : quint8 { Quiet, Called, Serving };
    // What the thread will take next: nothing while it is at work or has no worker to take it.
    enum class Appetite : quint8 { None, OwnJobs, SharedJobs };

    Activity activity = Activity::Quiet;
    Appetite appetite = Appetite::None;
    bool closing = false; // no worker will be placed here again
    bool givenUp = false; // whatever it still does is ignored
    bool absent = false; // could not be opened
    bool interrupted = false; // `requestInterruption()` cannot be taken back
    bool sharedTurn = false; // the factory's queue is served before the workers' own
    int hosted = 0; // slots that live here
    int lastWorker = -1; // that has left
    WorkerSlot *nextAtWork = nullptr; // takes one of its own jobs as soon as the thread comes
    // The workers whose hands it works through, one after the other. Changed by its own thread alone, with
    // the lock; where it is among them is known to nobody else.
    static constexpr int MostHands = 16;
    std::array<Incarnation *, MostHands> hands{};
    int handCount = 0;
    int nextHand = 0;
    bool handsAreAll = false; // there was nothing else that it could do
    // The jobs of the hands before these: to be destroyed, without the lock.
    std::array<std::span<AbstractJob *const>, MostHands> done;
    int doneCount = 0;
    IntrusiveList<Incarnation, &Incarnation::endedLink> ended; // suspended, to be concluded
    std::vector<std::shared_ptr<Incarnation>> left; // given up, to be destroyed on this thread
    IdSet parked; // workers with nothing to do
    IntrusiveList<WorkerSlot, &WorkerSlot::readyLink> ready; // with jobs of their own
    IntrusiveList<WorkerSlot, &WorkerSlot::choreLink> chores; // to be built or dismantled
    ListLink<Station> quietLink;
    ListLink<Station> pendingLink;
    qint64 expectedSince = 0; // it should come to do something, or at least had nothing to do
    Vigil vigil;
    ListLink<Station> expectedLink;
};

//! Where the threads of a factory come from. The seam through which tests run without threads.
class MILLWRIGHT_CORE_EXPORT StationHost
{
public:
    virtual ~StationHost();

    [[nodiscard]] virtual std::shared_ptr<Station> createStation(const QString &name) = 0;
    [[nodiscard]] virtual std::unique_ptr<Executor> createExecutor() = 0;
};

} // namespace Millwright
