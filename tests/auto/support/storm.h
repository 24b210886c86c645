// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QStringList>

namespace Storm {

//! How often what has happened.
struct Tally
{
    qint64 jobs = 0;
    qint64 completed = 0;
    qint64 failed = 0;
    qint64 discarded = 0;
    qint64 canceled = 0;
    qint64 lost = 0;
    qint64 retried = 0;
    qint64 restarts = 0;
    qint64 stuck = 0;
    qint64 hung = 0;
    qint64 refused = 0;
    qint64 condemned = 0;
    qint64 unclean = 0; // stops that have left something behind
    qint64 looks = 0; // snapshots whose counters added up
};

//! How big a storm is.
enum class Size { Small, Large };

//! Makes a factory, from the seed, lets several threads do with it what they like, and ends it.
//! Returns what was wrong, nothing if nothing was. What is done is the same for the same seed, but in
//! which order the threads do it is up to the system.
[[nodiscard]] QStringList run(quint64 seed, Size size, Tally &tally);

} // namespace Storm
