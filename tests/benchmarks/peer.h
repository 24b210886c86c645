// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qflags.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <functional>
#include <memory>
#include <vector>

//! How a peer is set up.
struct Setup
{
    QString router = {}; //!< for those that have some
    int workers = 1;
    int threads = 0; //!< that all workers share; 0 for a thread each, if they have threads
};

struct Flood
{
    qint64 jobs = 0;
    int producers = 1;
    qint64 keys = 1000;
};

struct Trips
{
    qint64 median = 0; //!< nanoseconds
    qint64 p99 = 0;
};

struct Large
{
    qint64 jobs = 0;
    qint64 bytes = 0; //!< of each message
    int outstanding = 1;
};

struct LargeResult
{
    qint64 time = 0; //!< nanoseconds
    qint64 bytesCopied = 0; //!< of all messages together
};

//! Something that runs jobs on threads, as the benchmarks see it: set up once, then measured, maybe
//! several times. All times are in nanoseconds.
class Peer
{
public:
    virtual ~Peer() = default;

    //! The time from the first trivial job given until all have run. Keys are i modulo `keys`.
    virtual qint64 flood(const Flood &flood) = 0;
    //! One job in flight: from giving it until its answer is here, which comes from another thread.
    virtual Trips roundTrips(int rounds) = 0;
    //! The time for `jobs` jobs while `depth` others wait all the time: each job gives the next one.
    virtual qint64 chain(qint64 depth, qint64 jobs) = 0;
    //! The time for jobs with large messages, of which a limited number is outstanding.
    virtual LargeResult large(const Large &large) = 0;
    //! The resident memory that so many waiting jobs take, together.
    virtual qint64 waitingMemory(qint64 jobs) = 0;
};

//! What can be measured with a peer.
enum class Ability : int {
    Flood = 1,
    RoundTrip = 2,
    Chain = 4, //!< with one worker
    Large = 8,
};
Q_DECLARE_FLAGS(Abilities, Ability)
Q_DECLARE_OPERATORS_FOR_FLAGS(Abilities)

//! A peer and how to make it.
struct PeerKind
{
    QString name;
    QStringList routers = {}; //!< empty: it has but one way
    Abilities abilities = {};
    std::function<std::unique_ptr<Peer>(const Setup &)> make = {};
    int mostWorkers = 1000;
    qint64 mostWaiting = 10'000'000; //!< with more it takes minutes
    bool getsAllJobs = false; //!< also if it is slow
    QString missing = {}; //!< why it cannot be measured here

    [[nodiscard]] QStringList ways() const { return routers.isEmpty() ? QStringList{{}} : routers; }
};

//! All of them, in the order in which they are shown; Millwright is the first.
[[nodiscard]] const std::vector<PeerKind> &peerKinds();
[[nodiscard]] const PeerKind *findPeerKind(const QString &name);
