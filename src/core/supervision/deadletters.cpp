// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "supervision/deadletters.h"

namespace Millwright {

QList<DeadLetter> DeadLetters::letters() const
{
    QList<DeadLetter> letters;
    letters.reserve(count());
    for (const auto &[id, entry] : m_entries)
        letters.append(entry.letter);
    return letters;
}

void DeadLetters::add(Entry entry)
{
    const quint64 id = ++m_lastId;
    entry.letter.id = id;
    m_entries.emplace_hint(m_entries.end(), id, std::move(entry));
    ++m_changes;
}

void DeadLetters::restore(Removed entry)
{
    m_entries.insert(std::move(entry));
    ++m_changes;
}

DeadLetters::Removed DeadLetters::remove(quint64 id)
{
    Removed entry = m_entries.extract(id);
    m_changes += entry.empty() ? 0 : 1;
    return entry;
}

DeadLetters::Removed DeadLetters::removeSurplus()
{
    return count() > m_limit ? remove(m_entries.begin()->first) : Removed();
}

} // namespace Millwright
