// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "monitor/deadlettermodel.h"

#include <algorithm>

namespace Millwright {

DeadLetterModel::DeadLetterModel(QObject *parent) : QAbstractListModel(parent) {}

DeadLetterModel::~DeadLetterModel() = default;

int DeadLetterModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant DeadLetterModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const auto &[letter, time] = m_entries.at(index.row());
    switch (role) {
    case LetterIdRole:
        return double(letter.id);
    case KeyRole:
        return letter.key;
    case LabelRole:
        return letter.label;
    case OutcomeRole:
        return int(letter.outcome);
    case OutcomeNameRole:
        return nameOf(letter.outcome);
    case ErrorRole:
        return letter.error;
    case AttemptsRole:
        return letter.attempts;
    case WorkerRole:
        return letter.worker;
    case TimeRole:
        return time;
    case IsRetriableRole:
        return letter.isRetriable;
    default:
        return {};
    }
}

QHash<int, QByteArray> DeadLetterModel::roleNames() const
{
    return {
        {LetterIdRole, "letterId"},
        {KeyRole, "key"},
        {LabelRole, "label"},
        {OutcomeRole, "outcome"},
        {OutcomeNameRole, "outcomeName"},
        {ErrorRole, "error"},
        {AttemptsRole, "attempts"},
        {WorkerRole, "worker"},
        {TimeRole, "time"},
        {IsRetriableRole, "isRetriable"},
    };
}

// Letters come with higher ids than all before them, unless a retry was refused and its letter is back
// in its old place.
void DeadLetterModel::update(const QList<DeadLetter> &letters, qint64 now)
{
    const QDateTime wallNow = QDateTime::currentDateTime();
    const qsizetype countBefore = m_entries.size();
    qsizetype row = 0;
    qsizetype next = letters.size() - 1; // of the letters, the newest first
    while (row < m_entries.size() || next >= 0) {
        const quint64 shown = row < m_entries.size() ? m_entries.at(row).letter.id : 0;
        const quint64 wanted = next >= 0 ? letters.at(next).id : 0;
        if (shown == wanted) {
            if (m_entries.at(row).letter != letters.at(next)) {
                m_entries[row].letter = letters.at(next);
                Q_EMIT dataChanged(index(int(row)), index(int(row)));
            }
            ++row;
            --next;
        } else if (shown > wanted) { // a run of rows has gone
            qsizetype end = row;
            while (end < m_entries.size() && m_entries.at(end).letter.id > wanted)
                ++end;
            beginRemoveRows({}, int(row), int(end - 1));
            m_entries.remove(row, end - row);
            endRemoveRows();
        } else { // a run has come
            QList<Entry> run;
            for (; next >= 0 && letters.at(next).id > shown; --next)
                run.append({letters.at(next),
                            wallNow.addMSecs((letters.at(next).time - now) / 1'000'000)});
            beginInsertRows({}, int(row), int(row + run.size() - 1));
            m_entries = m_entries.first(row) + run + m_entries.sliced(row);
            endInsertRows();
            row += run.size();
        }
    }
    const auto retriable = int(
        std::count_if(letters.begin(), letters.end(),
                      [](const DeadLetter &letter) { return letter.isRetriable; }));
    const int retriableBefore = std::exchange(m_retriableCount, retriable);
    if (m_entries.size() != countBefore)
        Q_EMIT countChanged();
    if (retriable != retriableBefore)
        Q_EMIT retriableCountChanged();
}

} // namespace Millwright
