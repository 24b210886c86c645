// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "engine.h"

#include <algorithm>

namespace Millwright {

//! Somebody who is stuck, or was.
struct Engine::StuckCase
{
    enum Where { InJob, AfterJob, InStart, InEnd, InEvents };

    int worker;
    Where where;
    AbstractJob *job; // nullptr if there is none
    qint64 elapsed; // since the last sign of life, or, of a job that is lost, its start
};

//! What was seen in one look, to be carried out and told without the lock, and then with it again: the
//! keys of jobs are the user's code.
struct Engine::StuckNews
{
    StuckNews() = default;
    ~StuckNews()
    {
        for (const auto &[job, key] : jobs)
            job->unref();
    }
    Q_DISABLE_COPY_MOVE(StuckNews)

    //! Keeps the job, so that its key can be asked for.
    void keep(AbstractJob *job)
    {
        if (job) {
            job->ref();
            jobs.push_back({job, {}});
        }
    }
    [[nodiscard]] QString keyOf(const AbstractJob *job) const
    {
        const auto it = std::find_if(jobs.begin(), jobs.end(),
                                     [=](const auto &kept) { return kept.first == job; });
        return it == jobs.end() ? QString() : it->second;
    }
    [[nodiscard]] bool isEmpty() const { return stuck.empty() && overdue.empty() && deaf.empty(); }

    std::vector<std::pair<AbstractJob *, QString>> jobs; // with their keys
    std::vector<StuckCase> stuck;
    int selfWaiter = -1; // a worker, perhaps
    qint64 waiting = 0; // jobs, meanwhile
    std::vector<AbstractJob *> calledOff; // asynchronous ones
    std::vector<std::shared_ptr<Station>> interrupted;
    std::vector<int> overdue; // workers to be condemned
    std::vector<std::shared_ptr<Station>> deaf; // threads to be condemned
    std::vector<std::shared_ptr<Station>> condemned;
    std::vector<std::shared_ptr<Station>> terminated;
};

} // namespace Millwright
