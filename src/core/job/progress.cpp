// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "job/progress.h"

#include "job/abstractjob.h"

namespace Millwright {

JobProgress &RunReport::of(quint64 job)
{
    if (std::exchange(m_job, job) != job)
        m_progress = {};
    return m_progress;
}

void RunReport::setRange(quint64 job, int minimum, int maximum)
{
    const QMutexLocker locker(&m_mutex);
    of(job) = {minimum, maximum, minimum, {}};
}

void RunReport::setValue(quint64 job, int value, const QString &text)
{
    const QMutexLocker locker(&m_mutex);
    JobProgress &progress = of(job);
    progress.value = value;
    progress.text = text;
}

JobProgress RunReport::progressOf(quint64 job) const
{
    const QMutexLocker locker(&m_mutex);
    return m_job == job ? m_progress : JobProgress();
}

// --- Of one job -------------------------------------------------------------------------------

void AbstractJob::heartbeat()
{
    if (isRunning())
        m_report->beat();
}

bool AbstractJob::isCalledOff() const
{
    return isRunning() && (m_report->isCalledOff(m_order) || m_report->isAbandoned());
}

void AbstractJob::setProgressRange(int minimum, int maximum)
{
    if (!isRunning() || m_report->isAbandoned())
        return;
    m_report->beat();
    m_report->setRange(m_order, minimum, maximum);
    showProgressRange(minimum, maximum);
}

void AbstractJob::setProgress(int value, const QString &text)
{
    if (!isRunning() || m_report->isAbandoned())
        return;
    m_report->beat();
    m_report->setValue(m_order, value, text);
    showProgress(value, text);
}

} // namespace Millwright
