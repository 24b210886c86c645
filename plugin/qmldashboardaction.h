// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../src/charts/dashboardaction.h"

#include <QtQml/qqml.h>

//! `DashboardAction` for QML.
namespace Millwright::QmlDashboardAction {
Q_NAMESPACE
QML_NAMED_ELEMENT(DashboardAction)

//! What one can do to a factory in a dashboard; a sum of them for several.
enum Action {
    Pause = int(DashboardAction::Pause), //!< and resume
    Drain = int(DashboardAction::Drain),
    Stop = int(DashboardAction::Stop),
    SetWorkerCount = int(DashboardAction::SetWorkerCount),
    SetQueueLimit = int(DashboardAction::SetQueueLimit),
    InterruptWorkers = int(DashboardAction::InterruptWorkers),
    ReplaceWorkers = int(DashboardAction::ReplaceWorkers),
    CancelJobs = int(DashboardAction::CancelJobs),
    RetryDeadLetters = int(DashboardAction::RetryDeadLetters),
    DropDeadLetters = int(DashboardAction::DropDeadLetters),

    None = int(DashboardAction::None),
    Irreversible = int(DashboardAction::Irreversible), //!< whatever cannot be undone
    All = int(DashboardAction::All)
};
Q_ENUM_NS(Action)

} // namespace Millwright::QmlDashboardAction
