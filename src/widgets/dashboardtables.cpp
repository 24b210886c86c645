// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "dashboardtables.h"

#include "actionguard.h"

#include "../charts/dashboardtexts.h"
#include "../core/monitor/factorymonitor.h"

#include <QtWidgets/qtoolbutton.h>

namespace Millwright {

namespace {

using Column = ColumnModel::Column;

std::function<QString(const QModelIndex &)> textOf(int role)
{
    return [role](const QModelIndex &row) { return row.data(role).toString(); };
}

std::function<QString(const QModelIndex &)> timeOf(int role)
{
    return [role](const QModelIndex &row) {
        return QLocale().toString(row.data(role).toDateTime().time(), QLocale::ShortFormat);
    };
}

QList<Column> jobColumns()
{
    using namespace DashboardTexts;
    const auto isRunning = [](const QModelIndex &row) {
        return JobState(row.data(JobModel::StateRole).toInt()) == JobState::Running;
    };
    const auto where = [isRunning](const QModelIndex &row) {
        const int worker = row.data(JobModel::WorkerRole).toInt();
        const double untilAttempt = row.data(JobModel::UntilAttemptRole).toDouble();
        if (isRunning(row))
            return JobsPart::tr("worker %1").arg(worker);
        if (untilAttempt > 0)
            return JobsPart::tr("next attempt in %1").arg(elapsed(untilAttempt));
        return worker >= 0 ? JobsPart::tr("waits for worker %1").arg(worker)
                           : jobStateName(JobState(row.data(JobModel::StateRole).toInt()));
    };
    const auto time = [isRunning](const QModelIndex &row) {
        return elapsed(
            row.data(isRunning(row) ? JobModel::ElapsedRole : JobModel::AgeRole).toDouble());
    };
    const auto progress = [](const QModelIndex &row) {
        const double fraction = row.data(JobModel::ProgressRole).toDouble();
        const QString text = row.data(JobModel::ProgressTextRole).toString();
        if (fraction < 0)
            return text;
        const QString percent = JobsPart::tr("%1 %").arg(qRound(fraction * 100));
        return text.isEmpty() ? percent : JobsPart::tr("%1, %2").arg(percent, text);
    };
    const auto priority = [](const QModelIndex &row) {
        return priorityName(Priority(row.data(JobModel::PriorityRole).toInt()));
    };
    const auto attempt = [](const QModelIndex &row) {
        const int number = row.data(JobModel::AttemptRole).toInt();
        return number > 1 ? QLocale().toString(number) : QString();
    };
    return {{JobsPart::tr("Key"), textOf(JobModel::KeyRole), 16},
            {JobsPart::tr("Where"), where, 18},
            {JobsPart::tr("Time"), time, 9, Qt::AlignRight},
            {JobsPart::tr("Label"), textOf(JobModel::LabelRole), 12},
            {JobsPart::tr("Progress"), progress, 16},
            {JobsPart::tr("Priority"), priority, 10},
            {JobsPart::tr("Attempt"), attempt, 9, Qt::AlignRight}};
}

QList<Column> letterColumns()
{
    return {{DeadLettersPart::tr("Key"), textOf(DeadLetterModel::KeyRole), 16},
            {DeadLettersPart::tr("Error"), textOf(DeadLetterModel::ErrorRole), 20, Qt::AlignLeft,
             [](const QModelIndex &) { return true; }},
            {DeadLettersPart::tr("Time"), timeOf(DeadLetterModel::TimeRole), 9, Qt::AlignRight},
            {DeadLettersPart::tr("Label"), textOf(DeadLetterModel::LabelRole), 12},
            {DeadLettersPart::tr("Attempts"), textOf(DeadLetterModel::AttemptsRole), 10,
             Qt::AlignRight}};
}

QList<Column> eventColumns()
{
    const auto isProblem = [](const QModelIndex &row) {
        return row.data(EventModel::IsProblemRole).toBool();
    };
    const auto what = [](const QModelIndex &row) {
        return DashboardTexts::eventName(EventModel::Kind(row.data(EventModel::KindRole).toInt()));
    };
    const auto worker = [](const QModelIndex &row) {
        const int id = row.data(EventModel::WorkerRole).toInt();
        return id < 0 ? QString() : QLocale().toString(id);
    };
    return {{EventsPart::tr("Time"), timeOf(EventModel::TimeRole), 9},
            {EventsPart::tr("What"), what, 20, Qt::AlignLeft, isProblem},
            {EventsPart::tr("Text"), textOf(EventModel::TextRole), 20},
            {EventsPart::tr("Key"), textOf(EventModel::KeyRole), 16},
            {EventsPart::tr("Worker"), worker, 8, Qt::AlignRight}};
}

} // namespace

JobsPart::JobsPart(FactoryMonitor *monitor, ActionGuard *guard, QWidget *parent)
    : TablePart(monitor->jobs(), jobColumns(), 0, parent)
{
    constexpr auto Action = FactoryDashboardWidget::CancelJobs;

    setObjectName(QStringLiteral("jobs"));
    setEmptyText(tr("No jobs"));
    addSearch(tr("Find jobs by key or label"));
    QToolButton *cancel = addButton(QStringLiteral("cancel"), tr("Cancel…"), true);
    QToolButton *cancelAll = addButton(QStringLiteral("cancelAll"), tr("Cancel all…"), false);
    guard->govern(cancel, Action);
    guard->govern(cancelAll, Action);
    connect(cancel, &QToolButton::clicked, this, [=, this] {
        guard->ask(Action, tr("Cancel jobs?"),
                   tr("Those that wait never run. Those that run are asked to come to their end."),
                   [=, ids = selectedIds(JobModel::JobIdRole)] {
                       for (const quint64 id : ids)
                           monitor->factory()->cancelJob(id);
                   });
    });
    connect(cancelAll, &QToolButton::clicked, this, [=, this] {
        const QString text = searchText();
        guard->ask(
            Action, tr("Cancel jobs?"),
            text.isEmpty()
                ? tr("All jobs of the factory are canceled. Those that run are asked to end.")
                : tr("All jobs of the factory whose key or label has “%1” in it are canceled, also "
                     "those that are not in the list. Those that run are asked to end.")
                      .arg(text),
            [=] { monitor->cancelJobs(text); });
    });
}

DeadLettersPart::DeadLettersPart(FactoryMonitor *monitor, ActionGuard *guard, QWidget *parent)
    : TablePart(monitor->deadLetters(), letterColumns(), 1, parent)
{
    constexpr auto Retry = FactoryDashboardWidget::RetryDeadLetters;
    constexpr auto Drop = FactoryDashboardWidget::DropDeadLetters;

    setObjectName(QStringLiteral("deadLetters"));
    setEmptyText(tr("No job has failed for good"));
    addSearch(tr("Find by key, label or error"));
    const auto add = [=, this](const char *name, const QString &text, bool onSelection,
                               FactoryDashboardWidget::Action action) {
        QToolButton *button = addButton(QLatin1String(name), text, onSelection);
        guard->govern(button, action);
        connect(button, &QToolButton::clicked, this, [=, this] {
            const auto deed = [=, this, text = searchText(),
                               ids = selectedIds(DeadLetterModel::LetterIdRole)] {
                if (!onSelection)
                    action == Retry ? monitor->retryDeadLetters(text)
                                    : monitor->dropDeadLetters(text);
                else
                    for (const quint64 id : ids)
                        action == Retry ? monitor->factory()->retryDeadLetter(id)
                                        : monitor->factory()->dropDeadLetter(id);
            };
            guard->ask(action,
                       action == Retry ? tr("Retry dead letters?") : tr("Drop dead letters?"),
                       action == Retry ? tr("They go into the queue again.")
                                       : tr("They are gone for good, with what they were to do."),
                       deed);
        });
    };
    add("retry", tr("Retry"), true, Retry);
    add("drop", tr("Drop…"), true, Drop);
    add("retryAll", tr("Retry all"), false, Retry);
    add("dropAll", tr("Drop all…"), false, Drop);
}

EventsPart::EventsPart(FactoryMonitor *monitor, QWidget *parent)
    : TablePart(monitor->events(), eventColumns(), 2, parent)
{
    setObjectName(QStringLiteral("events"));
    setEmptyText(tr("Nothing to report"));
    addSearch(tr("Find by key or text"));
}

} // namespace Millwright
