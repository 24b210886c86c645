// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../job/abstractjob.h"

#include <QtCore/qlist.h>

#include <functional>
#include <map>

namespace Millwright {

//! A job whose last attempt has failed.
struct MILLWRIGHT_CORE_EXPORT DeadLetter
{
    Q_GADGET
    Q_PROPERTY(quint64 id MEMBER id FINAL)
    Q_PROPERTY(qint64 time MEMBER time FINAL)
    Q_PROPERTY(Millwright::Outcome outcome MEMBER outcome FINAL)
    Q_PROPERTY(QString key MEMBER key FINAL)
    Q_PROPERTY(QString label MEMBER label FINAL)
    Q_PROPERTY(QString error MEMBER error FINAL)
    Q_PROPERTY(int attempts MEMBER attempts FINAL)
    Q_PROPERTY(int worker MEMBER worker FINAL)
    Q_PROPERTY(bool isRetriable MEMBER isRetriable FINAL)

public:
    quint64 id = 0; //!< 1 for the first of a factory, and so on
    qint64 time = 0; //!< of the end of the job; monotonic, nanoseconds, as `FactorySnapshot::time`
    Outcome outcome = Outcome::Failed; //!< `Failed`, `WorkerLost`, or `Discarded` (`Loadshed`)
    QString key = {}; //!< as text
    QString label = {};
    QString error = {}; //!< the text of what `process()` threw, or why else the job has ended
    int attempts = 1;
    int worker = -1; //!< that has tried it last; -1: none
    //! Its message is still there: it was not taken out, by the worker or a discard handler, and is
    //! not with a worker that was given up.
    bool isRetriable = false;

    bool operator==(const DeadLetter &) const = default;
};

//! Picks dead letters.
using DeadLetterFilter = std::function<bool(const DeadLetter &)>;

//! The dead letters of a factory, no more than a number of them, the newest. Not thread-safe. What
//! leaves it is handed out, to be destroyed where that may take its time. O(log n).
class DeadLetters
{
public:
    struct Entry
    {
        DeadLetter letter;
        AbstractJob::Pointer job; // none if it cannot be retried
    };
    using Entries = std::map<quint64, Entry>; // by id: the oldest first
    using Removed = Entries::node_type;

    explicit DeadLetters(qsizetype limit) : m_limit(limit) {}

    [[nodiscard]] qsizetype limit() const { return m_limit; }
    void setLimit(qsizetype limit) { m_limit = limit; }
    [[nodiscard]] qsizetype count() const { return qsizetype(m_entries.size()); }
    //! Grows with every change.
    [[nodiscard]] quint64 changes() const { return m_changes; }
    [[nodiscard]] QList<DeadLetter> letters() const;

    //! As the newest; the letter gets its id.
    void add(Entry entry);
    //! What was removed comes back.
    void restore(Removed entry);
    //! Empty if there is none of this id.
    [[nodiscard]] Removed remove(quint64 id);
    //! The oldest, while there are more than the limit allows; then empty.
    [[nodiscard]] Removed removeSurplus();

private:
    Entries m_entries;
    qsizetype m_limit;
    quint64 m_lastId = 0;
    quint64 m_changes = 0;
};

} // namespace Millwright
