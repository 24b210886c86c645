// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "monitor/workermodel.h"

#include <algorithm>

namespace Millwright {

namespace {

QList<int> changedRoles(const WorkerSnapshot &before, const WorkerSnapshot &now)
{
    QList<int> roles;
    if (now.state != before.state)
        roles << WorkerModel::StateRole << WorkerModel::StateNameRole;
    if (now.key != before.key)
        roles << WorkerModel::KeyRole;
    if (now.label != before.label)
        roles << WorkerModel::LabelRole;
    if (now.elapsed != before.elapsed)
        roles << WorkerModel::ElapsedRole;
    if (now.progress.fraction() != before.progress.fraction())
        roles << WorkerModel::ProgressRole;
    if (now.progress.text != before.progress.text)
        roles << WorkerModel::ProgressTextRole;
    if (now.completed != before.completed)
        roles << WorkerModel::CompletedRole;
    if (now.failed != before.failed)
        roles << WorkerModel::FailedRole;
    if (now.restarts != before.restarts)
        roles << WorkerModel::RestartsRole;
    if (now.waiting != before.waiting)
        roles << WorkerModel::WaitingRole;
    if (now.untilStart != before.untilStart)
        roles << WorkerModel::UntilStartRole;
    if (now.job != before.job)
        roles << WorkerModel::JobIdRole;
    return roles;
}

} // namespace

WorkerModel::WorkerModel(QObject *parent) : QAbstractListModel(parent) {}

WorkerModel::~WorkerModel() = default;

int WorkerModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant WorkerModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const WorkerSnapshot &worker = m_workers.at(index.row());
    switch (role) {
    case WorkerIdRole:
        return worker.id;
    case StateRole:
        return int(worker.state);
    case StateNameRole:
        return nameOf(worker.state);
    case KeyRole:
        return worker.key;
    case LabelRole:
        return worker.label;
    case ElapsedRole:
        return std::chrono::duration<double, std::milli>(worker.elapsed).count();
    case ProgressRole:
        return worker.progress.fraction();
    case ProgressTextRole:
        return worker.progress.text;
    case CompletedRole:
        return double(worker.completed);
    case FailedRole:
        return double(worker.failed);
    case RestartsRole:
        return double(worker.restarts);
    case WaitingRole:
        return double(worker.waiting);
    case UntilStartRole:
        return std::chrono::duration<double, std::milli>(worker.untilStart).count();
    case JobIdRole:
        return double(worker.job);
    default:
        return {};
    }
}

QHash<int, QByteArray> WorkerModel::roleNames() const
{
    return {
        {WorkerIdRole, "workerId"},     {StateRole, "state"},
        {StateNameRole, "stateName"},   {KeyRole, "key"},
        {LabelRole, "label"},           {ElapsedRole, "elapsed"},
        {CompletedRole, "completed"},   {FailedRole, "failed"},
        {ProgressRole, "progress"},     {ProgressTextRole, "progressText"},
        {RestartsRole, "restarts"},     {WaitingRole, "waiting"},
        {UntilStartRole, "untilStart"}, {JobIdRole, "jobId"},
    };
}

// Rows come and go in runs: first those whose worker is gone, then those that are new. What is left
// has the ids of `workers`, row by row.
void WorkerModel::update(const QList<WorkerSnapshot> &workers)
{
    const qsizetype countBefore = m_workers.size();
    qsizetype next = 0;
    for (qsizetype row = 0; row < m_workers.size();) {
        const auto isGone = [&](qsizetype candidate) {
            while (next < workers.size() && workers.at(next).id < m_workers.at(candidate).id)
                ++next;
            return next == workers.size() || workers.at(next).id != m_workers.at(candidate).id;
        };
        qsizetype end = row;
        while (end < m_workers.size() && isGone(end))
            ++end;
        if (end > row) {
            beginRemoveRows({}, int(row), int(end - 1));
            m_workers.remove(row, end - row);
            endRemoveRows();
        } else {
            ++row;
        }
    }
    for (qsizetype row = 0; row < workers.size();) {
        const auto isNew = [&](qsizetype candidate) {
            return row == m_workers.size() || workers.at(candidate).id < m_workers.at(row).id;
        };
        qsizetype end = row;
        while (end < workers.size() && isNew(end))
            ++end;
        if (end > row) {
            beginInsertRows({}, int(row), int(end - 1));
            m_workers.insert(row, end - row, {});
            std::copy(workers.begin() + row, workers.begin() + end, m_workers.begin() + row);
            endInsertRows();
        }
        row = std::max(end, row + 1);
    }
    signalChanges(workers);
    if (m_workers.size() != countBefore)
        Q_EMIT countChanged();
}

// One signal for each run of rows in which the same roles have changed.
void WorkerModel::signalChanges(const QList<WorkerSnapshot> &workers)
{
    const QList<WorkerSnapshot> before = std::exchange(m_workers, workers);
    qsizetype first = 0;
    QList<int> pending;
    for (qsizetype row = 0; row <= workers.size(); ++row) {
        const QList<int> roles = row < workers.size()
                                     ? changedRoles(before.at(row), workers.at(row))
                                     : QList<int>();
        if (roles == pending)
            continue;
        if (!pending.isEmpty())
            Q_EMIT dataChanged(index(int(first)), index(int(row - 1)), pending);
        first = row;
        pending = roles;
    }
}

} // namespace Millwright
