// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "rowsinplace.h"

#include <utility>

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
    if (model)
        connectTo(model);
    endResetModel();
    Q_EMIT sourceModelChanged();
}

void RowsInPlace::connectTo(QAbstractItemModel *model)
{
    using Model = QAbstractItemModel;
    connect(model, &Model::rowsAboutToBeInserted, this,
            [this](const QModelIndex &, int first, int last) {
                if (!m_isBehind)
                    beginInsertRows({}, first, last);
            });
    connect(model, &Model::rowsInserted, this, [this](const QModelIndex &, int first, int last) {
        if (m_isBehind)
            return;
        m_count += last - first + 1;
        endInsertRows();
    });
    connect(model, &Model::rowsAboutToBeRemoved, this,
            [this](const QModelIndex &, int first, int last) {
                if (!m_isBehind && last - first + 1 > m_count / 4)
                    fallBehind();
                if (!m_isBehind)
                    beginRemoveRows({}, first, last);
            });
    connect(model, &Model::rowsRemoved, this, [this](const QModelIndex &, int first, int last) {
        if (m_isBehind)
            return;
        m_count -= last - first + 1;
        endRemoveRows();
    });
    connect(model, &Model::rowsAboutToBeMoved, this,
            [this](const QModelIndex &, int first, int last, const QModelIndex &, int row) {
                if (!m_isBehind)
                    beginMoveRows({}, first, last, {}, row);
            });
    connect(model, &Model::rowsMoved, this, [this] {
        if (!m_isBehind)
            endMoveRows();
    });
    connect(model, &Model::dataChanged, this,
            [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                if (!m_isBehind)
                    Q_EMIT dataChanged(index(first.row()), index(last.row()), roles);
            });
    connect(model, &Model::layoutChanged, this, &RowsInPlace::fallBehind);
    connect(model, &Model::modelReset, this, &RowsInPlace::fallBehind);
    connect(model, &QObject::destroyed, this, &RowsInPlace::fallBehind);
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

void RowsInPlace::fallBehind()
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
