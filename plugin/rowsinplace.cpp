// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "rowsinplace.h"

#include <algorithm>

namespace Millwright {

RowsInPlace::RowsInPlace(QObject *parent) : QAbstractListModel(parent) {}

RowsInPlace::~RowsInPlace() = default;

void RowsInPlace::setSourceModel(QAbstractItemModel *model)
{
    if (model == m_source)
        return;
    beginResetModel();
    if (m_source)
        m_source->disconnect(this);
    m_source = model;
    m_count = model ? model->rowCount() : 0;
    if (model) {
        for (const auto signal :
             {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved}) {
            connect(model, signal, this, &RowsInPlace::follow);
        }
        connect(model, &QAbstractItemModel::rowsMoved, this, &RowsInPlace::follow);
        connect(model, &QAbstractItemModel::dataChanged, this, &RowsInPlace::follow);
        connect(model, &QAbstractItemModel::layoutChanged, this, &RowsInPlace::follow);
        connect(model, &QAbstractItemModel::modelReset, this, &RowsInPlace::follow);
        connect(model, &QObject::destroyed, this, &RowsInPlace::follow);
    }
    endResetModel();
    Q_EMIT sourceModelChanged();
}

int RowsInPlace::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : m_count;
}

QVariant RowsInPlace::data(const QModelIndex &index, int role) const
{
    if (!m_source || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    return m_source->index(index.row(), 0).data(role);
}

QHash<int, QByteArray> RowsInPlace::roleNames() const
{
    return m_source ? m_source->roleNames() : QHash<int, QByteArray>();
}

void RowsInPlace::follow()
{
    if (!std::exchange(m_isBehind, true))
        QMetaObject::invokeMethod(this, &RowsInPlace::catchUp, Qt::QueuedConnection);
}

void RowsInPlace::catchUp()
{
    m_isBehind = false;
    const int count = m_source ? m_source->rowCount() : 0;
    if (count < m_count) {
        beginRemoveRows({}, count, m_count - 1);
        m_count = count;
        endRemoveRows();
    }
    if (m_count > 0)
        Q_EMIT dataChanged(index(0), index(m_count - 1));
    if (count > m_count) {
        beginInsertRows({}, m_count, count - 1);
        m_count = count;
        endInsertRows();
    }
}

} // namespace Millwright
