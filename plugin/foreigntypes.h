// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <Millwright/FactoryMonitor>
#include <Millwright/TextFilter>

#include <QtQml/qqml.h>

// The types of Millwright::Core under the names that they have in QML.

namespace Millwright {

struct FactoryBaseForeign
{
    Q_GADGET
    QML_FOREIGN(Millwright::FactoryBase)
    QML_NAMED_ELEMENT(FactoryBase)
    QML_UNCREATABLE("FactoryBase is what all factories have in common. Use Factory { }, or hand a "
                    "Millwright::Factory<Worker> from C++ to QML.")
};

struct FactoryMonitorForeign
{
    Q_GADGET
    QML_FOREIGN(Millwright::FactoryMonitor)
    QML_NAMED_ELEMENT(FactoryMonitor)
};

struct WorkerModelForeign
{
    Q_GADGET
    QML_FOREIGN(Millwright::WorkerModel)
    QML_NAMED_ELEMENT(WorkerModel)
    QML_UNCREATABLE("A WorkerModel is filled by a FactoryMonitor: use FactoryMonitor.workers.")
};

struct JobModelForeign
{
    Q_GADGET
    QML_FOREIGN(Millwright::JobModel)
    QML_NAMED_ELEMENT(JobModel)
    QML_UNCREATABLE("A JobModel is filled by a FactoryMonitor: use FactoryMonitor.jobs.")
};

struct TextFilterForeign
{
    Q_GADGET
    QML_FOREIGN(Millwright::TextFilter)
    QML_NAMED_ELEMENT(TextFilter)
};

namespace HealthForeign {
Q_NAMESPACE
QML_FOREIGN_NAMESPACE(Millwright::HealthLevel)
QML_NAMED_ELEMENT(Health)
} // namespace HealthForeign

namespace MonitorSeriesForeign {
Q_NAMESPACE
QML_FOREIGN_NAMESPACE(Millwright::MonitorSeries)
QML_NAMED_ELEMENT(MonitorSeries)
} // namespace MonitorSeriesForeign

// For qmllint, which knows nothing of where a TextFilter comes from.
struct SortFilterProxyModelForeign
{
    Q_GADGET
    QML_FOREIGN(QSortFilterProxyModel)
    QML_ANONYMOUS
};

struct AbstractProxyModelForeign
{
    Q_GADGET
    QML_FOREIGN(QAbstractProxyModel)
    QML_ANONYMOUS
};

struct AbstractItemModelForeign
{
    Q_GADGET
    QML_FOREIGN(QAbstractItemModel)
    QML_ANONYMOUS
};

struct EventModelForeign
{
    Q_GADGET
    QML_FOREIGN(Millwright::EventModel)
    QML_NAMED_ELEMENT(EventModel)
    QML_UNCREATABLE("An EventModel is filled by a FactoryMonitor: use FactoryMonitor.events.")
};

struct DeadLetterModelForeign
{
    Q_GADGET
    QML_FOREIGN(Millwright::DeadLetterModel)
    QML_NAMED_ELEMENT(DeadLetterModel)
    QML_UNCREATABLE(
        "A DeadLetterModel is filled by a FactoryMonitor: use FactoryMonitor.deadLetters.")
};

struct DeadLetterForeign
{
    Q_GADGET
    QML_FOREIGN(Millwright::DeadLetter)
    QML_VALUE_TYPE(deadLetter)
};

struct LatencySummaryForeign
{
    Q_GADGET
    QML_FOREIGN(Millwright::LatencySummary)
    QML_VALUE_TYPE(latencySummary)
};

} // namespace Millwright
