// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../supervision/deadletters.h"

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qdatetime.h>

namespace Millwright {

//! The dead letters of a factory as a list, the newest first.
//!
//! \code
//! ListView {
//!     model: monitor.deadLetters
//!     delegate: Button {
//!         required property double letterId
//!         required property string key
//!         text: "Retry " + key
//!         onClicked: monitor.factory.retryDeadLetter(letterId)
//!     }
//! }
//! \endcode
//!
//! A model for views, in QML and widgets: `FactoryMonitor` owns one and keeps it up to date.
//! Belongs to its thread, as every QObject that views look at.
class MILLWRIGHT_CORE_EXPORT DeadLetterModel : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)
    Q_PROPERTY(int retriableCount READ retriableCount NOTIFY retriableCountChanged FINAL)

public:
    enum Role {
        LetterIdRole = Qt::UserRole, //!< `letterId`, double: for `FactoryBase::retryDeadLetter()`
        KeyRole, //!< `key`, QString
        LabelRole, //!< `label`, QString
        OutcomeRole, //!< `outcome`, the int of an Outcome
        OutcomeNameRole, //!< `outcomeName`, QString: the name of the enumerator
        ErrorRole, //!< `error`, QString
        AttemptsRole, //!< `attempts`, int
        WorkerRole, //!< `worker`, int: that has tried it last; -1 when there was none
        TimeRole, //!< `time`, QDateTime, local time
        IsRetriableRole, //!< `isRetriable`, bool
    };
    Q_ENUM(Role)

    explicit DeadLetterModel(QObject *parent = nullptr);
    ~DeadLetterModel() override;

    //! The number of rows.
    [[nodiscard]] int count() const { return int(m_entries.size()); }
    //! How many of them can be tried again: the message of a job that was lost with its worker may be gone.
    [[nodiscard]] int retriableCount() const { return m_retriableCount; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    //! Makes the rows show these letters, given as `FactoryBase::deadLetters()` returns them. `now` is
    //! the monotonic time of the factory in nanoseconds, as in `FactorySnapshot::time`, by which the
    //! time of day of each letter is told. Signals no more than what differs. O(letters). On the thread
    //! of the model, and not from a slot that is connected to one of these signals.
    void update(const QList<DeadLetter> &letters, qint64 now);

Q_SIGNALS:
    void countChanged();
    void retriableCountChanged();

private:
    struct Entry
    {
        DeadLetter letter;
        QDateTime time;
    };

    QList<Entry> m_entries; // by id, the highest first
    int m_retriableCount = 0;
};

} // namespace Millwright
