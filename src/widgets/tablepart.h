// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "columnmodel.h"

#include "../core/monitor/textfilter.h"

#include <QtWidgets/qwidget.h>

QT_BEGIN_NAMESPACE
class QBoxLayout;
class QLineEdit;
class QTableView;
class QToolButton;
QT_END_NAMESPACE

namespace Millwright {

//! A list of a dashboard as a table, with a field to search it, and buttons.
class TablePart : public QWidget
{
    Q_OBJECT

public:
    //! `stretched` is the column that gets the room that the others leave. Where there is little, the last ones are
    //! hidden.
    TablePart(QAbstractItemModel *list, const QList<ColumnModel::Column> &columns, int stretched,
              QWidget *parent);

    //! A field to type what is looked for into.
    void addSearch(const QString &placeholder);
    //! A button at the right of the field. Enabled while there are rows, or, `onSelection`, while some are selected.
    QToolButton *addButton(const QString &name, const QString &text, bool onSelection);
    //! What is said where there is nothing to be seen.
    void setEmptyText(const QString &text);

    [[nodiscard]] QString searchText() const;
    [[nodiscard]] QTableView *view() const { return m_view; }
    //! The rows of the list that are selected.
    [[nodiscard]] QList<QModelIndex> selected() const;
    //! What is in this role of theirs.
    [[nodiscard]] QList<quint64> selectedIds(int role) const;
    //! Selects the row in whose role there is this value.
    void select(int role, const QVariant &value);

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void updateButtons();
    [[nodiscard]] int widthOf(int column) const;

    TextFilter *const m_filter;
    const QList<ColumnModel::Column> m_layout;
    ColumnModel *const m_columns;
    QBoxLayout *const m_bar; // the field, and
    QBoxLayout *const m_buttons;
    QTableView *const m_view;
    QLineEdit *m_search = nullptr;
    QList<QToolButton *> m_onRows;
    QList<QToolButton *> m_onSelection;
    QString m_emptyText;
};

} // namespace Millwright
