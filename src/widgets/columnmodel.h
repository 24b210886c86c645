// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qabstractitemmodel.h>
#include <QtGui/qcolor.h>

#include <functional>

namespace Millwright {

//! A list model as a table: what its roles say, in columns. Rows are those of the list, and have its roles, too.
class ColumnModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    struct Column
    {
        QString title;
        std::function<QString(const QModelIndex &)> text; // of a row
        int width = 10; // in letters
        Qt::Alignment alignment = Qt::AlignLeft;
        std::function<bool(const QModelIndex &)> isProblem = {}; // drawn in the color for that
    };

    ColumnModel(QAbstractItemModel *list, QList<Column> columns, QObject *parent);

    void setProblemColor(const QColor &color) { m_problemColor = color; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override { return m_list->roleNames(); }

private:
    QAbstractItemModel *const m_list;
    const QList<Column> m_columns;
    QColor m_problemColor;
};

} // namespace Millwright
