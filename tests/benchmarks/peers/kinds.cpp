// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "kinds.h"

namespace {

[[maybe_unused]] PeerKind missing(const QString &name, const QString &why)
{
    return {.name = name, .missing = why};
}

std::vector<PeerKind> makeKinds()
{
    return {
        millwrightKind(), millwrightSubmitKind(),
        plainLoopKind(),  mailboxKind(),
        threadPoolKind(), concurrentRunKind(),
        signalsKind(),    tbbKind(),
        asioKind(),       cafKind(),
        ractorKind(),     ractorPinnedKind(),
    };
}

} // namespace

#ifndef BENCH_HAS_TBB
PeerKind tbbKind()
{
    return missing(QStringLiteral("oneTBB task_group"),
                   QStringLiteral("not found when the benchmarks were built (libtbb-dev)"));
}
#endif

#ifndef BENCH_HAS_ASIO
PeerKind asioKind()
{
    return missing(QStringLiteral("Boost.Asio thread_pool"),
                   QStringLiteral("not found when the benchmarks were built (libboost-dev)"));
}
#endif

#ifndef BENCH_HAS_CAF
PeerKind cafKind()
{
    return missing(QStringLiteral("CAF actors"),
                   QStringLiteral("not found when the benchmarks were built (libcaf-dev)"));
}
#endif

const std::vector<PeerKind> &peerKinds()
{
    static const std::vector<PeerKind> kinds = makeKinds();
    return kinds;
}

const PeerKind *findPeerKind(const QString &name)
{
    for (const PeerKind &kind : peerKinds()) {
        if (kind.name == name)
            return &kind;
    }
    return nullptr;
}
