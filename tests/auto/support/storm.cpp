// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "storm.h"

#include "dice.h"
#include "expectations.h"
#include "stormworker.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>

#include <array>
#include <deque>
#include <thread>

namespace Storm {

using namespace std::chrono_literals;
using Support::Dice;

namespace {

constexpr int Producers = 3;
constexpr int KeysOfEach = 4;
static_assert(Producers * KeysOfEach < Scene::Keys); // one is for what is submitted inside
constexpr auto Forever = 60s;

//! Threads of this process, without that of the clock, which all factories share and which goes when
//! it has had nothing to do for long. -1 where that cannot be seen.
int threadCount()
{
    const QDir tasks(QStringLiteral("/proc/self/task"));
    int count = tasks.exists() ? 0 : -1;
    for (const QString &task : tasks.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        QFile name(tasks.filePath(task + QStringLiteral("/comm")));
        if (name.open(QFile::ReadOnly) && !name.readAll().startsWith("Millwright cloc"))
            ++count;
    }
    return count;
}

//! Only what the library says may be said, and is not shown: nothing that Qt complains about.
class Silence
{
public:
    explicit Silence(Scene &scene)
    {
        s_scene = &scene;
        m_before = qInstallMessageHandler(handle);
    }
    ~Silence()
    {
        qInstallMessageHandler(m_before);
        s_scene = nullptr;
    }
    Q_DISABLE_COPY_MOVE(Silence)

private:
    static void handle(QtMsgType type, const QMessageLogContext &context, const QString &text)
    {
        const bool isOurs = QByteArrayView(context.category).startsWith("millwright");
        if (!isOurs || type == QtCriticalMsg || type == QtFatalMsg)
            s_scene.load()->complain(text);
    }

    static inline std::atomic<Scene *> s_scene = nullptr;
    QtMessageHandler m_before;
};

template<typename Result>
class Run
{
public:
    Run(quint64 seed, Size size)
        : m_seed(seed)
        , m_size(size)
        , m_dice(seed)
        , m_isWild(m_dice.below(3) > 0)
        , m_scene(seed, !m_isWild && m_dice.oneIn(2))
    {
    }

    QStringList operator()(Tally &tally);

private:
    using Worker = StormWorker<Result>;
    using Job = typename Worker::Job;

    struct Promised
    {
        QFuture<int> future;
        Record *record;
    };
    //! What one thread does that submits jobs.
    struct Producer
    {
        std::deque<Record> records;
        std::vector<Promised> promised;
        qint64 refused = 0;
    };

    [[nodiscard]] FactorySettings settings();
    [[nodiscard]] RouterBuilder router();
    [[nodiscard]] JobOptions options(Dice &dice) const;
    [[nodiscard]] RetryPolicy retryPolicy(Dice &dice) const;
    [[nodiscard]] DeadMansSwitch deadMansSwitch(Dice &dice) const;
    [[nodiscard]] Deed deed(Dice &dice) const;

