// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "monitor/timeline.h"

#include "factorybase.h"
#include "statistics/tracelog.h"

#include <QtCore/qhash.h>

#include <algorithm>

namespace Millwright {

QList<TraceSpan> runningSpans(const QList<WorkerSnapshot> &workers, qint64 time,
                              const QList<TraceSpan> &trace)
{
    QHash<int, qint64> lastEnds;
    for (const TraceSpan &span : trace) {
        qint64 &lastEnd = lastEnds[span.worker];
        lastEnd = std::max(lastEnd, span.end);
    }
    QList<TraceSpan> spans;
    for (const WorkerSnapshot &worker : workers) {
        const qint64 start = time - worker.elapsed.count();
        if (worker.job == 0 || lastEnds.value(worker.id) > start) // it runs nothing
            continue;
        spans.append({.worker = worker.id,
                      .start = start,
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
        m_last = std::max(m_last, span.number);
        if (span.end >= from)
            (span.number == 0 ? goOn : m_ended).append(span);
    }
    if (m_ended.size() > qsizetype(TraceLog::Capacity))
        m_ended.remove(0, m_ended.size() - qsizetype(TraceLog::Capacity));
    m_spans = m_ended + goOn + runningSpans(workers, now, recorded);
}

} // namespace Millwright
