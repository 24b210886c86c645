// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "dashboardtables.h"

#include "actionguard.h"

#include "../charts/dashboardtexts.h"
#include "../core/monitor/factorymonitor.h"

#include <QtWidgets/qlineedit.h>
#include <QtWidgets/qtoolbutton.h>

#include <algorithm>

namespace Millwright {

namespace {

using Column = ColumnModel::Column;

std::function<QString(const QModelIndex &)> textOf(int role)
{
    return [role](const QModelIndex &row) { return row.data(role).toString(); };
}

std::function<QString(const QModelIndex &)> timeOf(int role, const QLocale &locale)
{
    return [=](const QModelIndex &row) {
        return locale.toString(row.data(role).toDateTime().time(), QLocale::ShortFormat);
    };
}

QList<Column> jobColumns(const QLocale &locale)
{
    using namespace DashboardTexts;
    const auto isRunning = [](const QModelIndex &row) {
        return JobState(row.data(JobModel::StateRole).toInt()) == JobState::Running;
    };
    const auto isStuck = [](const QModelIndex &row) {
        return row.data(JobModel::StuckRole).toBool();
    };
    const auto where = [=](const QModelIndex &row) {
        const int worker = row.data(JobModel::WorkerRole).toInt();
        const double untilAttempt = row.data(JobModel::UntilAttemptRole).toDouble();
        if (isStuck(row))
            return JobsPart::tr("worker %1, stuck").arg(worker);
        if (isRunning(row))
            return JobsPart::tr("worker %1").arg(worker);
        if (untilAttempt > 0)
            return JobsPart::tr("next attempt in %1").arg(elapsed(untilAttempt, locale));
        return worker >= 0 ? JobsPart::tr("waits for worker %1").arg(worker)
                           : jobStateName(JobState(row.data(JobModel::StateRole).toInt()));
    };
    const auto time = [=](const QModelIndex &row) {
        return elapsed(
            row.data(isRunning(row) ? JobModel::ElapsedRole : JobModel::AgeRole).toDouble(),
            locale);
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
    const auto attempt = [locale](const QModelIndex &row) {
        const int number = row.data(JobModel::AttemptRole).toInt();
        return number > 1 ? locale.toString(number) : QString();
    };
    return {{JobsPart::tr("Key"), textOf(JobModel::KeyRole), 16},
            {JobsPart::tr("Where"), where, 18, Qt::AlignLeft, isStuck},
            {JobsPart::tr("Time"), time, 9, Qt::AlignRight},
            {JobsPart::tr("Progress"), progress, 16},
            {JobsPart::tr("Label"), textOf(JobModel::LabelRole), 12},
            {JobsPart::tr("Priority"), priority, 10},
            {JobsPart::tr("Attempt"), attempt, 9, Qt::AlignRight}};
}

QList<Column> letterColumns(const QLocale &locale)
{
    return {
        {DeadLettersPart::tr("Key"), textOf(DeadLetterModel::KeyRole), 16},
        {DeadLettersPart::tr("Error"), textOf(DeadLetterModel::ErrorRole), 20, Qt::AlignLeft,
         [](const QModelIndex &) { return true; }},
        {DeadLettersPart::tr("Time"), timeOf(DeadLetterModel::TimeRole, locale), 9, Qt::AlignRight},
        {DeadLettersPart::tr("Label"), textOf(DeadLetterModel::LabelRole), 12},
        {DeadLettersPart::tr("Attempts"), textOf(DeadLetterModel::AttemptsRole), 10,
         Qt::AlignRight}};
}

QList<Column> eventColumns(const QLocale &locale)
{
    const auto isProblem = [](const QModelIndex &row) {
        return row.data(EventModel::IsProblemRole).toBool();
    };
    const auto what = [](const QModelIndex &row) {
        return DashboardTexts::eventName(EventModel::Kind(row.data(EventModel::KindRole).toInt()));
    };
    const auto worker = [locale](const QModelIndex &row) {
        const int id = row.data(EventModel::WorkerRole).toInt();
        return id < 0 ? QString() : locale.toString(id);
    };
    return {{EventsPart::tr("Time"), timeOf(EventModel::TimeRole, locale), 9},
            {EventsPart::tr("What"), what, 20, Qt::AlignLeft, isProblem},
            {EventsPart::tr("Text"), textOf(EventModel::TextRole), 20},
            {EventsPart::tr("Key"), textOf(EventModel::KeyRole), 16},
            {EventsPart::tr("Worker"), worker, 8, Qt::AlignRight}};
}

} // namespace

JobsPart::JobsPart(FactoryMonitor *monitor, ActionGuard *guard, QWidget *parent)
    : TablePart(monitor->jobs(), jobColumns(parent->locale()), 0, parent)
{
    constexpr auto Action = FactoryDashboardWidget::CancelJobs;

    setObjectName(QStringLiteral("jobs"));
    setName(tr("Jobs"));
    addSearch(tr("Find jobs by key or label"));
    QToolButton *cancel = addButton(QStringLiteral("cancel"), tr("Cancel…"));
    QToolButton *cancelAll = addButton(QStringLiteral("cancelAll"), tr("Cancel all…"));
    enableOnSelection(cancel);
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
    // Only the first ones are listed, but all are meant.
    const auto update = [=, this] {
        cancelAll->setEnabled(monitor->queueDepth() > 0 || monitor->activeWorkers() > 0);
        const int unlisted = std::max(0, monitor->queueDepth() - std::max(0, monitor->jobLimit()));
        setFootnote(unlisted > 0 ? tr("and %1 more that wait, in which nothing is looked for")
                                       .arg(DashboardTexts::count(unlisted, locale()))
                                 : QString());
        setEmptyText(searchText().isEmpty() ? tr("No jobs")
                     : unlisted > 0 ? tr("None of the jobs that are listed has this in its key "
                                         "or label")
                                    : tr("No job has this in its key or label"));
    };
    connect(monitor, &FactoryMonitor::sampled, this, update);
    connect(search(), &QLineEdit::textChanged, this, update);
    update();
}

DeadLettersPart::DeadLettersPart(FactoryMonitor *monitor, ActionGuard *guard, QWidget *parent)
    : TablePart(monitor->deadLetters(), letterColumns(parent->locale()), 1, parent)
{
    constexpr auto Retry = FactoryDashboardWidget::RetryDeadLetters;
    constexpr auto Drop = FactoryDashboardWidget::DropDeadLetters;

    setObjectName(QStringLiteral("deadLetters"));
    setName(tr("Dead letters"));
    setEmptyText(tr("No job has failed for good"));
    addSearch(tr("Find by key, label or error"));
    const auto add = [=, this](const char *name, const QString &text, bool onSelection,
                               FactoryDashboardWidget::Action action) {
        QToolButton *button = addButton(QLatin1String(name), text);
        const auto isMeant = [=](const QModelIndex &row) {
            return action == Drop || row.data(DeadLetterModel::IsRetriableRole).toBool();
        };
        if (onSelection)
            enableOnSelection(button, isMeant);
        else
            enableOnRows(button, isMeant);
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
    : TablePart(monitor->events(), eventColumns(parent->locale()), 2, parent)
{
    setObjectName(QStringLiteral("events"));
    setName(tr("Events"));
    setEmptyText(tr("Nothing to report"));
    addSearch(tr("Find by key or text"));
}

} // namespace Millwright
