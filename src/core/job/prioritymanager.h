// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "joboptions.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

namespace Millwright {

//! What a priority manager says about the jobs of a key.
struct JobClass
{
    Priority priority = Priority::Normal;
    bool discardable = true;
};

namespace Detail {

// Logs the exception that is being handled.
MILLWRIGHT_CORE_EXPORT void warnOfPriorityManager(const QString &factoryName);

// Holds the function that says how urgent jobs are. Thread-safe.
template<typename Key>
class PriorityManager
{
public:
    using Function = std::function<JobClass(const Key &)>;

    [[nodiscard]] bool isSet() const { return m_isSet.load(std::memory_order_acquire); }

    void set(Function function)
    {
        auto shared = std::make_shared<const Function>(std::move(function));
        const std::lock_guard locker(m_mutex);
        m_isSet.store(bool(*shared), std::memory_order_release);
        m_function.swap(shared);
    }

    //! The options, with what they leave open filled in.
    [[nodiscard]] JobOptions complete(const Key &key, const JobOptions &options,
                                      const QString &factoryName) const
    {
        JobOptions result = options;
        if (options.priority && options.discardable)
            return result;
        std::shared_ptr<const Function> function;
        {
            const std::lock_guard locker(m_mutex);
            function = m_function;
        }
        if (!function || !*function) // taken away meanwhile
            return result;
        try {
            const JobClass jobClass = (*function)(key);
            result.priority = options.priority.value_or(jobClass.priority);
            result.discardable = options.discardable.value_or(jobClass.discardable);
        } catch (...) {
            warnOfPriorityManager(factoryName);
        }
        return result;
    }

private:
    std::atomic<bool> m_isSet = false;
    mutable std::mutex m_mutex;
    std::shared_ptr<const Function> m_function;
};

} // namespace Detail

} // namespace Millwright
