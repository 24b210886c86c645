// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "factorybase.h"
#include "logging.h"
#include "milliseconds.h"

#include <algorithm>
#include <limits>

namespace Millwright {

namespace {

bool isInRange(const FactoryBase &factory, const char *what, double value, double least,
               double most = std::numeric_limits<double>::infinity())
{
    if (value >= least && value <= most) // not a number is neither
        return true;
    qCWarning(lcMillwright,
              "Factory \"%s\": a %s of %g was ignored; it must be at least %g and at most %g.",
              qUtf8Printable(factory.name()), what, value, least, most);
    return false;
}

} // namespace

// --- The retry policy -------------------------------------------------------------------------

RetryPolicy FactoryBase::retryPolicy() const
{
    return m_engine->retryPolicy();
}

void FactoryBase::setRetryPolicy(const RetryPolicy &policy)
{
    m_engine->setRetryPolicy(policy);
}

template<typename Value>
void FactoryBase::changeRetryPolicy(Value RetryPolicy::*member, Value value)
{
    m_engine->changeRetryPolicy([&](RetryPolicy &its) { its.*member = value; });
}

void FactoryBase::setRetryAttempts(int attempts)
{
    if (isInRange(*this, "retryAttempts", attempts, 1))
        changeRetryPolicy(&RetryPolicy::maximumAttempts, attempts);
}

double FactoryBase::retryBackoff() const
{
    return toMilliseconds(retryPolicy().backoff);
}

void FactoryBase::setRetryBackoff(double milliseconds)
{
    if (isInRange(*this, "retryBackoff", milliseconds, 0))
        changeRetryPolicy(&RetryPolicy::backoff, fromMilliseconds(milliseconds));
}

void FactoryBase::setRetryBackoffFactor(double factor)
{
    if (isInRange(*this, "retryBackoffFactor", factor, 1))
        changeRetryPolicy(&RetryPolicy::backoffFactor, factor);
}

double FactoryBase::retryMaximumBackoff() const
{
    return toMilliseconds(retryPolicy().maximumBackoff);
}

void FactoryBase::setRetryMaximumBackoff(double milliseconds)
{
    if (isInRange(*this, "retryMaximumBackoff", milliseconds, 0))
        changeRetryPolicy(&RetryPolicy::maximumBackoff, fromMilliseconds(milliseconds));
}

void FactoryBase::setRetryJitter(double share)
{
    if (isInRange(*this, "retryJitter", share, 0, 1))
        changeRetryPolicy(&RetryPolicy::jitter, share);
}

void FactoryBase::setRetryOn(RetryOutcomes outcomes)
{
    constexpr RetryOutcomes All = RetryOn::Failed | RetryOn::WorkerLost | RetryOn::Loadshed;
    if (outcomes & ~All) {
        qCWarning(lcMillwright, "Factory \"%s\": there is no retryOn %d; it stays as it was.",
                  qUtf8Printable(name()), int(outcomes));
        return;
    }
    changeRetryPolicy(&RetryPolicy::on, outcomes);
}

// --- Dead letters -----------------------------------------------------------------------------

int FactoryBase::deadLetterLimit() const
{
    return int(std::min<qsizetype>(m_engine->deadLetterLimit(), std::numeric_limits<int>::max()));
}

void FactoryBase::setDeadLetterLimit(int limit)
{
    if (isInRange(*this, "deadLetterLimit", limit, 0))
        m_engine->setDeadLetterLimit(limit);
}

QList<DeadLetter> FactoryBase::deadLetters() const
{
    return m_engine->deadLetters();
}

int FactoryBase::deadLetterCount() const
{
    return int(m_engine->snapshot(false).deadLetters);
}

bool FactoryBase::retryDeadLetter(quint64 id)
{
    return m_engine->retryDeadLetter(id);
}

bool FactoryBase::dropDeadLetter(quint64 id)
{
    return m_engine->dropDeadLetter(id);
}

int FactoryBase::retryDeadLetters()
{
    return retryDeadLetters({});
}

int FactoryBase::retryDeadLetters(const DeadLetterFilter &filter)
{
    const QList<DeadLetter> letters = deadLetters();
    return int(std::count_if(letters.begin(), letters.end(), [&](const DeadLetter &letter) {
        return (!filter || filter(letter)) && retryDeadLetter(letter.id);
    }));
}

int FactoryBase::dropDeadLetters()
{
    return dropDeadLetters({});
}

int FactoryBase::dropDeadLetters(const DeadLetterFilter &filter)
{
    const QList<DeadLetter> letters = deadLetters();
    return int(std::count_if(letters.begin(), letters.end(), [&](const DeadLetter &letter) {
        return (!filter || filter(letter)) && dropDeadLetter(letter.id);
    }));
}

} // namespace Millwright
