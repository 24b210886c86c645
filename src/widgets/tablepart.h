// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "columnmodel.h"

#include "../core/monitor/textfilter.h"

#include <QtWidgets/qwidget.h>

#include <functional>
#include <utility>

QT_BEGIN_NAMESPACE
class QBoxLayout;
class QLabel;
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
    //! A button at the right of the field.
    QToolButton *addButton(const QString &name, const QString &text);
    using Condition = std::function<bool(const QModelIndex &)>;
    //! Enables it while there are rows that are meant.
    void enableOnRows(QToolButton *button, const Condition &isMeant);
    //! Enables it while some are selected that are meant.
    void enableOnSelection(
        QToolButton *button, const Condition &isMeant = [](auto &) { return true; });
    //! What the table is for assistive technology.
    void setName(const QString &name);
    //! What is said where there is nothing to be seen.
    void setEmptyText(const QString &text);
    //! What is said below the table; none by default.
    void setFootnote(const QString &text);

    //! The field, once there is one.
    [[nodiscard]] QLineEdit *search() const { return m_search; }
    [[nodiscard]] QString searchText() const;
    [[nodiscard]] QTableView *view() const { return m_view; }
    //! The rows that are selected; they have the roles of the list.
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
    void chain(QWidget *widget);
    void updateButtons();
    [[nodiscard]] int widthOf(int column) const;

    const QList<ColumnModel::Column> m_layout;
    ColumnModel *const m_columns;
    TextFilter *const m_filter;
    QBoxLayout *const m_bar; // the field, and
    QBoxLayout *const m_buttons;
    QTableView *const m_view;
    QLabel *const m_footnote;
    QLineEdit *m_search = nullptr;
    QWidget *m_lastInBar = nullptr;
    QList<std::pair<QToolButton *, Condition>> m_onRows;
    QList<std::pair<QToolButton *, Condition>> m_onSelection;
    QString m_emptyText;
};

} // namespace Millwright
