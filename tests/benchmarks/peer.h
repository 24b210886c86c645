// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qstring.h>

#include <atomic>
#include <memory>
#include <vector>

//! Something that runs jobs on threads, as the benchmarks see it. All peers do the same work and are
//! timed by the same code.
class Peer
{
public:
    virtual ~Peer() = default;

    [[nodiscard]] virtual QString name() const = 0;
    //! Gives it `jobs` trivial jobs with the keys i mod 1,000; each increments `done`.
    virtual void flood(qint64 jobs, std::atomic<qint64> &done) = 0;
    //! Gives it one job and waits for the answer, which comes from another thread.
    virtual void roundTrip() = 0;
    //! False if that is not possible.
    [[nodiscard]] virtual bool hasRoundTrip() const { return true; }
};

using Peers = std::vector<std::unique_ptr<Peer>>;

//! The peers with this number of workers; the first is the one that the others are compared with.
[[nodiscard]] std::unique_ptr<Peer> makeMillwrightFuture(int workers);
[[nodiscard]] std::unique_ptr<Peer> makeMillwright(int workers);
[[nodiscard]] std::unique_ptr<Peer> makeThreadPool(int workers);
[[nodiscard]] std::unique_ptr<Peer> makeConcurrentRun(int workers);
