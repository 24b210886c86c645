// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "statistics/statisticslayer.h"

#include <QtCore/qstring.h>

#include <atomic>

namespace Support {

//! Counts what it is told.
class CountingLayer : public Millwright::StatisticsLayer
{
public:
    //! Where the numbers are not those of the factory, once nothing waits or runs; empty if they are.
    [[nodiscard]] QString differences(const Millwright::Counters &counters) const
    {
        QString text;
        const auto compare = [&](const char *name, qint64 told, qint64 counted) {
            if (told != counted) {
                text += QStringLiteral("%1: told %2, counted %3; ")
                            .arg(QLatin1String(name))
                            .arg(told)
                            .arg(counted);
            }
        };
        compare("submitted", submitted, counters.submitted);
        compare("completed", completed, counters.completed);
        compare("failed", failed, counters.failed);
        compare("discarded", discarded, counters.discarded());
        compare("canceled", canceled, counters.canceled);
        compare("lost", lost, counters.lost);
        compare("retried", retried, counters.retried);
        compare("stuck", stuck, counters.stuck);
        return text;
    }

    void jobSubmitted(const Millwright::AbstractJob &) override { ++submitted; }
    void jobCompleted(const Millwright::AbstractJob &, const Millwright::JobRun &) override
    {
        ++completed;
    }
    void jobFailed(const Millwright::AbstractJob &, const Millwright::JobRun &,
                   const std::exception_ptr &) override
    {
        ++failed;
    }
    void jobRetried(const Millwright::AbstractJob &, const Millwright::JobRun &,
                    const std::exception_ptr &) override
    {
        ++retried;
    }
    void jobDiscarded(const Millwright::AbstractJob &, Millwright::DiscardReason) override
    {
        ++discarded;
    }
    void jobCanceled(const Millwright::AbstractJob &) override { ++canceled; }
    void jobLost(const Millwright::AbstractJob &, int) override { ++lost; }
    void workerStuck(int, const QString &, std::chrono::nanoseconds) override { ++stuck; }

    std::atomic<qint64> submitted = 0;
    std::atomic<qint64> completed = 0;
    std::atomic<qint64> failed = 0;
    std::atomic<qint64> retried = 0;
    std::atomic<qint64> discarded = 0;
    std::atomic<qint64> canceled = 0;
    std::atomic<qint64> lost = 0;
    std::atomic<qint64> stuck = 0;
};

} // namespace Support
