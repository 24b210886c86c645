// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "monitor/jobmodel.h"

#include "milliseconds.h"

#include <algorithm>

namespace Millwright {

JobModel::JobModel(QObject *parent) : QAbstractListModel(parent) {}

JobModel::~JobModel() = default;

int JobModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant JobModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const JobSnapshot &job = m_jobs.at(index.row());
    switch (role) {
    case JobIdRole:
        return double(job.id);
    case StateRole:
        return int(job.state);
    case StateNameRole:
        return nameOf(job.state);
    case WorkerRole:
        return job.worker;
    case StuckRole:
        return job.stuck;
    case KeyRole:
        return job.key;
    case LabelRole:
        return job.label;
    case PriorityRole:
        return int(job.priority);
    case PriorityNameRole:
        return nameOf(job.priority);
    case AttemptRole:
        return job.attempt;
    case AgeRole:
        return toMilliseconds(job.age);
    case ElapsedRole:
        return toMilliseconds(job.elapsed);
    case TimeToLiveRole:
        return job.timeToLive ? toMilliseconds(*job.timeToLive) : -1;
    case UntilAttemptRole:
        return toMilliseconds(job.untilAttempt);
    case ProgressRole:
        return job.progress.fraction();
    case ProgressTextRole:
        return job.progress.text;
    default:
        return {};
    }
}

QHash<int, QByteArray> JobModel::roleNames() const
{
    return {
        {JobIdRole, "jobId"},
        {StateRole, "state"},
        {StateNameRole, "stateName"},
        {WorkerRole, "worker"},
        {StuckRole, "stuck"},
        {KeyRole, "key"},
        {LabelRole, "label"},
        {PriorityRole, "priority"},
        {PriorityNameRole, "priorityName"},
        {AttemptRole, "attempt"},
        {AgeRole, "age"},
        {ElapsedRole, "elapsed"},
        {TimeToLiveRole, "timeToLive"},
        {UntilAttemptRole, "untilAttempt"},
        {ProgressRole, "progress"},
        {ProgressTextRole, "progressText"},
    };
}

void JobModel::removeGone(const QList<JobSnapshot> &jobs)
{
    QSet<quint64> ids;
    ids.reserve(jobs.size());
    for (const JobSnapshot &job : jobs)
        ids.insert(job.id);
    for (qsizetype end = m_jobs.size(); end > 0;) {
        if (ids.contains(m_jobs.at(end - 1).id)) {
            --end;
            continue;
        }
        qsizetype first = end - 1;
        while (first > 0 && !ids.contains(m_jobs.at(first - 1).id))
            --first;
        beginRemoveRows({}, int(first), int(end - 1));
        m_jobs.remove(first, end - first);
        endRemoveRows();
        end = first;
    }
}

// Of those that were here before, the ages at least.
void JobModel::tellChanged(const QSet<quint64> &before)
{
    for (int row = 0; row < count();) {
        int end = row;
        while (end < count() && before.contains(m_jobs.at(end).id))
            ++end;
        if (end > row)
            Q_EMIT dataChanged(index(row), index(end - 1));
        row = end + 1;
    }
}

// First those go that are gone. Of what is left, which has mostly kept its order, each is moved to its place, or
// comes there.
void JobModel::update(const QList<JobSnapshot> &jobs)
{
    const qsizetype countBefore = m_jobs.size();
    removeGone(jobs);
    QSet<quint64> shown;
    shown.reserve(m_jobs.size());
    for (const JobSnapshot &job : m_jobs)
        shown.insert(job.id);
    for (qsizetype row = 0; row < jobs.size(); ++row) {
        if (row < m_jobs.size() && m_jobs.at(row).id == jobs.at(row).id)
            continue;
        if (shown.contains(jobs.at(row).id)) {
            const auto it = std::find_if(
                m_jobs.cbegin() + row, m_jobs.cend(),
                [&](const auto &job) { return job.id == jobs.at(row).id; });
            const qsizetype from = it - m_jobs.cbegin();
            beginMoveRows({}, int(from), int(from), {}, int(row));
            m_jobs.move(from, row);
            endMoveRows();
            continue;
        }
        qsizetype end = row;
        while (end < jobs.size() && !shown.contains(jobs.at(end).id))
            ++end;
        beginInsertRows({}, int(row), int(end - 1));
        m_jobs.insert(row, end - row, {});
        std::copy(jobs.begin() + row, jobs.begin() + end, m_jobs.begin() + row);
        endInsertRows();
        row = end - 1;
    }
    m_jobs = jobs;
    tellChanged(shown);
    if (m_jobs.size() != countBefore)
        Q_EMIT countChanged();
}

} // namespace Millwright