    void produce(int which);
    void submitInside();
    void control();
    void change(Dice &dice);
    void end(Dice &dice);
    void watch();
    void check(Tally &tally);
    [[nodiscard]] qint64 jobsOfEach() const { return m_size == Size::Large ? 20'000 : 150; }

    const quint64 m_seed;
    const Size m_size;
    Dice m_dice;
    const bool m_isWild;
    Scene m_scene;
    const std::shared_ptr<RecordingLayer> m_layer = std::make_shared<RecordingLayer>();
    std::unique_ptr<Factory<Worker>> m_factory;
    std::array<Producer, Producers> m_producers;
    std::mutex m_insideMutex;
    std::deque<Record> m_inside; // of jobs that were submitted by jobs
    std::atomic<qint64> m_produced = 0;
    std::atomic<bool> m_isOver = false;
    std::atomic<qint64> m_handled = 0; // discarded jobs
    Counters m_last;
    qint64 m_condemned = 0;
    qint64 m_unclean = 0;
    qint64 m_looks = 0;
};

// --- What the factory is like -----------------------------------------------------------------

template<typename Result>
RouterBuilder Run<Result>::router()
{
    if (m_scene.isOrderly) {
        switch (m_dice.below(3)) {
        case 0:
            return keyPersistent();
        case 1:
            return stickyQueuer();
        default:
            return customHash<Key>([](const Key &key, int) { return std::size_t(key.number); });
        }
    }
    switch (m_dice.below(6)) {
    case 0:
        return queuer();
    case 1:
        return roundRobin();
    case 2:
        return keyPersistent();
    case 3:
        return stickyQueuer();
    case 4:
        return leastLoaded();
    default:
        return customHash<Key>([](const Key &key, int) { return std::size_t(key.number); });
    }
}

template<typename Result>
FactorySettings Run<Result>::settings()
{
    FactorySettings settings;
    settings.name = QStringLiteral("storm");
    settings.workerCount = 1 + m_dice.below(5);
    settings.threadCount = m_dice.oneIn(2) ? 0 : 1 + m_dice.below(3);
    settings.router = router();
    if (!m_scene.isOrderly && m_dice.oneIn(3))
        settings.queue = priorityQueue();
    settings.queueLimit = m_dice.oneIn(2) ? -1 : m_dice.below(40);
    settings.discardMode = m_dice.oneIn(2) ? DiscardMode::Newest : DiscardMode::Oldest;
    settings.onFailure = m_dice.oneIn(2) ? OnFailure::KeepWorker : OnFailure::ReplaceWorker;
    settings.restartPolicy = {.maximumRestarts = m_dice.below(4),
                              .interval = 20ms,
                              .backoff = 1ms,
                              .maximumBackoff = 4ms};
    if (!m_scene.isOrderly)
        settings.retry = retryPolicy(m_dice);
    settings.deadLetterLimit = m_dice.below(30);
    if (m_isWild)
        settings.deadMansSwitch = deadMansSwitch(m_dice);
    settings.stopDeadline = std::chrono::milliseconds(m_dice.below(100));
    settings.statistics = m_layer;
    return settings;
}

template<typename Result>
RetryPolicy Run<Result>::retryPolicy(Dice &dice) const
{
    return {.maximumAttempts = 1 + dice.below(3),
            .backoff = std::chrono::milliseconds(dice.below(3)),
            .on = RetryOutcomes(dice.below(8))};
}

template<typename Result>
DeadMansSwitch Run<Result>::deadMansSwitch(Dice &dice) const
{
    return {.timeout = std::chrono::milliseconds(10 + dice.below(20)),
            .action = dice.oneIn(6) ? StuckAction::Log : StuckAction::Replace,
            .gracePeriod = std::chrono::milliseconds(dice.below(10)),
            .maximumCondemned = dice.below(12)};
}

template<typename Result>
JobOptions Run<Result>::options(Dice &dice) const
{
    JobOptions options;
    if (dice.oneIn(8))
        options.timeToLive = std::chrono::microseconds(1 + dice.below(20'000));
    if (m_scene.isOrderly)
        return options;
    if (dice.oneIn(2))
        options.priority = Priority(dice.below(5));
    if (dice.oneIn(8))
        options.discardable = false;
    if (dice.oneIn(6))
        options.retry = retryPolicy(dice);
    return options;
}

template<typename Result>
Deed Run<Result>::deed(Dice &dice) const
{
    if (m_size == Size::Large && !dice.oneIn(50))
        return Deed::Nothing;
    if (m_isWild && dice.oneIn(20))
        return Deed::Hang;
    switch (dice.below(12)) {
    case 0:
        return Deed::Throw;
    case 1:
        return Deed::WaitForCancel;
    case 2:
        return Deed::Beat;
    case 3:
        return m_scene.isOrderly ? Deed::Work : Deed::Submit;
    case 4:
        return Deed::WaitInEvents;
    case 5:
        return Deed::Work;
    default:
        return Deed::Nothing;
    }
}

// --- What is done to it -----------------------------------------------------------------------

template<typename Result>
void Run<Result>::produce(int which)
{
    Dice dice(m_seed * 31 + quint64(which));
    Producer &own = m_producers[std::size_t(which)];
    for (qint64 i = 0; i < jobsOfEach(); ++i) {
        const int key = dice.below(KeysOfEach);
        Record &record = own.records.emplace_back();
        const Key full{which * KeysOfEach + key, &record};
        const Deed deed = this->deed(dice);
        switch (dice.below(12)) {
        case 0:
            if (!m_factory->dispatchFor(full, Message(deed, i + 1), 3ms, options(dice)))
                ++own.refused;
            break;
        case 1:
            own.promised.push_back(
                {m_factory->submitFor(full, Message(deed, i + 1), 3ms, options(dice)), &record});
            break;
        case 2:
            if (!m_scene.isOrderly && dice.oneIn(8)) {
                for (const auto &future : m_factory->broadcast(full, Message(deed, i + 1)))
                    own.promised.push_back({future, &record});
                break;
            }
            [[fallthrough]];
        case 3:
        case 4:
        case 5:
            own.promised.push_back(
                {m_factory->submit(full, Message(deed, i + 1), options(dice)), &record});
            break;
        default:
            if (!m_factory->dispatch(full, Message(deed, i + 1), options(dice)))
                ++own.refused;
        }
        if (dice.oneIn(10) && !own.promised.empty())
            own.promised[std::size_t(dice.below(int(own.promised.size())))].future.cancel();
        m_produced.fetch_add(1, std::memory_order_relaxed);
        // Not all is over before anything has begun.
        const QDeadlineTimer patience(2ms);
        while (m_size == Size::Small && m_factory->queueDepth() > 10 && !patience.hasExpired())
            QThread::yieldCurrentThread();
    }
}

template<typename Result>
void Run<Result>::submitInside()
{
    Record *record = nullptr;
    {
        const std::lock_guard locker(m_insideMutex);
        record = &m_inside.emplace_back();
    }
    m_factory->dispatch(Key{Producers * KeysOfEach, record}, Message(Deed::Nothing, 0));
}

// Changes something whenever some more jobs were produced.
template<typename Result>
void Run<Result>::control()
{
    Dice dice(m_seed * 31 + Producers);
    const bool isLate = dice.oneIn(4); // started after jobs have come
    if (!isLate)
        m_factory->start();
    const qint64 all = Producers * jobsOfEach();
    const qint64 endAt = dice.oneIn(2) ? all : dice.below(int(all));
    const int changes = 40;
    for (int i = 1; i <= changes; ++i) {
        while (m_produced.load(std::memory_order_relaxed) < endAt * i / changes)
            QThread::yieldCurrentThread();
        if (i == 2 && isLate)
            m_factory->start();
        change(dice);
        if (dice.oneIn(5))
            m_scene.release();
    }
    end(dice);
}

template<typename Result>
void Run<Result>::change(Dice &dice)
{
    switch (dice.below(m_scene.isOrderly ? 11 : 21)) {
    case 0:
        m_factory->setWorkerCount(dice.below(6));
        break;
    case 1:
        m_factory->pause();
        break;
    case 2:
    case 3:
        m_factory->resume();
        break;
    case 4:
        m_factory->setQueueLimit(dice.below(60) - 1);
        break;
    case 5:
        m_factory->setDiscardMode(DiscardMode(dice.below(2)));
        break;
    case 6:
        m_factory->setOnFailure(OnFailure(dice.below(2)));
        break;
    case 7:
        static_cast<void>(m_factory->latencies());
        break;
    case 8:
        static_cast<void>(m_factory->eventsSince(0));
        break;
    case 9:
        m_factory->setRestartPolicy({.maximumRestarts = dice.below(4) - 1,
                                     .interval = std::chrono::milliseconds(dice.below(30)),
                                     .backoff = 1ms,
                                     .maximumBackoff = 5ms});
        break;
    case 10:
        m_factory->setDeadLetterLimit(dice.below(30));
        break;
    case 11:
        m_factory->setRateLimit(dice.oneIn(2) ? RateLimit{}
                                              : RateLimit{.refill = 1 + dice.below(50),
                                                          .interval = 1ms,
                                                          .maximum = 1 + dice.below(50)});
        m_factory->setRateLimitMode(RateLimitMode(dice.below(2)));
        break;
    case 12:
        m_factory->setRetryPolicy(retryPolicy(dice));
        break;
    case 13:
        m_factory->retryDeadLetters();
        break;
    case 14:
        m_factory->dropDeadLetters();
        break;
    case 17:
        m_factory->interruptWorker(dice.below(6));
        break;
    case 18:
        m_factory->replaceWorker(dice.below(6));
        break;
    case 15:
        if (m_isWild)
            m_factory->setDeadMansSwitch(deadMansSwitch(dice));
        break;
    case 16:
        for (const DeadLetter &letter : m_factory->deadLetters()) {
            if (dice.oneIn(2))
                m_factory->retryDeadLetter(letter.id);
        }
        break;
    case 19:
        for (const JobSnapshot &job : m_factory->jobs(dice.below(30))) {
            if (dice.oneIn(3))
                m_factory->cancelJob(job.id);
        }
        break;
    case 20:
        m_factory->cancelJobs([&](const JobSnapshot &) { return dice.oneIn(20); });
        break;
    }
}

template<typename Result>
void Run<Result>::end(Dice &dice)
{
    switch (dice.below(3)) {
    case 0: { // all that is there is done
        m_scene.calm();
        m_factory->resume();
        m_factory->setRateLimit({});
        m_factory->setWorkerCount(1 + dice.below(4));
        m_factory->start();
        static_cast<void>(m_factory->drain());
        if (!m_factory->waitForStopped(Forever))
            m_scene.complain(QStringLiteral("drain() does not end"));
        break;
    }
    case 1: {
        const auto deadline = std::chrono::milliseconds(dice.below(40));
        const QDeadlineTimer late(deadline + 30s);
        if (!m_factory->stop(deadline).isClean())
            ++m_unclean;
        if (late.hasExpired())
            m_scene.complain(QStringLiteral("stop() does not return in time"));
        if (m_factory->state() != FactoryState::Stopped)
            m_scene.complain(QStringLiteral("it has not stopped"));
        break;
    }
    default: // the destructor does it
        break;
    }
}

// --- What is looked at ------------------------------------------------------------------------

template<typename Result>
void Run<Result>::watch()
{
    while (!m_isOver) {
        const FactorySnapshot snapshot = m_factory->snapshot(m_looks % 8 == 0);
        const Counters &now = snapshot.counters;
        const Counters last = std::exchange(m_last, now);
        if (!Support::isConserved(now))
            m_scene.complain(QStringLiteral("the counters do not add up"));
        if (now.submitted < last.submitted || now.completed < last.completed
            || now.failed < last.failed || now.discarded() < last.discarded()
            || now.canceled < last.canceled || now.lost < last.lost)
            m_scene.complain(QStringLiteral("a counter has gone down"));
        m_condemned = std::max<qint64>(m_condemned, m_factory->condemnedThreads());
        if (m_looks % 64 == 0)
            m_factory->beginTrace();
        for (const TraceSpan &span : m_factory->trace()) {
            if (span.number > 0 && (span.end < span.start || span.jobs < 1))
                m_scene.complain(QStringLiteral("a span ends before it begins"));
        }
        if (m_looks % 64 == 32)
            m_factory->endTrace();
        ++m_looks;
        QThread::yieldCurrentThread();
    }
}

template<typename Result>
QStringList Run<Result>::operator()(Tally &tally)
{
    const Silence silence(m_scene);
    const int threadsBefore = threadCount() - 1; // without that of the scene
    const Role role{m_scene, m_isWild, [this] { submitInside(); }};
    m_factory = std::make_unique<Factory<Worker>>(
        settings(), [role](const WorkerContext &) { return std::make_unique<Worker>(role); });
    m_factory->setDiscardHandler([this](Job &job, DiscardReason) {
        ++job.key().record->handled;
        ++m_handled;
    });

    std::vector<std::thread> threads;
    for (int i = 0; i < Producers; ++i)
        threads.emplace_back([this, i] { produce(i); });
    std::thread watcher([this] { watch(); });
    control();
    for (std::thread &thread : threads)
        thread.join();
    m_isOver = true;
    watcher.join();

    const bool isReleasedFirst = m_dice.oneIn(2);
    if (isReleasedFirst)
        m_scene.calm();
    m_factory->stop(0ms);
    // What was counted by another thread just before is still being told by it.
    static_cast<void>(QTest::qWaitFor([&] {
        const Counters counters = m_factory->counters();
        return m_layer->told == counters.submitted && m_handled == counters.discarded();
    }));
    check(tally);
    m_factory.reset();
    m_scene.calm();
    if (!QTest::qWaitFor([&] { return m_scene.workers == 0; }, 20'000))
        m_scene.complain(QStringLiteral("%1 workers are left").arg(m_scene.workers));
    if (!QTest::qWaitFor([&] { return Message::alive == 0; }, 20'000))
        m_scene.complain(QStringLiteral("%1 messages are left").arg(Message::alive));
    if (!QTest::qWaitFor([&] { return threadCount() - 1 <= threadsBefore; }, 20'000))
        m_scene.complain(QStringLiteral("there were %1 threads, and are %2")
                             .arg(threadsBefore)
                             .arg(threadCount() - 1));
    return m_scene.complaints();
}

// Everything has ended now, once.
template<typename Result>
void Run<Result>::check(Tally &tally)
{
    const Counters counters = m_factory->counters();
    if (!Support::isConserved(counters) || counters.waiting != 0 || counters.running != 0)
        m_scene.complain(QStringLiteral("something is left in the counters"));
    qint64 submitted = 0;
    qint64 ended = 0;
    qint64 discarded = 0;
    qint64 retried = 0;
    const auto checkRecord = [&](const Record &record) {
        if (record.ended != record.submitted || record.handled != record.discarded
            || record.runs > record.submitted + record.retried)
            m_scene.complain(
                QStringLiteral("of a job was told: %1 submitted, %2 runs, %3 retried, %4 ended, "
                               "%5 discarded, %6 handled")
                    .arg(record.submitted)
                    .arg(record.runs)
                    .arg(record.retried)
                    .arg(record.ended)
                    .arg(record.discarded)
                    .arg(record.handled));
        submitted += record.submitted;
        ended += record.ended;
        discarded += record.discarded;
        retried += record.retried;
    };
    for (const Producer &producer : m_producers) {
        for (const Record &record : producer.records)
            checkRecord(record);
        for (const auto &[future, record] : producer.promised) {
            if (!future.isFinished())
                m_scene.complain(QStringLiteral("a future has not ended"));
        }
        tally.refused += producer.refused;
    }
    for (const Record &record : m_inside)
        checkRecord(record);
    if (submitted != counters.submitted || discarded != counters.discarded()
        || retried != counters.retried || ended != submitted)
        m_scene.complain(QStringLiteral("what was told is not what was counted"));
    tally.jobs += counters.submitted;
    tally.completed += counters.completed;
    tally.failed += counters.failed;
    tally.discarded += counters.discarded();
    tally.canceled += counters.canceled;
    tally.lost += counters.lost;
    tally.retried += counters.retried;
    tally.restarts += counters.restarts;
    tally.stuck += counters.stuck;
    tally.hung += m_scene.hung;
    tally.condemned += m_condemned;
    tally.unclean += m_unclean;
    tally.looks += m_looks;
}

} // namespace

QStringList run(quint64 seed, Size size, Tally &tally)
{
    return seed % 3 == 0 ? Run<QFuture<int>>(seed, size)(tally) : Run<int>(seed, size)(tally);
}

} // namespace Storm
