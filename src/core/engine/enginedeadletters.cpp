// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/section.h"
#include "job/errors.h"
#include "logging.h"

#include <algorithm>

namespace Millwright {

// --- Dead letters -----------------------------------------------------------------------------

void Engine::setDeadLetterLimit(qsizetype limit)
{
    if (isCalledByPolicy("setDeadLetterLimit"))
        return;
    Section section(*this);
    m_deadLetters.setLimit(std::max<qsizetype>(0, limit));
    dropSurplusLetters(section);
}

qsizetype Engine::deadLetterLimit() const
{
    return read([this] { return m_deadLetters.limit(); });
}

QList<DeadLetter> Engine::deadLetters() const
{
    return read([this] { return m_deadLetters.letters(); });
}

DeadLetter Engine::letterOf(const AbstractJob &job, const QString &key, Outcome outcome,
                            const QString &error, int worker, qint64 now)
{
    return {.time = now,
            .outcome = outcome,
            .key = key,
            .label = job.label(),
            .error = error,
            .attempts = job.m_attempt,
            .worker = worker};
}

// A job to be retried from there; nullptr if it cannot be.
void Engine::bury(DeadLetter letter, AbstractJob::Pointer job, Section &section)
{
    if (m_deadLetters.limit() == 0) {
        section.drop(std::move(job));
        return;
    }
    letter.isRetriable = job && !job->m_messageTaken;
    if (!letter.isRetriable)
        section.drop(std::move(job));
    m_deadLetters.add({std::move(letter), std::move(job)});
    dropSurplusLetters(section);
}

// A job that was turned away for the last time, after the discard handler has seen it; not `isKept`
// if it is the handler's now.
void Engine::buryShed(AbstractJob &job, bool isKept)
{
    const QString key = keyTextOf(job); // the user's code: not under the lock
    const QString text = errorText(std::make_exception_ptr(JobDiscarded(DiscardReason::Loadshed)));
    if (isKept)
        job.ref();
    AbstractJob::Pointer kept(isKept ? &job : nullptr);
    Section section(*this);
    bury(letterOf(job, key, Outcome::Discarded, text, -1, m_clock->now()), std::move(kept),
         section);
}

void Engine::dropSurplusLetters(Section &section)
{
    while (DeadLetters::Removed surplus = m_deadLetters.removeSurplus())
        section.drop(std::move(surplus.mapped().job));
}

bool Engine::dropDeadLetter(quint64 id)
{
    if (isCalledByPolicy("dropDeadLetter"))
        return false;
    DeadLetters::Removed dropped; // destroyed after the section
    Section section(*this);
    dropped = m_deadLetters.remove(id);
    return !dropped.empty();
}

// Its job is submitted anew. While that is decided the letter is not in the list.
bool Engine::retryDeadLetter(quint64 id)
{
    if (isCalledByPolicy("retryDeadLetter"))
        return false;
    DeadLetters::Removed removed;
    {
        Section section(*this);
        if (m_state > FactoryState::Running)
            return false;
        removed = m_deadLetters.remove(id);
        if (removed.empty())
            return false;
    }
    DeadLetters::Entry &entry = removed.mapped();
    const auto restore = [&] {
        Section section(*this);
        m_deadLetters.restore(std::move(removed));
        dropSurplusLetters(section);
    };
    if (!entry.job) {
        restore();
        return false;
    }
    AbstractJob::Pointer job;
    try {
        job = entry.job->makeSuccessor();
    } catch (...) {
        qCWarning(
            lcMillwright,
            "Factory \"%s\": the dead letter \"%s\" was not retried, its message or key threw "
            "\"%s\".",
            qUtf8Printable(m_name), qUtf8Printable(entry.letter.key),
            qUtf8Printable(errorText(std::current_exception())));
    }
    if (!job || submit(*job)) {
        // What the discard handler has made of it counts.
        if (job && (job->isHandedOn() || job->isMessageTaken())) {
            entry.letter.isRetriable = false;
            job.reset();
            entry.job.reset();
        } else if (job) {
            entry.job = std::move(job);
        }
        restore();
        return false;
    }
    job.release(); // the factory's
    return true;
}

} // namespace Millwright
