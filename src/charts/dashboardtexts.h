// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../core/monitor/eventmodel.h"
#include "../core/monitor/health.h"
#include "dashboardaction.h"

#include <QtCore/qlocale.h>

//! What dashboards say, in the language of the application: the same words in QML and in widgets. Numbers have no more
//! digits than mean something.
namespace Millwright::DashboardTexts {

[[nodiscard]] QString stateName(FactoryState state);
[[nodiscard]] QString healthName(Health::Level level);
[[nodiscard]] QString workerStateName(WorkerState state);
[[nodiscard]] QString jobStateName(JobState state);
[[nodiscard]] QString priorityName(Priority priority);
[[nodiscard]] QString eventName(EventModel::Kind kind);
//! What accepts a question about the action, and what refuses it. No "Cancel": that is what some of them do.
[[nodiscard]] QString acceptance(DashboardAction action);
[[nodiscard]] QString refusal();

//! "950", "12 k", "1.2 M"
[[nodiscard]] QString count(double value, const QLocale &locale = {});
//! "350 µs", "2.5 s"; in milliseconds.
[[nodiscard]] QString duration(double milliseconds, const QLocale &locale = {});
//! The same in tenths of a second at most, for times that are still growing: "0.3 s", "2:05 min".
[[nodiscard]] QString elapsed(double milliseconds, const QLocale &locale = {});

} // namespace Millwright::DashboardTexts
