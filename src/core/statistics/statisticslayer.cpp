// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "statistics/statisticslayer.h"

namespace Millwright {

StatisticsLayer::StatisticsLayer() = default;
StatisticsLayer::~StatisticsLayer() = default;

void StatisticsLayer::jobSubmitted(const AbstractJob &) {}
void StatisticsLayer::jobCompleted(const AbstractJob &, const JobRun &) {}
void StatisticsLayer::jobFailed(const AbstractJob &, const JobRun &, const std::exception_ptr &) {}
void StatisticsLayer::jobRetried(const AbstractJob &, const JobRun &, const std::exception_ptr &) {}
void StatisticsLayer::jobDiscarded(const AbstractJob &, DiscardReason) {}
void StatisticsLayer::jobCanceled(const AbstractJob &) {}
void StatisticsLayer::jobLost(const AbstractJob &, int) {}
void StatisticsLayer::workerStarted(int) {}
void StatisticsLayer::workerRestarted(int) {}
void StatisticsLayer::workerCrashLooping(int, std::chrono::nanoseconds) {}
void StatisticsLayer::workerStuck(int, const QString &, std::chrono::nanoseconds) {}

std::chrono::milliseconds StatisticsLayer::samplingInterval() const
{
    return {};
}

void StatisticsLayer::sampled(const FactorySnapshot &) {}
void StatisticsLayer::pinged(std::chrono::nanoseconds) {}

} // namespace Millwright
