// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qpointer.h>
#include <QtQml/qqml.h>

namespace Millwright {

//! Another list, for a view whose delegates cost more to make than to change. In a list of jobs that last a millisecond
//! all rows are others with each look, and a ListView destroys the delegate of a row that is removed. Here, when more than a
//! quarter of all rows go at once, the rows stay and show what comes in their place; that, and all else that happens in
//! the same turn of the event loop, is passed on at its end. Otherwise this is the same list as the other.
class RowsInPlace : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    //! Not owned. A list without columns; none by default.
    Q_PROPERTY(QAbstractItemModel *sourceModel READ sourceModel WRITE setSourceModel NOTIFY
                   sourceModelChanged FINAL)

public:
    explicit RowsInPlace(QObject *parent = nullptr);
    ~RowsInPlace() override;

    [[nodiscard]] QAbstractItemModel *sourceModel() const { return m_source; }
    void setSourceModel(QAbstractItemModel *model);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void sourceModelChanged();

private:
    void connectTo(QAbstractItemModel *model);
    void fallBehind();
    void catchUp();

    QPointer<QAbstractItemModel> m_source;
    int m_count = 0; // that is known outside
    bool m_isBehind = false;
};

} // namespace Millwright
