// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "../workloads.h"

using namespace Qt::StringLiterals;

namespace {

// Fewer are used up by starting and ending.
constexpr qint64 FewestJobs = 10'000;
constexpr double LongestRun = 0.5e9; // nanoseconds
constexpr double LongestQuickRun = 0.2e9;

struct Shape
{
    QList<int> workers;
    qint64 jobs;
    QList<int> producers = {1};
    QList<qint64> keys = {1000};
    bool isMillwrightOnly = false;
    bool isForKeysOnly = false;
};

void measure(Session &session, const QString &title, const Shape &shape)
{
    for (int workers : shape.workers) {
        std::vector<Contestant> contestants;
        for (const PeerKind *kind : session.candidates(Ability::Flood, workers)) {
            if (shape.isMillwrightOnly && !kind->name.startsWith(u"Millwright"))
                continue;
            for (const QString &router : kind->ways()) {
                if (shape.isForKeysOnly && router != u"keyPersistent" && router != u"stickyQueuer")
                    continue;
                for (int producers : shape.producers) {
                    for (qint64 keys : shape.keys) {
                        const Record record{.workload = u"W1"_s,
                                            .peer = kind->name,
                                            .router = router,
                                            .parameters = {{u"workers"_s, workers},
                                                           {u"producers"_s, producers},
                                                           {u"keys"_s, keys},
                                                           {u"n"_s, shape.jobs}}};
                        const Setup setup{.router = router, .workers = workers};
                        const Flood flood{.jobs = shape.jobs, .producers = producers, .keys = keys};
                        contestants.push_back(
                            {record, [kind, setup, flood, isQuick = session.isQuick] {
                                 return throughputOf(*kind, setup, flood, isQuick);
                             }});
                    }
                }
            }
        }
        session.compare(title.arg(shape.jobs).arg(workers), std::move(contestants));
    }
}

} // namespace

Sample throughputOf(const PeerKind &kind, const Setup &setup, const Flood &flood, bool isQuick)
{
    const double longest = isQuick ? LongestQuickRun : LongestRun;
    const std::unique_ptr<Peer> peer = kind.make(setup);
    Flood given = flood;
    // Once to get it going, once to see how fast it is.
    given.jobs = std::min(flood.jobs, qint64(2000));
    peer->flood(given);
    double timePerJob = double(peer->flood(given)) / double(given.jobs);
    given.jobs = std::clamp(qint64(longest / 5 / timePerJob), given.jobs,
                            std::max(given.jobs, flood.jobs / 4));
    timePerJob = double(peer->flood(given)) / double(given.jobs);
    given.jobs = kind.getsAllJobs ? flood.jobs
                                  : std::clamp(qint64(longest / timePerJob),
                                               std::min(FewestJobs, flood.jobs), flood.jobs);
    const qint64 time = peer->flood(given);
    return {{u"million jobs/s"_s, double(given.jobs) * 1e3 / double(time)},
            {u"jobs"_s, double(given.jobs)}};
}

void measureThroughput(Session &session)
{
    const QList<int> counts = session.pick(QList<int>{1, 2, 4, 100, 1000}, QList<int>{4, 1000});
    const QString title = u"W1: throughput, %1 trivial jobs, %2 workers"_s;
    measure(session, title, {.workers = counts, .jobs = 1'000'000});
    if (session.isQuick)
        return;
    measure(session, title, {.workers = counts, .jobs = 10'000});
    measure(session, title + u", several producers"_s,
            {.workers = {4}, .jobs = 1'000'000, .producers = {4}});
    measure(session, title + u", 1 to 8 producers"_s,
            {.workers = {4}, .jobs = 1'000'000, .producers = {1, 2, 8}, .isMillwrightOnly = true});
    measure(session, title + u", 1 to 1,000,000 keys"_s,
            {.workers = {4},
             .jobs = 1'000'000,
             .keys = {1, 10, 100, 10'000, 100'000, 1'000'000},
             .isMillwrightOnly = true,
             .isForKeysOnly = true});
}
