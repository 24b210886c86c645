// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "monitor/textfilter.h"

#include <algorithm>

namespace Millwright {

TextFilter::TextFilter(QObject *parent) : QSortFilterProxyModel(parent)
{
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(this, signal, this, &TextFilter::updateCount);
    connect(this, &QAbstractItemModel::modelReset, this, &TextFilter::updateCount);
}

TextFilter::~TextFilter() = default;

void TextFilter::setText(const QString &text)
{
    if (text == m_text)
        return;
    m_text = text;
    invalidateFilter();
    Q_EMIT textChanged();
}

void TextFilter::setSourceModel(QAbstractItemModel *model)
{
    m_roles.clear();
    if (model) {
        const QHash<int, QByteArray> names = model->roleNames();
        for (auto it = names.begin(); it != names.end(); ++it) {
            if (*it == "key" || *it == "label" || *it == "error" || *it == "text")
                m_roles.append(it.key());
        }
    }
    QSortFilterProxyModel::setSourceModel(model);
}

bool TextFilter::matches(const QString &text, const QStringList &in)
{
    return text.isEmpty() || std::any_of(in.begin(), in.end(), [&](const QString &one) {
               return one.contains(text, Qt::CaseInsensitive);
           });
}

bool TextFilter::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    if (m_text.isEmpty())
        return true;
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    return std::any_of(m_roles.begin(), m_roles.end(), [&](int role) {
        return index.data(role).toString().contains(m_text, Qt::CaseInsensitive);
    });
}

void TextFilter::updateCount()
{
    const int count = rowCount();
    if (std::exchange(m_count, count) != count)
        Q_EMIT countChanged();
}

} // namespace Millwright
