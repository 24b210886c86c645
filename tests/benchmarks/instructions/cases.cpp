// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "cases.h"

#include "stage.h"

#include <Millwright/Factory>

#include <valgrind/callgrind.h>

#include <atomic>

using namespace Millwright;
using namespace Qt::StringLiterals;

namespace {

class Counter final : public Worker<quint64, std::atomic<qint64> *, void>
{
public:
    void process(Job &job) override { job.message()->fetch_add(1, std::memory_order_relaxed); }
};

RouterBuilder routerNamed(const QString &name)
{
    if (name == u"roundRobin")
        return roundRobin();
    if (name == u"keyPersistent")
        return keyPersistent();
    if (name == u"stickyQueuer")
        return stickyQueuer();
    if (name == u"leastLoaded")
        return leastLoaded();
    if (name == u"customHash") {
        return customHash<quint64>(
            [](const quint64 &key, int count) { return std::size_t(key) % std::size_t(count); });
    }
    return queuer();
}

class Run
{
public:
    explicit Run(const Case &what)
        : m_isSubmitted(what.isSubmitted)
        , m_engine(std::make_shared<Engine>(
              FactorySettings{.workerCount = what.workers,
                              .threadCount = what.threads,
                              .router = routerNamed(what.router)},
              [](const WorkerContext &) { return std::make_unique<Counter>(); }, m_stage.clock(),
              m_stage.host()))
    {
        m_engine->start();
        m_stage.play();
    }

    ~Run()
    {
        m_engine->stop();
        m_stage.play();
    }

    // As a producer that is a little faster than the workers: a few hundred jobs wait.
    void flood(int jobs)
    {
        constexpr int AtOnce = 250;
        for (int i = 0; i < jobs; ++i) {
            if (m_isSubmitted)
                give<Detail::SubmittedJob<Counter>>(quint64(i % 1000));
            else
                give<Detail::DispatchedJob<Counter>>(quint64(i % 1000));
            if (i % AtOnce == AtOnce - 1)
                m_stage.play();
        }
        m_stage.play();
    }
    [[nodiscard]] qint64 done() const { return m_done; }

private:
    template<typename J>
    void give(quint64 key)
    {
        auto job = Detail::makeJob<J>(std::move(key), &m_done, JobOptions{});
        if constexpr (std::is_same_v<J, Detail::SubmittedJob<Counter>>)
            static_cast<void>(job->future());
        if (!m_engine->submit(*job))
            job.release();
    }

    const bool m_isSubmitted;
    std::atomic<qint64> m_done = 0;
    Stage m_stage;
    std::shared_ptr<Engine> m_engine;
};

} // namespace

QString Case::name() const
{
    QString name = router + u"-%1"_s.arg(workers);
    if (threads > 0)
        name += u"-on-%1"_s.arg(threads);
    return isSubmitted ? u"submit-"_s + name : name;
}

const QList<Case> &allCases()
{
    static const QList<Case> cases = [] {
        QList<Case> made;
        for (const QString &router : {u"queuer"_s, u"roundRobin"_s, u"keyPersistent"_s,
                                      u"stickyQueuer"_s, u"leastLoaded"_s, u"customHash"_s}) {
            made += Case{.router = router, .workers = 4};
            made += Case{.router = router, .workers = 1000};
            made += Case{.router = router, .workers = 1000, .threads = 4};
        }
        made += Case{.router = u"queuer"_s, .workers = 4, .isSubmitted = true};
        return made;
    }();
    return cases;
}

void runCases()
{
    for (const Case &one : allCases()) {
        Run run(one);
        run.flood(CountedJobs / 2); // to get it going
        CALLGRIND_START_INSTRUMENTATION;
        CALLGRIND_ZERO_STATS;
        run.flood(CountedJobs);
        CALLGRIND_DUMP_STATS_AT(qPrintable(one.name()));
        CALLGRIND_STOP_INSTRUMENTATION;
        if (run.done() != CountedJobs / 2 + CountedJobs)
            qFatal("%s: %lld jobs have run", qPrintable(one.name()), run.done());
    }
}
