// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../millwright_global.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qlist.h>

namespace Millwright {

class FactoryBase;

//! The metrics of these factories in the text format of Prometheus, version 0.0.4, to be served as
//! `text/plain; version=0.0.4` by whatever the application has for that. Each factory is told from the
//! others by its name, in the label `factory`; of several with the same name only the first is taken,
//! which is said once, and null is left out.
//!
//! All names begin with `millwright_`, counters end with `_total`, times are in seconds. The bounds of
//! the histograms' buckets are exact to 3 %, their sums and counts exactly. Any thread, while the
//! factories live; takes some microseconds for each worker.
//!
//! \code
//! server.route("/metrics", [&] {
//!     return QHttpServerResponse("text/plain; version=0.0.4",
//!                                Millwright::prometheusText({&thumbnails, &hashing}));
//! });
//! \endcode
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QByteArray
prometheusText(const QList<const FactoryBase *> &factories);

//! The factory at this moment, with its workers, latencies and dead letters, for a report of a problem or
//! a file to look at later. Times are in milliseconds. Any thread, while the factory lives.
//!
//! The members are `name`, `state`, `paused`, `error`, `queueDepth`, `queueLimit` (null: none),
//! `availableCapacity`, `workerCount`, `activeWorkers`, `crashLoopingWorkers`, `condemnedThreads`;
//! `counters`, with the discarded by reason in an object of their own; `latencies` with `queueTime`,
//! `runTime` and `totalTime`, each with `count`, `mean`, `p50`, `p90`, `p99` and `maximum`; `workers`, of
//! which those that run a job have `key`, `label`, `elapsed` and `progress` (null: unknown); and
//! `deadLetters`.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QJsonObject toJson(const FactoryBase &factory);

} // namespace Millwright
