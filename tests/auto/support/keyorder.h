// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qstring.h>

#include <deque>
#include <map>
#include <mutex>
#include <set>

namespace Support {

//! Watches whether the jobs of each key run in the order in which they were submitted, and one at a
//! time. Knows nothing of factories: it is told of submissions, starts and ends. Thread-safe.
class KeyOrder
{
public:
    //! Before the job is given to the factory. Numbers grow.
    void submitted(quint64 key, int level, qint64 number)
    {
        const std::lock_guard locker(m_mutex);
        m_lines[{key, level}].push_back(number);
        m_unstarted.insert(number);
    }
    //! It has ended without being started, or was never accepted.
    void ended(qint64 number)
    {
        const std::lock_guard locker(m_mutex);
        m_unstarted.erase(number);
    }
    void started(quint64 key, int level, qint64 number)
    {
        const std::lock_guard locker(m_mutex);
        if (!m_running.insert(key).second)
            complain(QStringLiteral("job %1 of key %2 overlaps another one").arg(number).arg(key));
        if (m_unstarted.erase(number) == 0)
            return; // a further attempt
        std::deque<qint64> &line = m_lines[{key, level}];
        while (line.front() != number && !m_unstarted.contains(line.front()))
            line.pop_front();
        if (line.front() != number) {
            complain(QStringLiteral("job %1 of key %2 has overtaken job %3")
                         .arg(number)
                         .arg(key)
                         .arg(line.front()));
        }
    }
    void stopped(quint64 key)
    {
        const std::lock_guard locker(m_mutex);
        m_running.erase(key);
    }

    //! The first thing that was wrong; empty if nothing was.
    [[nodiscard]] QString complaint() const
    {
        const std::lock_guard locker(m_mutex);
        return m_complaint;
    }

private:
    void complain(const QString &complaint)
    {
        if (m_complaint.isEmpty())
            m_complaint = complaint;
    }

    mutable std::mutex m_mutex;
    std::map<std::pair<quint64, int>, std::deque<qint64>> m_lines; // in order of submission
    std::set<qint64> m_unstarted;
    std::set<quint64> m_running; // keys
    QString m_complaint;
};

} // namespace Support
