// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../millwright_global.h"

#include <QtCore/qstringlist.h>

#include <chrono>

namespace Millwright {

//! How often workers are replaced at once, and how long they wait when that does not help.
//!
//! A worker that fails is replaced at once, up to `maximumRestarts` times within `interval`. One that
//! fails more often, or that cannot be started, is `WorkerState::CrashLooping`: it waits for `backoff`
//! before it is started again, and longer each time, until it has been up for a whole `interval`;
//! up to then every further failure makes it wait. Meanwhile its jobs go to other workers.
//!
//! Each worker is counted for itself, under its id. `OnFailure::KeepWorker` replaces nobody, so
//! there only starts can fail.
struct RestartPolicy
{
    //! Failing alone never makes a worker wait.
    static constexpr int Unlimited = -1;
    static constexpr std::chrono::nanoseconds ShortestBackoff = std::chrono::milliseconds(1);

    //! How many replacements come at once; with 0, each one comes after a wait.
    int maximumRestarts = 5;
    //! The time within which they are counted, and for which a worker has to stay up to be well.
    std::chrono::nanoseconds interval = std::chrono::minutes(1);
    //! The first wait. It grows by `backoffFactor` with every further one.
    std::chrono::nanoseconds backoff = std::chrono::milliseconds(100);
    double backoffFactor = 2.0;
    std::chrono::nanoseconds maximumBackoff = std::chrono::seconds(30);
    //! How much each wait is lengthened or shortened by chance, as a fraction of it, 0 to 1: workers that
    //! failed together for want of something need not all ask for it together.
    double jitter = 0.2;

    //! Wait number `number` in a row, 1 for the first; `chance` is any number.
    [[nodiscard]] MILLWRIGHT_CORE_EXPORT std::chrono::nanoseconds backoffBefore(
        int number, quint64 chance) const;
    //! The nearest policy that makes sense, and what was wrong with this one.
    [[nodiscard]] MILLWRIGHT_CORE_EXPORT RestartPolicy corrected(QStringList *complaints) const;

    bool operator==(const RestartPolicy &) const = default;
};

} // namespace Millwright
