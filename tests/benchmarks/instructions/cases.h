// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

//! One figure: a router and a number of workers.
struct Case
{
    QString router;
    int workers = 4;
    int threads = 0; //!< that all workers share; 0 for one each
    bool isSubmitted = false; //!< with a future for each job

    //! As it is called in the file of recorded figures.
    [[nodiscard]] QString name() const;
};

[[nodiscard]] const QList<Case> &allCases();

//! Under callgrind: runs all cases. Makes callgrind write a file for each, with its name as the
//! trigger.
void runCases();
//! How many jobs are counted in each.
inline constexpr int CountedJobs = 10'000;
