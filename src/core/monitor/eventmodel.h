// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../statistics/snapshot.h"

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qdatetime.h>

namespace Millwright {

//! What has recently happened in a factory, as a list, the newest first.
//!
//! A model for views, in QML and widgets: `FactoryMonitor` owns one and keeps it up to date.
//! Belongs to its thread, as every QObject that views look at.
class MILLWRIGHT_CORE_EXPORT EventModel : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)

public:
    //! The kinds of `FactoryEvent`, for QML.
    enum Kind {
        StateChanged = FactoryEvent::StateChanged,
        WorkerRestarted = FactoryEvent::WorkerRestarted,
        WorkerCrashLooping = FactoryEvent::WorkerCrashLooping,
        JobFailed = FactoryEvent::JobFailed,
        JobRetried = FactoryEvent::JobRetried,
        JobLost = FactoryEvent::JobLost,
        CallFailed = FactoryEvent::CallFailed,
        WorkerStuck = FactoryEvent::WorkerStuck,
        WorkerCondemned = FactoryEvent::WorkerCondemned,
        ThreadReturned = FactoryEvent::ThreadReturned,
    };
    Q_ENUM(Kind)

    enum Role {
        KindRole = Qt::UserRole, //!< `kind`, the int of a Kind
        KindNameRole, //!< `kindName`, QString: the name of the enumerator
        WorkerRole, //!< `worker`, int: the id, -1 when it was no worker
        KeyRole, //!< `key`, QString: of the job; empty when it was none
        TextRole, //!< `text`, QString: the error, or the new state of the factory
        TimeRole, //!< `time`, QDateTime, local time
        IsProblemRole, //!< `isProblem`, bool: something that should not happen
    };
    Q_ENUM(Role)

    //! Older events than so many make room for newer ones.
    static constexpr int MaximumCount = 200;

    explicit EventModel(QObject *parent = nullptr);
    ~EventModel() override;

    //! The number of rows.
    [[nodiscard]] int count() const { return int(m_entries.size()); }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    //! Forgets all events shown so far. The factory is not touched.
    Q_INVOKABLE void clear();

    //! Adds events, the oldest first as `FactoryBase::eventsSince()` returns them. `now` is the
    //! monotonic time of the factory in nanoseconds, as in `FactorySnapshot::time`, by which the
    //! time of day of each event is told. On the thread of the model.
    void add(const QList<FactoryEvent> &events, qint64 now);

Q_SIGNALS:
    void countChanged();

private:
    struct Entry
    {
        FactoryEvent event;
        QDateTime time;
    };

    QList<Entry> m_entries; // the newest first
};

} // namespace Millwright
