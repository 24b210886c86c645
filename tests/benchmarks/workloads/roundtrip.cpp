// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "../workloads.h"

using namespace Qt::StringLiterals;

void measureRoundTrip(Session &session)
{
    const int rounds = session.pick(50'000, 10'000);
    for (int workers : {4}) {
        std::vector<Contestant> contestants;
        for (const PeerKind *kind : session.candidates(Ability::RoundTrip, workers)) {
            for (const QString &router : kind->ways()) {
                const Setup setup{.router = router, .workers = workers};
                const Record record{.workload = u"W2"_s,
                                    .peer = kind->name,
                                    .router = router,
                                    .parameters = {{u"workers"_s, workers}, {u"n"_s, rounds}}};
                contestants.push_back({record, [kind, setup, rounds]() -> Sample {
                                           const auto peer = kind->make(setup);
                                           static_cast<void>(peer->roundTrips(rounds / 10));
                                           const Trips trips = peer->roundTrips(rounds);
                                           return {{u"p50 µs"_s, double(trips.median) / 1e3},
                                                   {u"p99 µs"_s, double(trips.p99) / 1e3}};
                                       }});
            }
        }
        session.compare(
            u"W2: round trip of a single job, %1 rounds, %2 workers"_s.arg(rounds).arg(workers),
            std::move(contestants));
    }
}
