// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "columnmodel.h"

namespace Millwright {

ColumnModel::ColumnModel(QAbstractItemModel *list, QList<Column> columns, QObject *parent)
    : QAbstractTableModel(parent)
    , m_list(list)
    , m_columns(std::move(columns))
{
    using Model = QAbstractItemModel;
    connect(list, &Model::rowsAboutToBeInserted, this,
            [this](const QModelIndex &, int first, int last) { beginInsertRows({}, first, last); });
    connect(list, &Model::rowsInserted, this, [this] { endInsertRows(); });
    connect(list, &Model::rowsAboutToBeRemoved, this,
            [this](const QModelIndex &, int first, int last) { beginRemoveRows({}, first, last); });
    connect(list, &Model::rowsRemoved, this, [this] { endRemoveRows(); });
    connect(list, &Model::rowsAboutToBeMoved, this,
            [this](const QModelIndex &, int first, int last, const QModelIndex &, int row) {
                beginMoveRows({}, first, last, {}, row);
            });
    connect(list, &Model::rowsMoved, this, [this] { endMoveRows(); });
    connect(list, &Model::modelAboutToBeReset, this, [this] { beginResetModel(); });
    connect(list, &Model::modelReset, this, [this] { endResetModel(); });
    connect(list, &Model::dataChanged, this,
            [this](const QModelIndex &first, const QModelIndex &last) {
                Q_EMIT dataChanged(index(first.row(), 0), index(last.row(), columnCount() - 1));
            });
}

int ColumnModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : m_list->rowCount();
}

int ColumnModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_columns.size());
}

QVariant ColumnModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Column &column = m_columns.at(index.column());
    const QModelIndex row = m_list->index(index.row(), 0);
    switch (role) {
    case Qt::DisplayRole:
        return column.text(row);
    case Qt::ToolTipRole: // otherwise it may be taken for HTML
        return QStringLiteral("<span>%1</span>").arg(column.text(row).toHtmlEscaped());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(column.alignment | Qt::AlignVCenter);
    case Qt::ForegroundRole:
        return column.isProblem && column.isProblem(row) ? QVariant(m_problemColor) : QVariant();
    default:
        return role >= Qt::UserRole ? row.data(role) : QVariant();
    }
}

QVariant ColumnModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical || section < 0 || section >= m_columns.size())
        return QAbstractTableModel::headerData(section, orientation, role);
    if (role == Qt::DisplayRole)
        return m_columns.at(section).title;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(m_columns.at(section).alignment | Qt::AlignVCenter);
    return {};
}

} // namespace Millwright
