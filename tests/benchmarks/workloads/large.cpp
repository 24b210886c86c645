// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "../workloads.h"

using namespace Qt::StringLiterals;

namespace {

void measure(Session &session, qint64 bytes, bool isMillwrightOnly)
{
    // What is copied takes its time, so not too many.
    constexpr qint64 WarmUp = 200;
    const qint64 jobs = session.pick<qint64>(20'000, 5'000);
    std::vector<Contestant> contestants;
    for (const PeerKind *kind : session.candidates(Ability::Large, 4)) {
        if (isMillwrightOnly && kind->name != u"Millwright")
            continue;
        for (const QString &router : kind->ways()) {
            if (isMillwrightOnly && router != u"queuer")
                continue;
            const Setup setup{.router = router, .workers = 4};
            const Record record{
                .workload = u"W3"_s,
                .peer = kind->name,
                .router = router,
                .parameters = {{u"workers"_s, 4}, {u"bytes"_s, bytes}, {u"n"_s, jobs}}};
            contestants.push_back(
                {record, [kind, setup, jobs, bytes]() -> Sample {
                     const auto peer = kind->make(setup);
                     Large large{.jobs = WarmUp, .bytes = bytes, .outstanding = 64};
                     const LargeResult warm = peer->large(large);
                     large.jobs = warm.bytesCopied > 0 ? jobs / 20 : jobs;
                     const LargeResult result = peer->large(large);
                     return {
                         {u"million jobs/s"_s, double(large.jobs) * 1e3 / double(result.time)},
                         {u"bytes copied/job"_s, double(result.bytesCopied) / double(large.jobs)}};
                 }});
        }
    }
    session.compare(u"W3: messages of %1 bytes, 64 outstanding, 4 workers"_s.arg(bytes),
                    std::move(contestants));
}

} // namespace

void measureLarge(Session &session)
{
    constexpr qint64 KiB = 1024;
    measure(session, KiB * KiB, false);
    if (session.isQuick)
        return;
    for (qint64 bytes : {qint64(0), qint64(64), KiB, 16 * KiB, 256 * KiB, 16 * KiB * KiB})
        measure(session, bytes, true);
}
