// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "factorybase.h"
#include "logging.h"
#include "milliseconds.h"
#include "settingchecks.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace Millwright {

namespace {

bool isTime(const FactoryBase &factory, const char *setting, double milliseconds)
{
    if (!std::isnan(milliseconds))
        return true;
    qCWarning(lcMillwright, "Factory \"%s\": a %s that is no number was ignored.",
              qUtf8Printable(factory.name()), setting);
    return false;
}

} // namespace

// --- The retry policy -------------------------------------------------------------------------

RetryPolicy FactoryBase::retryPolicy() const
{
    return m_engine->retryPolicy();
}

template<typename Change>
void FactoryBase::changeRetryPolicy(const Change &change)
{
    QStringList complaints;
    m_engine->changeRetryPolicy([&](RetryPolicy &its) {
        change(its);
        its = its.corrected(&complaints);
    });
    sayCorrected(name(), complaints);
}

void FactoryBase::setRetryPolicy(const RetryPolicy &policy)
{
    changeRetryPolicy([&](RetryPolicy &its) { its = policy; });
}

void FactoryBase::setRetryAttempts(int attempts)
{
    changeRetryPolicy([&](RetryPolicy &its) { its.maximumAttempts = attempts; });
}

double FactoryBase::retryBackoff() const
{
    return toMilliseconds(retryPolicy().backoff);
}

void FactoryBase::setRetryBackoff(double milliseconds)
{
    if (isTime(*this, "retry backoff", milliseconds))
        changeRetryPolicy([&](RetryPolicy &its) { its.backoff = fromMilliseconds(milliseconds); });
}

void FactoryBase::setRetryBackoffFactor(double factor)
{
    changeRetryPolicy([&](RetryPolicy &its) { its.backoffFactor = factor; });
}

double FactoryBase::retryMaximumBackoff() const
{
    return toMilliseconds(retryPolicy().maximumBackoff);
}

void FactoryBase::setRetryMaximumBackoff(double milliseconds)
{
    if (!isTime(*this, "retry maximum backoff", milliseconds))
        return;
    changeRetryPolicy(
        [&](RetryPolicy &its) { its.maximumBackoff = fromMilliseconds(milliseconds); });
}

void FactoryBase::setRetryJitter(double share)
{
    changeRetryPolicy([&](RetryPolicy &its) { its.jitter = share; });
}

void FactoryBase::setRetryOn(RetryOutcomes outcomes)
{
    constexpr RetryOutcomes All = RetryOn::Failed | RetryOn::WorkerLost | RetryOn::Loadshed;
    if (outcomes & ~All) {
        qCWarning(lcMillwright, "Factory \"%s\": there is no retryOn %d; it stays as it was.",
                  qUtf8Printable(name()), int(outcomes));
        return;
    }
    changeRetryPolicy([&](RetryPolicy &its) { its.on = outcomes; });
}

// --- Dead letters -----------------------------------------------------------------------------

int FactoryBase::deadLetterLimit() const
{
    return int(std::min<qsizetype>(m_engine->deadLetterLimit(), std::numeric_limits<int>::max()));
}

void FactoryBase::setDeadLetterLimit(int limit)
{
    if (isUsable(name(), "dead letter limit", limit))
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
