// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <Millwright/Factory>
#include <Millwright/StatisticsLayer>

#include <QFuture>
#include <QPromise>
#include <QStringList>

#include <array>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

// Random operations on a factory with real threads: what all who take part have in common.
namespace Storm {

using namespace Millwright;

//! What was told of a job.
struct Record
{
    std::atomic<int> submitted = 0;
    std::atomic<int> runs = 0;
    std::atomic<int> retried = 0;
    std::atomic<int> ended = 0;
    std::atomic<int> discarded = 0;
    std::atomic<int> handled = 0; // by the discard handler
};

//! Jobs of the same number belong together; the record says which of them it is.
struct Key
{
    int number = 0;
    Record *record = nullptr;

    friend bool operator==(const Key &a, const Key &b) { return a.number == b.number; }
    friend std::size_t qHash(const Key &key, std::size_t seed) { return ::qHash(key.number, seed); }
};

//! What a worker is to do.
enum class Deed { Nothing, Work, Throw, WaitForCancel, Beat, Submit, WaitInEvents, Hang };

//! Counts the messages that there are.
class Message
{
public:
    explicit Message(Deed theDeed, qint64 theNumber) : deed(theDeed), number(theNumber) { ++alive; }
    Message(const Message &other) : deed(other.deed), number(other.number) { ++alive; }
    Message &operator=(const Message &) = delete;
    ~Message() { --alive; }

    const Deed deed;
    const qint64 number; // for the order within the key

    static inline std::atomic<int> alive = 0;
};

//! It outlives the factory, and the threads that the factory has left behind.
class Scene
{
public:
    static constexpr int Keys = 16;

    //! With `orderly`, nothing may overtake anything.
    Scene(quint64 seed, bool orderly);
    ~Scene();
    Q_DISABLE_COPY_MOVE(Scene)

    //! Once in so many times. Any thread.
    [[nodiscard]] bool oneIn(int n);

    //! Stands still until those who hang are released.
    void hang();
    //! A future that is finished by another thread: soon, or when those who hang are released. `ended` is
    //! called just before.
    [[nodiscard]] QFuture<int> finishLater(bool hangs, std::function<void()> ended);
    //! Lets those go on who hang now.
    void release();
    //! Nobody hangs any more.
    void calm();
    [[nodiscard]] bool isCalm() const { return m_isCalm; }

    //! Jobs of a key have growing numbers. Nothing happens unless all is orderly.
    void started(int key, qint64 number);
    void stopped(int key);

    void complain(const QString &complaint);
    //! What was wrong.
    [[nodiscard]] QStringList complaints() const;

    const bool isOrderly;
    std::atomic<int> workers = 0; // that live
    std::atomic<int> hung = 0; // so far

private:
    struct Line
    {
        std::atomic<bool> isRunning = false;
        std::atomic<qint64> last = 0;
    };

    void finishFutures();

    std::atomic<quint64> m_chance;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<QPromise<int>> m_late;
    std::vector<QPromise<int>> m_hanging;
    int m_releases = 0;
    std::atomic<bool> m_isCalm = false;
    bool m_hasEnded = false;
    QStringList m_complaints;
    std::array<Line, Keys> m_lines;
    std::thread m_finisher;
};

//! Writes down what it is told.
class RecordingLayer : public StatisticsLayer
{
public:
    [[nodiscard]] static Record &recordOf(const AbstractJob &job)
    {
        return *job.keyAs<Key>()->record;
    }

    void jobSubmitted(const AbstractJob &job) override { ++recordOf(job).submitted; }
    void jobCompleted(const AbstractJob &job, const JobRun &) override { noteEnd(job); }
    void jobFailed(const AbstractJob &job, const JobRun &, const std::exception_ptr &) override
    {
        noteEnd(job);
    }
    void jobRetried(const AbstractJob &job, const JobRun &, const std::exception_ptr &) override
    {
        ++recordOf(job).retried;
    }
    void jobDiscarded(const AbstractJob &job, DiscardReason) override
    {
        ++recordOf(job).discarded;
        noteEnd(job);
    }
    void jobCanceled(const AbstractJob &job) override { noteEnd(job); }
    void jobLost(const AbstractJob &job, int) override { noteEnd(job); }

    std::atomic<qint64> told = 0; // ends

private:
    void noteEnd(const AbstractJob &job)
    {
        ++recordOf(job).ended;
        ++told;
    }
};

} // namespace Storm
