// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "expectations.h"

#include <Millwright/Worker>

#include <QPromise>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace Support {

//! Where promises lie until the test fulfils them. Copies share one desk.
class Desk
{
public:
    [[nodiscard]] QFuture<QString> ask() const
    {
        const std::lock_guard locker(m_state->mutex);
        QPromise<QString> promise;
        promise.start();
        m_state->promises.push_back(std::move(promise));
        return m_state->promises.back().future();
    }
    [[nodiscard]] bool awaitQuestions(std::size_t count) const
    {
        return eventually([&] {
            const std::lock_guard locker(m_state->mutex);
            return m_state->promises.size() >= count;
        });
    }
    //! The test's from here on.
    [[nodiscard]] QPromise<QString> take(std::size_t index) const
    {
        const std::lock_guard locker(m_state->mutex);
        return std::move(m_state->promises.at(index));
    }
    void answer(std::size_t index, const QString &text) const
    {
        QPromise<QString> promise = take(index);
        promise.addResult(text);
        promise.finish();
    }

private:
    struct State
    {
        std::mutex mutex;
        std::vector<QPromise<QString>> promises;
    };
    std::shared_ptr<State> m_state = std::make_shared<State>();
};

//! Asks the desk, and ends with its answer.
class Asker : public Millwright::Worker<int, QString, QFuture<QString>>
{
public:
    explicit Asker(const Desk &desk) : m_desk(desk) { ++alive; }
    ~Asker() override { --alive; }

    QFuture<QString> process(Job &job) override
    {
        current = &job;
        return m_desk.ask();
    }

    static inline std::atomic<int> alive = 0;
    static inline std::atomic<Job *> current = nullptr;

private:
    const Desk m_desk;
};

} // namespace Support
