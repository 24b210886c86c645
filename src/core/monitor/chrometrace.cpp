// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "monitor/chrometrace.h"

#include "factorybase.h"
#include "monitor/timeline.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

namespace Millwright {

namespace {

using namespace Qt::StringLiterals;

constexpr int Process = 1;

double microseconds(qint64 nanoseconds)
{
    return double(nanoseconds) / 1000.0;
}

QJsonObject metadata(const QString &what, int thread, const QString &name)
{
    return {{u"ph"_s, u"M"_s},
            {u"name"_s, what},
            {u"pid"_s, Process},
            {u"tid"_s, thread},
            {u"args"_s, QJsonObject{{u"name"_s, name}}}};
}

QJsonObject event(const TraceSpan &span, qint64 now)
{
    const bool isRunning = span.end < 0;
    QJsonObject arguments;
    if (!span.label.isEmpty())
        arguments[u"label"_s] = span.label;
    arguments[u"outcome"_s] = isRunning ? u"Running"_s : nameOf(span.outcome);
    arguments[u"jobs"_s] = span.jobs;
    const QString name = span.jobs > 1        ? u"%1 jobs"_s.arg(span.jobs)
                         : span.key.isEmpty() ? u"job"_s
                                              : span.key;
    return {{u"ph"_s, u"X"_s},
            {u"cat"_s, u"job"_s},
            {u"name"_s, name},
            {u"pid"_s, Process},
            {u"tid"_s, span.worker},
            {u"ts"_s, microseconds(span.start)},
            {u"dur"_s, microseconds((isRunning ? now : span.end) - span.start)},
            {u"args"_s, arguments}};
}

} // namespace

QByteArray chromeTrace(const FactoryBase &factory)
{
    const FactorySnapshot now = factory.snapshot();
    QJsonArray events{metadata(u"process_name"_s, 0, factory.name())};
    for (const WorkerSnapshot &worker : now.workers)
        events.append(metadata(u"thread_name"_s, worker.id, u"worker %1"_s.arg(worker.id)));
    const QList<TraceSpan> trace = factory.trace();
    for (const TraceSpan &span : trace + runningSpans(now.workers, now.time, trace))
        events.append(event(span, now.time));
    const QJsonObject document{{u"traceEvents"_s, events}, {u"displayTimeUnit"_s, u"ms"_s}};
    return QJsonDocument(document).toJson(QJsonDocument::Compact);
}

} // namespace Millwright
