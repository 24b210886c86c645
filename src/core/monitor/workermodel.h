// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../statistics/snapshot.h"

#include <QtCore/qabstractitemmodel.h>

namespace Millwright {

//! The workers of a factory as a list, one row for each, in the order of their ids.
//!
//! A model for views, in QML and widgets: `FactoryMonitor` owns one and keeps it up to date. A row
//! stays the row of its worker for as long as there is one of this id, also when the worker is
//! replaced. Belongs to its thread, as every QObject that views look at.
class MILLWRIGHT_CORE_EXPORT WorkerModel : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)

public:
    enum Role {
        WorkerIdRole = Qt::UserRole, //!< `workerId`, int
        StateRole, //!< `state`, the int of a WorkerState
        StateNameRole, //!< `stateName`, QString: the name of the enumerator
        KeyRole, //!< `key`, QString, of the running job; empty when there is none
        LabelRole, //!< `label`, QString, of the running job
        ElapsedRole, //!< `elapsed`, double: milliseconds since the running job was started
        CompletedRole, //!< `completed`, double
        FailedRole, //!< `failed`, double
        RestartsRole, //!< `restarts`, double
        ProgressRole, //!< `progress`, double: 0 to 1, how far the running job has come; -1: unknown
        ProgressTextRole, //!< `progressText`, QString: what the running job is at
        WaitingRole, //!< `waiting`, double: jobs that wait for this worker alone
        UntilStartRole, //!< `untilStart`, double: milliseconds to the next start, if crash-looping
        JobIdRole, //!< `jobId`, double, of the running job, as in a `JobModel`; 0 when there is none
    };
    Q_ENUM(Role)

    explicit WorkerModel(QObject *parent = nullptr);
    ~WorkerModel() override;

    //! The number of rows.
    [[nodiscard]] int count() const { return int(m_workers.size()); }

    //! What the rows show, for those who draw them without a view.
    [[nodiscard]] const QList<WorkerSnapshot> &workers() const { return m_workers; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    //! Makes the rows show these workers, whose ids ascend as in `FactorySnapshot::workers`.
    //! Signals no more than what differs. O(workers). On the thread of the model, and not from a
    //! slot that is connected to one of these signals.
    void update(const QList<WorkerSnapshot> &workers);

Q_SIGNALS:
    void countChanged();

private:
    void signalChanges(const QList<WorkerSnapshot> &workers);

    QList<WorkerSnapshot> m_workers;
};

} // namespace Millwright
