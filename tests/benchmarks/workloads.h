// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "session.h"

// One function for each workload.

void measureThroughput(Session &session); //!< W1
void measureMonitored(Session &session); //!< W1, while a dashboard looks
void measureRoundTrip(Session &session); //!< W2
void measureLarge(Session &session); //!< W3
void measureDepth(Session &session); //!< W4
void measureWidth(Session &session); //!< W5
void measureIdle(Session &session); //!< W6
void measureGui(Session &session); //!< W7

// What is measured in a process of its own, since what went before in this one would be measured
// with it. Each prints its figures on one line, and returns the exit code.

int runMemory(const QString &peer, const QString &router, qint64 jobs);
int runIdle(int factories, int seconds);

//! A fresh peer, warmed up, and its throughput: a slow one is given fewer jobs, as many as take about
//! half a second.
[[nodiscard]] Sample throughputOf(const PeerKind &kind, const Setup &setup, const Flood &flood,
                                  bool isQuick);
