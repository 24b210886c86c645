// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../statistics/snapshot.h"

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qset.h>

namespace Millwright {

//! The jobs of a factory that run or wait, as a list: those that run first, then the next ones.
//!
//! A model for views, in QML and widgets: `FactoryMonitor` owns one and keeps it up to date. A row stays
//! the row of its job for as long as that is listed. Belongs to its thread, as every QObject that views
//! look at.
class MILLWRIGHT_CORE_EXPORT JobModel : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)

public:
    enum Role {
        JobIdRole = Qt::UserRole, //!< `jobId`, double: for `FactoryBase::cancelJob()`
        StateRole, //!< `state`, the int of a JobState
        StateNameRole, //!< `stateName`, QString: the name of the enumerator
        WorkerRole, //!< `worker`, int: that runs it, or for which alone it waits; -1: none
        StuckRole, //!< `stuck`, bool: as in JobSnapshot
        KeyRole, //!< `key`, QString
        LabelRole, //!< `label`, QString
        PriorityRole, //!< `priority`, the int of a Priority
        PriorityNameRole, //!< `priorityName`, QString: the name of the enumerator
        AttemptRole, //!< `attempt`, int: 1 for the first
        AgeRole, //!< `age`, double: milliseconds since it was submitted
        ElapsedRole, //!< `elapsed`, double: milliseconds since it was started; 0 if it waits
        TimeToLiveRole, //!< `timeToLive`, double: milliseconds until it expires; -1 if it cannot
        UntilAttemptRole, //!< `untilAttempt`, double: milliseconds to the next attempt, if it backs off
        ProgressRole, //!< `progress`, double: 0 to 1, how far it has come; -1: unknown
        ProgressTextRole, //!< `progressText`, QString: what it is at
    };
    Q_ENUM(Role)

    explicit JobModel(QObject *parent = nullptr);
    ~JobModel() override;

    //! The number of rows.
    [[nodiscard]] int count() const { return int(m_jobs.size()); }
    [[nodiscard]] const QList<JobSnapshot> &jobs() const { return m_jobs; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    //! Makes the rows show these jobs. Signals no more than what differs. O(jobs). On the thread of the
    //! model, and not from a slot that is connected to one of these signals.
    void update(const QList<JobSnapshot> &jobs);

Q_SIGNALS:
    void countChanged();

private:
    void removeGone(const QList<JobSnapshot> &jobs);
    void tellChanged(const QSet<quint64> &before);

    QList<JobSnapshot> m_jobs;
};

} // namespace Millwright
