// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../millwright_global.h"

#include <QtCore/qsortfilterproxymodel.h>

namespace Millwright {

//! The rows of a model that have a text in their key, label or error: what is typed into the search field of
//! a list of jobs, dead letters, events or workers. Capital and small letters are the same.
//!
//! \code
//! ListView { model: TextFilter { sourceModel: monitor.jobs; text: searchField.text } }
//! \endcode
class MILLWRIGHT_CORE_EXPORT TextFilter : public QSortFilterProxyModel
{
    Q_OBJECT
    Q_PROPERTY(QString text READ text WRITE setText NOTIFY textChanged FINAL)
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)

public:
    explicit TextFilter(QObject *parent = nullptr);
    ~TextFilter() override;

    //! Empty, the default, for all rows.
    [[nodiscard]] const QString &text() const { return m_text; }
    void setText(const QString &text);
    //! The number of rows that are left.
    [[nodiscard]] int count() const { return rowCount(); }

    void setSourceModel(QAbstractItemModel *model) override;

    //! Whether a row with these texts is one that is looked for.
    [[nodiscard]] static bool matches(const QString &text, const QStringList &in);

Q_SIGNALS:
    void textChanged();
    void countChanged();

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    void updateCount();

    QString m_text;
    QList<int> m_roles; // that are looked at
    int m_count = 0;
};

} // namespace Millwright
