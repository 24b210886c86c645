// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../statistics/snapshot.h"

namespace Millwright {

class FactoryBase;

//! What workers run at an instant, as spans without an end. Left out is what has ended since, according to a trace
//! that was taken later.
[[nodiscard]] MILLWRIGHT_CORE_EXPORT QList<TraceSpan> runningSpans(
    const QList<WorkerSnapshot> &workers, qint64 time, const QList<TraceSpan> &trace);

//! What the workers of a factory did in the last seconds, followed from one look to the next. At most
//! `TraceLog::Capacity` spans that have ended, the last ones.
class Timeline
{
public:
    //! What the factory, which is traced, has recorded since the last look; what its workers run at `now`; and
    //! nothing that ended before `from`.
    void update(const FactoryBase &factory, const QList<WorkerSnapshot> &workers, qint64 now,
                qint64 from);
    void clear() { *this = {}; }

    [[nodiscard]] const QList<TraceSpan> &spans() const { return m_spans; }

private:
    QList<TraceSpan> m_ended;
    QList<TraceSpan> m_spans; // with those that go on
    quint64 m_last = 0;
};

} // namespace Millwright
