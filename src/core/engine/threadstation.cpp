// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/threadstation.h"

#ifdef MILLWRIGHT_STATION_DISPATCHER
#include "engine/stationdispatcher.h"
#endif

#include <QtCore/qcoreapplication.h>

#include <algorithm>

namespace Millwright {

namespace {

// How long a thread goes on taking jobs before it lets its event loop have a turn.
constexpr qint64 Turn = 2'000'000;
// How long a thread that has run out of work looks out for more before it sleeps, if more has come
// that soon of late. Waking a sleeping thread takes about as long.
constexpr qint64 LongestLinger = 50'000;
// Work that comes in a stream is fetched no more often than this. To fetch single jobs as they come
// is slower for both sides: they would pass the engine's lock to and fro for each.
constexpr qint64 FetchInterval = 5'000;
// It is a stream as long as there is no longer space between two jobs.
constexpr qint64 LongestSpace = 500;
// A longer gap counts as this one, so that a thread that wakes after an hour learns quickly.
constexpr qint64 LongGap = 1'000'000;

// QCoreApplication::instance() must not be asked by a thread that may outlive the application.
std::atomic<bool> hasApplication = false;

void noteApplication()
{
    hasApplication = true;
    qAddPostRoutine([] { hasApplication = false; });
}
Q_COREAPP_STARTUP_FUNCTION(noteApplication)

qint64 nanoseconds()
{
    return QDeadlineTimer::current(Qt::PreciseTimer).deadlineNSecs();
}

// A place among the threads of this process that may look out for work at the same time: one
// processor is left to whoever gives it. With a single processor there is none.
class LookOut
{
public:
    LookOut() : m_isAllowed(s_count.fetch_add(1, std::memory_order_relaxed) < most()) {}
    ~LookOut() { s_count.fetch_sub(1, std::memory_order_relaxed); }
    Q_DISABLE_COPY_MOVE(LookOut)

    [[nodiscard]] bool isAllowed() const { return m_isAllowed; }

private:
    static int most()
    {
        static const int count = QThread::idealThreadCount() - 1;
        return count;
    }

