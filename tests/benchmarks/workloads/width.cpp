// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "../workloads.h"

using namespace Qt::StringLiterals;

// Many workers that share four threads, on Millwright, and what ractor does with as many tasks.
void measureWidth(Session &session)
{
    const qint64 jobs = session.pick<qint64>(1'000'000, 200'000);
    const QList<int> counts = session.pick(QList<int>{4, 100, 1000, 10'000}, QList<int>{4, 10'000});
    std::vector<Contestant> contestants;
    for (const PeerKind *kind : session.candidates(Ability::Flood, 10'000)) {
        for (const QString &router : kind->ways()) {
            for (int workers : counts) {
                // The workers of others are no threads, so it is the same as W1.
                if (kind->name != u"Millwright" && (workers < 10'000 || session.isQuick))
                    continue;
                const Setup setup{.router = router, .workers = workers, .threads = 4};
                const Flood flood{.jobs = jobs};
                const Record record{
                    .workload = u"W5"_s,
                    .peer = kind->name,
                    .router = router,
                    .parameters = {{u"workers"_s, workers}, {u"threads"_s, 4}, {u"n"_s, jobs}}};
                contestants.push_back({record, [kind, setup, flood, isQuick = session.isQuick] {
                                           return throughputOf(*kind, setup, flood, isQuick);
                                       }});
            }
        }
    }
    session.compare(u"W5: throughput, workers that share 4 threads"_s, std::move(contestants));
}
