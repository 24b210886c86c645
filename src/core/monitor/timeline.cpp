// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "monitor/timeline.h"

#include "factorybase.h"

#include <algorithm>

namespace Millwright {

QList<TraceSpan> runningSpans(const QList<WorkerSnapshot> &workers, qint64 time)
{
    QList<TraceSpan> spans;
    for (const WorkerSnapshot &worker : workers) {
        if (worker.lastHeartbeat == 0) // it runs nothing
            continue;
        spans.append({.worker = worker.id,
                      .start = time - worker.elapsed.count(),
                      .end = -1,
                      .key = worker.key,
                      .label = worker.label});
    }
    return spans;
}

void Timeline::update(const FactoryBase &factory, const QList<WorkerSnapshot> &workers, qint64 now,
                      qint64 from)
{
    const auto firstKept = std::find_if(m_ended.cbegin(), m_ended.cend(),
                                        [=](const auto &span) { return span.end >= from; });
    m_ended.remove(0, firstKept - m_ended.cbegin());
    const QList<TraceSpan> recorded = factory.trace(m_last);
    QList<TraceSpan> goOn;
    for (const TraceSpan &span : recorded) {
        if (span.end < from)
            continue;
        if (span.number == 0) {
            goOn.append(span);
        } else {
            m_ended.append(span);
            m_last = span.number;
        }
    }
    m_spans = m_ended + goOn + runningSpans(workers, now);
}

} // namespace Millwright
