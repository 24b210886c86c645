// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/insist.h"
#include "engine/section.h"
#include "prefetch.h"

#include <algorithm>
#include <array>

namespace Millwright {

namespace {

// For so many more, and for as many again as are there: others may follow.
void makeRoom(std::vector<AbstractJob *> &jobs, std::size_t count)
{
    if (jobs.capacity() - jobs.size() < count)
        jobs.reserve(2 * jobs.size() + count);
}

} // namespace

// --- What a station does next -----------------------------------------------------------------

Order Engine::next(Station &station)
{
    if (station.nextHand < station.handCount) // without the lock: it was dealt with the last one
        return nextHand(station);
    for (;;) {
        Order order;
        {
            Section section(*this);
            if (station.givenUp)
                break;
            // Jobs that are done are destroyed when the lock is released: before more are taken, for that
            // may take its time, unless they are short. Those that have to wait for it can be taken back.
            if (station.isAtWork()) {
                putDown(station, section);
                if (batchSize(Hand::Capacity) == 1) {
                    if (section.releases())
                        expect(station, section);
                    continue;
                }
            }
            order = decide(station, section);
            if (order.kind != Order::Run || !section.releases())
                return order;
        }
        order.incarnation->now = m_clock->now();
        return order;
    }
    return comeBack(station);
}

// No lock. Of those that were dealt together, one that is not the first: it begins when the one before has
// ended.
Order Engine::nextHand(Station &station)
{
    const int index = station.nextHand++;
    Incarnation &incarnation = *station.hands[std::size_t(index)];
    incarnation.now = station.hands[std::size_t(index - 1)]->now;
    return {.kind = Order::Run,
            .incarnation = incarnation.shared_from_this(),
            .isFurther = true,
            .isAll = station.handsAreAll && station.nextHand == station.handCount};
}

Order Engine::decide(Station &station, Section &section)
{
    m_expected.remove(station);
    if (station.activity != Station::Activity::Serving) {
        station.activity = Station::Activity::Serving;
        ++m_serving;
        relist(station);
        if (m_called == &station)
            m_called = nullptr;
        m_doubted = 0;
        m_isBurst = false;
        if (m_pinged == &station) {
            m_pinged = nullptr;
            section.pinged(std::max<qint64>(0, m_clock->now() - m_pingedAt));
        }
    }
    closeIfDrained(section);
    if (station.interrupted && !station.closing)
        retire(station, section);

    if (std::optional<Order> ended = nextEnded(station))
        return *ended;
    if (std::optional<Order> chore = nextChore(station, section))
        return *chore;

    for (int i = 0; mayRun(); ++i) {
        if (i == MostRefused)
            return {Order::Again};
        WorkerSlot *own = station.ready.first();
        WorkerSlot *shared = m_queued > 0 ? slotAt(station.parked.first()) : nullptr;
        if (m_queued > 0 && !shared && own && !own->leaving
            && m_waitingPlace == WaitingPlace::AtWorkers)
            shared = own; // nobody may ever be free, and these jobs lack a worker of their own
        if (!own && !shared)
            break;
        const bool takeOwn = own && !(shared && station.sharedTurn);
        station.sharedTurn = takeOwn;
        WorkerSlot &slot = takeOwn ? *own : *shared;
        if (take(slot, takeOwn, Hand::Capacity, section)) {
            if (takeOwn && !station.ready.isEmpty())
                takeMore(station, section);
            callNext(section);
            station.nextHand = 1;
            station.handsAreAll = m_queued == 0 && station.ready.isEmpty();
            return {.kind = Order::Run,
                    .incarnation = slot.incarnation,
                    .isAll = station.handsAreAll && station.handCount == 1};
        }
    }

    if (station.closing && station.hosted == 0) {
        end(station, section);
        return {Order::Close};
    }
    if (!station.chores.isEmpty()) // a worker whose last jobs have expired just now
        return {Order::Again};
    if (m_keepsKeyOrder && m_engagedCount == 0 && waitingInQueues() == 0 && m_keys.tidy())
        return {Order::Again};
    station.activity = Station::Activity::Quiet;
    --m_serving;
    relist(station);
    if (m_called && (m_pending.first() || m_queued > 0) && isCallLate(m_clock->now()))
        doubtCall(); // the next one gets this one's processor
    callNext(section);
    return {.mayLinger = m_serving + m_producing < m_parallelism};
}

bool Engine::yield(Station &station)
{
    if (station.nextHand < station.handCount) // short jobs
        return false;
    Section section(*this);
    if (station.givenUp || station.closing)
        return false;
    if (station.isAtWork())
        putDown(station, section);
    expect(station, section);
    callNext(section);
    return true;
}

// --- Waking -----------------------------------------------------------------------------------

// Wakes at most one station; when it comes, it wakes the next if there is still work. A thread that
// is woken for every job costs more than most jobs do.
void Engine::callOne(Section &section)
{
    if (!mayRun())
        return;
    if (m_called) { // looks on when it comes
        watch(section);
        return;
    }
    Station *pending = m_pending.first();
    if (!isWorthCalling(pending)) {
        if (m_watchAt != Never)
            return;
        noteLongJobs(m_clock->now()); // nobody has looked of late
        if (!isWorthCalling(pending)) {
            watch(section);
            return;
        }
    }
    Station &station = pending ? *pending : *m_quiet.first();
    m_called = &station;
    noteCall();
    station.activity = Station::Activity::Called;
    relist(station);
    ring(station, section);
    if (m_lifeTimeout > 0)
        expect(station, section);
    if (m_watchAt == Never && m_stations.size() > 1)
        section.watchIfLate(station);
}

// A station that was called calls the next one when it comes, and that is waited for, with exceptions. It may have to
// wait for a processor, until the thread that submits leaves it its own, although another one has nothing to do: some
// systems put a thread on the processor of the one that wakes it, and leave it there for milliseconds. So after a while
// another one is called. And when a burst comes, work for several processors, then so many are called at once: woken
// one after the other by one thread they are shared out better than if they wake each other.
void Engine::noteCall()
{
    if (m_serving == 0 && m_doubted == 0)
        m_isBurst = m_queued + m_ownQueued == 1; // until now nothing was under way
    m_calledAt = steadyNow();
    m_doubtAt = m_calledAt + (CallPatience << (m_isBurst ? 0 : std::min(m_doubted, MostPatience)));
    const int busy = m_serving + m_doubted + 1;
    m_doubtBeyond = std::numeric_limits<qsizetype>::max();
    if (!m_isBurst || busy + m_producing >= m_parallelism || m_meanRunTime <= 0)
        return;
    m_doubtBeyond = m_meanRunTime >= BatchTime ? 0 : qsizetype(WakeTime * busy / m_meanRunTime);
}

// Short jobs are done by as many threads as there are processors, and by fewer while little waits.
// Whether jobs are short is an estimate, so progress is watched while it holds a thread back.
bool Engine::isWorthCalling(bool isPending) const
{
    if (m_serving == 0 || mayBeLong())
        return true;
    if (isPending && m_extraServing > 0)
        return m_serving + m_producing < m_parallelism + m_extraServing;
    const bool hasProcessor = m_serving + m_producing < m_parallelism;
    return hasProcessor && double(m_queued + m_ownQueued) * m_meanRunTime > WakeTime * m_serving;
}

void Engine::relist(Station &station)
{
    const bool resting = station.activity == Station::Activity::Quiet;
    const bool quiet = resting && !station.parked.isEmpty();
    if (quiet && !m_quiet.contains(station))
        m_quiet.prepend(station);
    else if (!quiet)
        m_quiet.remove(station);
    const bool pending = resting && !station.ready.isEmpty();
    if (pending && !m_pending.contains(station))
        m_pending.append(station);
    else if (!pending)
        m_pending.remove(station);

    WorkerSlot *next = station.isAtWork() ? nullptr : station.ready.first();
    if (WorkerSlot *before = std::exchange(station.nextAtWork, next); before != next) {
        if (before)
            noteLoad(*before);
        if (next)
            noteLoad(*next);
    }

    using Appetite = Station::Appetite;
    const Appetite appetite = station.isAtWork()          ? Appetite::None
                              : !station.ready.isEmpty()  ? Appetite::OwnJobs
                              : !station.parked.isEmpty() ? Appetite::SharedJobs
                                                          : Appetite::None;
    if (appetite == station.appetite)
        return;
    noteAppetite(station.appetite, -1);
    noteAppetite(appetite, 1);
    station.appetite = appetite;
}

void Engine::noteAppetite(Station::Appetite appetite, int change)
{
    if (appetite == Station::Appetite::OwnJobs)
        m_idleWithOwn += change;
    else if (appetite == Station::Appetite::SharedJobs)
        m_idleForShared += change;
}

// Puts a worker into the lists it belongs to, after something about it has changed.
void Engine::relist(WorkerSlot &slot)
{
    Station &station = *slot.station;
    const bool up = slot.incarnation
                    && (slot.state == WorkerState::Idle || slot.state == WorkerState::Busy);
    const bool engaged = up && m_engaged.contains(*slot.incarnation);
    const bool ready = up && !engaged && slot.ownSize > 0;
    const bool free = up && !engaged && slot.ownSize == 0 && !slot.leaving;

    if (free != slot.isFree) {
        for (IdSet *set : {&station.parked, m_freeSlots ? &*m_freeSlots : nullptr}) {
            if (set && free)
                set->insert(slot.id);
            else if (set)
                set->remove(slot.id);
        }
        slot.isFree = free;
        m_free += free ? 1 : -1;
    }
    if (ready != station.ready.contains(slot)) {
        if (ready)
            station.ready.append(slot);
        else
            station.ready.remove(slot);
        m_ready += ready ? 1 : -1;
    }
    if (up)
        slot.state = engaged || ready ? WorkerState::Busy : WorkerState::Idle;
    relist(station);
}

// --- Hands ------------------------------------------------------------------------------------

// Where each worker has only a job or two, the thread would come for every one of them, and wait for the
// lock for longer than they take: it gets the hands of several workers at once. All of them together
// are no longer than one may be.
void Engine::takeMore(Station &station, Section &section)
{
    int most = batchSize(Hand::Capacity) - station.hands[0]->hand.count().end();
    for (int seen = 1; seen < Station::MostHands && most > 0; ++seen) {
        WorkerSlot *slot = station.ready.first();
        if (!slot || !take(*slot, true, most, section)) // what there was has expired
            return;
        most -= slot->dealt;
    }
}

// Fills the worker's hand from its own queue or from the factory's. False if nothing was left.
bool Engine::take(WorkerSlot &slot, bool own, int most, Section &section)
{
    Incarnation &incarnation = *slot.incarnation;
    const auto available = [&] { return own ? slot.ownSize : qsizetype(m_queued); };
    Queue &queue = queueOf(own ? &slot : nullptr);
    const qint64 now = steadyNow();
    queue.m_now = now;
    const int wanted = std::min(
        most, batchSize(own ? available() : available() / std::max(1, m_serving)));
    const std::span<AbstractJob *, Hand::Capacity> jobs = incarnation.hand.room();
    // Jobs that can end while they wait are on a list that they have to leave. Others need not be
    // touched here, where everybody else has to wait for it.
    const bool watched = !m_due.isEmpty() || !m_promised.isEmpty();
    const bool listed = isShedListed(own ? &slot : nullptr);
    const bool hasKeys = m_keepsKeyOrder && !own;
    const bool claims = hasKeys && (watched || listed || !postponeClaims(wanted));
    const bool touched = watched || listed || claims;

    int count = 0;
    for (int seen = 0; count < wanted && available() > 0 && seen < wanted + MostRedirected;) {
        const int end = count + int(std::min<qsizetype>(wanted - count, available()));
        seen += end - count;
        const std::span<AbstractJob *> popped = jobs.subspan(std::size_t(count),
                                                             std::size_t(end - count));
        if (queue.popMany(popped) < popped.size()) {
            qFatal("Millwright: the queue of factory \"%s\" holds %lld jobs but returned fewer. A "
                   "Queue must return every job that was pushed.",
                   qUtf8Printable(m_name), qlonglong(available()));
        }
        if (own) {
            slot.ownSize -= end - count;
            m_ownQueued -= end - count;
        } else {
            m_queued -= end - count;
        }
        if (!touched) {
            count = end;
            break;
        }
        if (claims) {
            prefetchKeys(popped);
        } else {
            for (const AbstractJob *job : popped)
                prefetch(&job->m_key);
        }
        for (AbstractJob *job : popped) {
            if (isToBeTaken(*job, slot, own, watched, section))
                jobs[std::size_t(count++)] = job;
        }
    }
    if (own && available() == 0 && count == 0)
        ownQueueEmptied(slot, section);
    if (count == 0)
        return false;

    incarnation.now = incarnation.takenAt = now;
    incarnation.fromOwnQueue = own;
    incarnation.deal = ++m_deals;
    if (m_lifeTimeout > 0) {
        incarnation.terminable = m_terminates;
        watchLife(section);
    }
    if (m_layer) {
        incarnation.layer = m_layer;
        incarnation.layerNumber = m_layerNumber.load(std::memory_order_relaxed);
    }
    incarnation.hand.deal(count);
    if (hasKeys && !claims) {
        Q_ASSERT(!m_unclaimed); // or else its worker is engaged
        m_unclaimed = &incarnation;
        m_unclaimedKeys = m_runnableKeys;
    }
    slot.dealt = count;
    m_engaged.append(incarnation);
    const bool isNext = !slot.station->isAtWork();
    if (count > 1 || !isNext)
        m_batches.append(incarnation);
    incarnation.isBehind = !isNext;
    m_behind += isNext ? 0 : 1;
    ++m_engagedCount;
    m_dealt += count;
    slot.station->add(incarnation);
    relist(slot);
    noteLoad(slot);
    if (count > 1 || !isNext || section.releases()) // not all are started at once
        watch(section);
    return true;
}

// A job that has just left its queue, and goes on the worker's hand. False if it has ended, or has gone
// elsewhere because of its key.
bool Engine::isToBeTaken(AbstractJob &job, WorkerSlot &slot, bool own, bool watched,
                         Section &section)
{
    if (watched) {
        forgetWaiting(job);
        if (job.isExpired(queueOf(own ? &slot : nullptr).m_now)) {
            m_shedable.remove(job);
            uncountKey(job, own ? Standing::WithHolder : Standing::InQueue);
            releaseKey(job, section);
            section.discard(job, DiscardReason::TtlExpired);
            return false;
        }
    }
    if (job.m_key && !own && !claimKey(job, slot, section))
        return false;
    m_shedable.remove(job);
    return true;
}

// Of so many jobs that nobody else is to have.
int Engine::batchSize(qsizetype share) const
{
    if (m_meanRunTime < 0 || m_meanRunTime >= BatchTime)
        return 1;
    const double fit = BatchTime / std::max(1.0, m_meanRunTime);
    return int(std::clamp<qsizetype>(std::min(qsizetype(fit), share), 1, Hand::Capacity));
}

// Brings what the worker has done without the lock into the counters.
void Engine::account(Incarnation &incarnation)
{
    const int settled = incarnation.hand.count().settled();
    const int done = settled - incarnation.accounted;
    incarnation.accounted = settled;
    incarnation.slot->completed += done;
    m_counters.completed += done;
}

// The thread has worked through what it was dealt.
void Engine::putDown(Station &station, Section &section)
{
    // They stand there until more are dealt.
    const std::span<Incarnation *const> atWork = station.atWork();
    station.putDown();
    int settled = 0;
    for (const Incarnation *incarnation : atWork)
        settled += incarnation->hand.count().settled();
    if (settled > 0 && !m_asynchronous) {
        const double mean = double(atWork.back()->now - atWork.front()->takenAt) / settled;
        // Among short jobs there are long ones, behind which the others would wait: those are remembered for
        // longer.
        const double weight = mean > m_meanRunTime ? 1. / 8 : std::min(1. / 8, settled / 32.);
        m_meanRunTime = m_meanRunTime < 0 ? mean : m_meanRunTime + (mean - m_meanRunTime) * weight;
    }
    for (Incarnation *incarnation : atWork) {
        if (m_engaged.contains(*incarnation))
            putDown(*incarnation, section);
        else // all was taken back before it came to it
            relist(station);
        if (incarnation->layer)
            releaseLayer(*incarnation, section);
    }
    section.release(station.settled());
}

void Engine::putDown(Incarnation &incarnation, Section &section)
{
    account(incarnation);
    const Hand::Count count = incarnation.hand.count();
    Q_ASSERT(count.settled() == count.end());
    const std::span<AbstractJob *const> done = incarnation.hand.settledJobs();
    incarnation.station.settle(done);
    m_dealt -= count.end();
    incarnation.hand.clear();
    incarnation.accounted = 0;
    disengage(incarnation);

    WorkerSlot &slot = *incarnation.slot;
    slot.dealt = 0;
    relist(slot);
    noteLoad(slot);
    if (m_unclaimed == &incarnation) {
        releaseUnclaimed(done);
    } else if (m_keepsKeyOrder) {
        for (const AbstractJob *job : done) {
            if (job && job->m_key)
                prefetchForWriting(&job->m_key->done, sizeof(KeyUse::done));
        }
        for (AbstractJob *job : done) {
            if (!job)
                continue;
            uncountKey(*job, Standing::WithHolder);
            releaseKey(*job, section);
        }
    }
    if (slot.leaving)
        dismiss(slot, section);
    if (incarnation.station.closing
        && (slot.state == WorkerState::Idle || slot.state == WorkerState::Busy)) {
        addChore(slot, WorkerState::Stopping, section); // it moves, or all go
    }
}

void Engine::releaseLayer(Incarnation &incarnation, Section &section)
{
    if (incarnation.layer != m_layer) // or else it is not the last one
        section.release(std::move(incarnation.layer));
    incarnation.layer.reset();
    incarnation.layerNumber = 0;
}

// Takes what the worker has in hand but has not started.
void Engine::takeBack(Incarnation &incarnation, TakenBack &jobs)
{
    Hand &hand = incarnation.hand;
    insist([&] { // what was taken from others is lost if this throws
        const auto most = std::size_t(hand.count().end());
        makeRoom(jobs.unstarted, most);
        makeRoom(jobs.lastDone, most);
    });
    if (m_unclaimed == &incarnation)
        claimKeys();
    const int count = hand.revoke();
    const Hand::Count left = hand.count();
    m_dealt -= count;
    for (int i = left.end(); i < left.end() + count; ++i) {
        AbstractJob *job = hand.at(i);
        job->m_slot = incarnation.fromOwnQueue ? incarnation.slot : nullptr;
        uncountKey(*job, Standing::WithHolder);
        jobs.unstarted.push_back(job);
    }
    // The running one may last: nobody else is to wait for it because of what is done.
    if (m_keepsKeyOrder) {
        for (int i = 0; i < left.settled(); ++i) {
            AbstractJob *job = hand.at(i);
            if (!job || !job->m_key)
                continue;
            uncountKey(*job, Standing::WithHolder);
            if (job->m_key->isAwaited && job->m_key->held() == 0)
                jobs.lastDone.push_back(job);
            else
                job->m_key = nullptr;
        }
    }
    if (!incarnation.slot)
        return;
    incarnation.slot->dealt = left.end();
    const bool isBehind = incarnation.station.handCount > 1 && m_engaged.contains(incarnation);
    if (left.end() == 0 && isBehind) { // its thread is at another one
        disengage(incarnation);
        relist(*incarnation.slot);
    }
    noteLoad(*incarnation.slot);
}

void Engine::takeBackAll(Section &section)
{
    TakenBack jobs;
    for (Incarnation *i = m_engaged.first(), *next = nullptr; i; i = next) {
        next = m_engaged.next(*i);
        takeBack(*i, jobs);
    }
    putBack(jobs, section);
}

// Jobs that were taken back are next where they came from, in the order in which they had come. Where
// others of their key stay with the worker they stay, too.
void Engine::putBack(TakenBack &jobs, Section &section)
{
    std::sort(jobs.unstarted.begin(), jobs.unstarted.end(),
              [](const AbstractJob *a, const AbstractJob *b) { return a->m_order > b->m_order; });
    for (AbstractJob *job : jobs.unstarted) {
        const KeyUse *use = job->m_key;
        const bool stays = use && (use->held() > 0 || !use->parked.isEmpty());
        WorkerSlot *slot = stays ? use->holder : job->m_slot;
        insist([&] { enqueue(*job, slot, End::Front, section); });
        if (slot && slot->station->ready.contains(*slot)) { // in its turn again, as well
            slot->station->ready.remove(*slot);
            slot->station->ready.prepend(*slot);
            relist(*slot->station);
        }
    }
    for (AbstractJob *job : jobs.lastDone)
        releaseKey(*job, section);
}

// Hands of one job are left out, which is about to be started. What is left are few, since short jobs are done
// by few threads.
qint64 Engine::waitingInHands(Origin origin) const
{
    qint64 waiting = 0;
    for (const Incarnation *i = m_batches.first(); i; i = m_batches.next(*i)) {
        if (origin == Origin::Anywhere || !i->fromOwnQueue)
            waiting += i->waitingInHand();
    }
    return waiting;
}

// Those that others could do: where jobs of one key stay together, one of each key, and none of the one that
// is at work.
qint64 Engine::movableInHands() const
{
    if (!m_keepsKeyOrder)
        return waitingInHands(Origin::Queue);
    qint64 movable = 0;
    for (const Incarnation *i = m_batches.first(); i; i = m_batches.next(*i)) {
        const Hand::Count count = i->hand.count();
        if (i->fromOwnQueue || count.isSeized() || count.settled() == count.end())
            continue;
        std::array<quint64, Hand::Capacity> keys;
        int size = 0;
        for (int index = count.settled(); index < count.end(); ++index) {
            if (const AbstractJob *job = i->hand.at(index)) // or else it has just ended
                keys[std::size_t(size++)] = job->m_keyHash;
        }
        std::sort(keys.begin(), keys.begin() + size);
        const auto end = std::unique(keys.begin(), keys.begin() + size);
        const bool isAtWork = count.running() > 0 || !i->isBehind;
        movable += std::max<qint64>(0, (end - keys.begin()) - (isAtWork ? 1 : 0));
    }
    return movable;
}

} // namespace Millwright
