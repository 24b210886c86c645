// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "dashboardtables.h"

#include "confirmation.h"

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

JobsPart::JobsPart(FactoryMonitor *monitor, Confirmation *confirmation, QWidget *parent)
    : TablePart(monitor->jobs(), jobColumns(), 0, parent)
{
    setObjectName(QStringLiteral("jobs"));
    setEmptyText(tr("No jobs"));
    addSearch(tr("Find jobs by key or label"));
    QToolButton *cancel = addButton(QStringLiteral("cancel"), tr("Cancel…"), true);
    QToolButton *cancelAll = addButton(QStringLiteral("cancelAll"), tr("Cancel all…"), false);
    connect(cancel, &QToolButton::clicked, this, [=, this] {
        QList<quint64> ids;
        for (const QModelIndex &row : selected())
            ids.append(quint64(row.data(JobModel::JobIdRole).toDouble()));
        confirmation->ask(
            tr("Cancel jobs?"),
            tr("Those that wait never run. Those that run are asked to come to their end."), [=] {
                for (const quint64 id : ids) {
                    if (monitor->factory())
                        monitor->factory()->cancelJob(id);
                }
            });
    });
    connect(cancelAll, &QToolButton::clicked, this, [=, this] {
        const QString text = searchText();
        confirmation->ask(
            tr("Cancel jobs?"),
            text.isEmpty()
                ? tr("All jobs of the factory are canceled. Those that run are asked to end.")
                : tr("All jobs of the factory whose key or label has “%1” in it are canceled, also "
                     "those "
                     "that are not in the list. Those that run are asked to end.")
                      .arg(text),
            [=] { monitor->cancelJobs(text); });
    });
}

DeadLettersPart::DeadLettersPart(FactoryMonitor *monitor, Confirmation *confirmation,
                                 QWidget *parent)
    : TablePart(monitor->deadLetters(), letterColumns(), 1, parent)
{
    setObjectName(QStringLiteral("deadLetters"));
    setEmptyText(tr("No job has failed for good"));
    addSearch(tr("Find by key, label or error"));
    const auto forSelected = [=, this](bool (FactoryBase::*deed)(quint64)) {
        QList<quint64> ids;
        for (const QModelIndex &row : selected())
            ids.append(quint64(row.data(DeadLetterModel::LetterIdRole).toDouble()));
        for (const quint64 id : ids) {
            if (FactoryBase *factory = monitor->factory())
                (factory->*deed)(id);
        }
    };
    connect(addButton(QStringLiteral("retry"), tr("Retry"), true), &QToolButton::clicked, this,
            [=] { forSelected(&FactoryBase::retryDeadLetter); });
    connect(addButton(QStringLiteral("drop"), tr("Drop"), true), &QToolButton::clicked, this,
            [=] { forSelected(&FactoryBase::dropDeadLetter); });
    connect(addButton(QStringLiteral("retryAll"), tr("Retry all"), false), &QToolButton::clicked,
            this, [=, this] { monitor->retryDeadLetters(searchText()); });
    connect(addButton(QStringLiteral("dropAll"), tr("Drop all…"), false), &QToolButton::clicked,
            this, [=, this] {
                const QString text = searchText();
                confirmation->ask(tr("Drop dead letters?"),
                                  tr("They are gone for good, with what they were to do."),
                                  [=] { monitor->dropDeadLetters(text); });
            });
}

EventsPart::EventsPart(FactoryMonitor *monitor, QWidget *parent)
    : TablePart(monitor->events(), eventColumns(), 2, parent)
{
    setObjectName(QStringLiteral("events"));
    setEmptyText(tr("Nothing to report"));
    addSearch(tr("Find by key or text"));
}

} // namespace Millwright
