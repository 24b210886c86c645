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
    QString workload;
    int workers;
    qint64 jobs;
    QList<int> producers = {1};
    QList<qint64> keys = {1000};
};

void measure(
    Session &session, const QString &title, const Shape &shape,
    const std::function<bool(const PeerKind &, const QString &router, int producers)> &takesPart)
{
    std::vector<Contestant> contestants;
    for (const PeerKind *kind : session.candidates(Ability::Flood, shape.workers)) {
        for (const QString &router : kind->ways()) {
            for (int producers : shape.producers) {
                if (!takesPart(*kind, router, producers))
                    continue;
                for (qint64 keys : shape.keys) {
                    const Record record{.workload = shape.workload,
                                        .peer = kind->name,
                                        .router = router,
                                        .parameters = {{u"workers"_s, shape.workers},
                                                       {u"producers"_s, producers},
                                                       {u"keys"_s, keys},
                                                       {u"n"_s, shape.jobs}}};
                    const Setup setup{.router = router, .workers = shape.workers};
                    const Flood flood{.jobs = shape.jobs, .producers = producers, .keys = keys};
                    contestants.push_back({record, [kind, setup, flood, isQuick = session.isQuick] {
                                               return throughputOf(*kind, setup, flood, isQuick);
                                           }});
                }
            }
        }
    }
    session.compare(title, std::move(contestants));
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
    const auto everybody = [](const PeerKind &, const QString &, int) { return true; };
    const QList<int> counts = session.pick(QList<int>{1, 2, 4, 100, 1000}, QList<int>{4, 1000});
    for (qint64 jobs : session.pick(QList<qint64>{1'000'000, 10'000}, QList<qint64>{1'000'000})) {
        for (int workers : counts) {
            measure(session,
                    u"W1: throughput, %1 trivial jobs, %2 workers"_s.arg(jobs).arg(workers),
                    {.workload = u"W1"_s, .workers = workers, .jobs = jobs}, everybody);
        }
    }
    if (session.isQuick)
        return;
    measure(
        session, u"W1: throughput, 1 to 8 producers, 4 workers"_s,
        {.workload = u"W1 producers"_s, .workers = 4, .jobs = 1'000'000, .producers = {1, 2, 4, 8}},
        [](const PeerKind &kind, const QString &, int producers) {
            return producers == 4 || kind.name == u"Millwright";
        });
    measure(session, u"W1: throughput, 1 to 1,000,000 keys, 4 workers"_s,
            {.workload = u"W1 keys"_s,
             .workers = 4,
             .jobs = 1'000'000,
             .keys = {1, 10, 100, 1000, 10'000, 100'000, 1'000'000}},
            [](const PeerKind &kind, const QString &router, int) {
                return kind.name == u"Millwright"
                       && (router == u"keyPersistent" || router == u"stickyQueuer");
            });
}