    inline static std::atomic<int> s_count = 0;
    const bool m_isAllowed;
};

void pauseUntil(qint64 time)
{
    while (nanoseconds() < time)
        relaxProcessor();
}

} // namespace

std::shared_ptr<Station> ThreadStationHost::createStation(const QString &name)
{
    return std::make_shared<ThreadStation>(name);
}

std::unique_ptr<Executor> ThreadStationHost::createExecutor()
{
    return std::make_unique<PoolExecutor>();
}

ThreadStation::ThreadStation(const QString &name) : m_meanGap(LongGap)
{
    setObjectName(name);
#ifdef MILLWRIGHT_STATION_DISPATCHER
    setEventDispatcher(new StationDispatcher);
#endif
    m_threshold.moveToThread(this);
    connect(
        this, &ThreadStation::doorbell, &m_threshold, [this] { answer(); }, Qt::QueuedConnection);
    connect(
        this, &QThread::finished, this,
        [this] {
            {
                // Whoever is ringing at this moment still uses what QThread is about to destroy.
                const QMutexLocker locker(&m_mutex);
                m_hasEnded = true;
            }
            if (m_engine) // run() has not come to its end
                m_engine->terminated(*this);
        },
        Qt::DirectConnection);
}

ThreadStation::~ThreadStation()
{
    delete eventDispatcher(); // of a thread that has never run
}

bool ThreadStation::open(const std::shared_ptr<Engine> &engine)
{
    m_engine = engine;
    start();
    const bool isThere = isRunning() || isFinished(); // or else Qt has printed why
    if (!isThere)
        m_engine.reset();
    const QMutexLocker locker(&m_mutex);
    m_isOpen = true;
    m_opened.wakeAll();
    return isThere;
}

bool ThreadStation::ring()
{
    const Bell before = m_bell.exchange(Bell::Rung, std::memory_order_acq_rel);
    if (before != Bell::Silent)
        return before == Bell::Lingering;
    const QMutexLocker locker(&m_mutex);
    if (m_hasEnded)
        return false;
    try {
#ifdef MILLWRIGHT_STATION_DISPATCHER
        const StationDispatcher::WakeScope scope;
        Q_EMIT doorbell();
        return scope.hasWokenSleeper();
#else
        Q_EMIT doorbell();
        return false;
#endif
    } catch (...) { // there is no memory for the event
        m_bell.store(Bell::Silent, std::memory_order_release);
        throw;
    }
}

void ThreadStation::close()
{
    m_closeRequested.store(true, std::memory_order_release);
    ring();
    quit();
}

// A thread that is still to be started has not ended, although QThread says so.
bool ThreadStation::join(QDeadlineTimer deadline)
{
    {
        const QMutexLocker locker(&m_mutex);
        while (!m_isOpen) {
            if (!m_opened.wait(&m_mutex, deadline))
                return false;
        }
    }
    return wait(deadline);
}

bool ThreadStation::isCurrent() const
{
    return QThread::currentThread() == this;
}

void ThreadStation::requestInterruption()
{
    QThread::requestInterruption();
}

void ThreadStation::terminate()
{
    QThread::terminate();
}

void ThreadStation::setTerminable(bool terminable)
{
    setTerminationEnabled(terminable);
}

void ThreadStation::run()
{
    setTerminable(false);
    // The event loop ends when the station is closed, or when a worker calls quit(): only the engine
    // decides. The first lets the last workers go even after the application object is gone, when
    // no event is delivered any more. A quit() from before the start is forgotten.
    if (m_closeRequested.load(std::memory_order_acquire))
        serve();
    while (!m_closed) {
        exec();
        if (!m_closed && m_closeRequested.load(std::memory_order_acquire))
            serve();
    }
    m_engine.reset();
}

void ThreadStation::answer()
{
    if (m_serving) { // a worker runs an event loop of its own inside a job
        m_missed = true;
        return;
    }
    m_bell.store(Bell::Silent, std::memory_order_release);
    noteGap();
    serve();
}

void ThreadStation::serve()
{
    m_serving = true;
    const qint64 start = nanoseconds();
    bool mayLinger = false;
    do {
        int fetched = 0;
        qint64 since = 0;
        for (;;) {
            const Order order = m_engine->next(*this);
            if (order.kind == Order::Rest) {
                mayLinger = order.mayLinger;
                break;
            }
            if (!order.isFurther) {
                ++fetched;
                since = nanoseconds();
            }
            carryOut(order);
            if (m_closed) {
                m_serving = false;
                quit();
                return;
            }
            // Without an application no event is delivered, and the next ring would not be heard.
            if (nanoseconds() >= start + Turn && hasApplication && m_engine->yield(*this)) {
                m_serving = false;
                if (std::exchange(m_missed, false)) // heard already, and not answered
                    m_bell.store(Bell::Silent, std::memory_order_release);
                ring();
                return;
            }
            if (fetched > 1 && order.isAll)
                gather(since + FetchInterval);
        }
    } while (linger(mayLinger));
    m_serving = false;
}

// Lets more jobs come, as long as they do.
void ThreadStation::gather(qint64 deadline) const
{
    qint64 seen = m_engine->submitted();
    for (qint64 now = nanoseconds(); now < deadline; now = nanoseconds()) {
        pauseUntil(now + LongestSpace);
        if (const qint64 submitted = m_engine->submitted(); submitted != seen)
            seen = submitted;
        else
            return;
    }
}

void ThreadStation::carryOut(const Order &order)
{
    Incarnation *incarnation = order.incarnation.get();
    switch (order.kind) {
    case Order::Run:
        while (AbstractJob *job = m_engine->begin(*incarnation))
            m_engine->perform(order.incarnation, *job);
        break;
    case Order::Conclude:
        m_engine->conclude(*incarnation);
        break;
    case Order::Build:
        m_engine->build(*incarnation);
        break;
    case Order::Dismantle:
        // Inside a nested event loop a slot of the worker may be on the stack.
        m_engine->dismantle(*incarnation, order.orderly, loopLevel() > 1);
        break;
    case Order::Close:
        m_closed = true;
        break;
    case Order::Rest:
    case Order::Again:
        break;
    }
}

// Looks out for the next ring, if rings have come soon of late. True if there is something to do.
bool ThreadStation::linger(bool mayLinger)
{
    if (std::exchange(m_missed, false)) {
        m_bell.store(Bell::Silent, std::memory_order_release);
        return true;
    }
    m_restingSince = nanoseconds();
    if (!mayLinger || m_meanGap > LongestLinger)
        return false;
    const LookOut lookOut;
    Bell silent = Bell::Silent;
    if (!lookOut.isAllowed() || !m_bell.compare_exchange_strong(silent, Bell::Lingering))
        return false;
    while (m_bell.load(std::memory_order_acquire) == Bell::Lingering
           && nanoseconds() - m_restingSince < LongestLinger) {
        relaxProcessor();
    }
    if (m_bell.exchange(Bell::Silent, std::memory_order_acq_rel) == Bell::Lingering)
        return false;
    noteGap();
    return true;
}

void ThreadStation::noteGap()
{
    const qint64 gap = std::min(nanoseconds() - m_restingSince, LongGap);
    m_meanGap += (gap - m_meanGap) / 4;
}

} // namespace Millwright
