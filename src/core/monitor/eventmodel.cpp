// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "monitor/eventmodel.h"

#include <QtCore/qmetaobject.h>

#include <algorithm>

namespace Millwright {

namespace {

bool isProblem(const FactoryEvent &event)
{
    switch (event.kind) {
    case FactoryEvent::StateChanged:
        return event.text == nameOf(FactoryState::Failed);
    case FactoryEvent::JobRetried:
    case FactoryEvent::ThreadReturned:
        return false; // it may still go well
    case FactoryEvent::WorkerRestarted:
    case FactoryEvent::WorkerCrashLooping:
    case FactoryEvent::JobFailed:
    case FactoryEvent::JobLost:
    case FactoryEvent::CallFailed:
    case FactoryEvent::WorkerStuck:
    case FactoryEvent::WorkerCondemned:
        return true;
    }
    return false;
}

} // namespace

EventModel::EventModel(QObject *parent) : QAbstractListModel(parent) {}

EventModel::~EventModel() = default;

int EventModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant EventModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Entry &entry = m_entries.at(index.row());
    switch (role) {
    case KindRole:
        return int(entry.event.kind);
    case KindNameRole:
        return QString::fromLatin1(QMetaEnum::fromType<Kind>().valueToKey(entry.event.kind));
    case WorkerRole:
        return entry.event.worker;
    case KeyRole:
        return entry.event.key;
    case TextRole:
        return entry.event.text;
    case TimeRole:
        return entry.time;
    case IsProblemRole:
        return isProblem(entry.event);
    default:
        return {};
    }
}

QHash<int, QByteArray> EventModel::roleNames() const
{
    return {
        {KindRole, "kind"},           {KindNameRole, "kindName"},
        {WorkerRole, "worker"},       {KeyRole, "key"},
        {TextRole, "text"},           {TimeRole, "time"},
        {IsProblemRole, "isProblem"},
    };
}

void EventModel::clear()
{
    if (m_entries.isEmpty())
        return;
    beginRemoveRows({}, 0, count() - 1);
    m_entries.clear();
    endRemoveRows();
    Q_EMIT countChanged();
}

void EventModel::add(const QList<FactoryEvent> &events, qint64 now)
{
    const qsizetype added = std::min<qsizetype>(events.size(), MaximumCount);
    if (added == 0)
        return;
    const qsizetype countBefore = m_entries.size();
    const qsizetype kept = std::min(countBefore, MaximumCount - added);
    if (kept < countBefore) {
        beginRemoveRows({}, int(kept), int(countBefore - 1));
        m_entries.resize(kept);
        endRemoveRows();
    }

    const QDateTime wallNow = QDateTime::currentDateTime();
    QList<Entry> entries;
    entries.reserve(added + kept);
    for (qsizetype i = events.size() - 1; i >= events.size() - added; --i)
        entries.append({events.at(i), wallNow.addMSecs((events.at(i).time - now) / 1'000'000)});
    beginInsertRows({}, 0, int(added - 1));
    m_entries = entries + m_entries;
    endInsertRows();
    if (m_entries.size() != countBefore)
        Q_EMIT countChanged();
}

} // namespace Millwright
