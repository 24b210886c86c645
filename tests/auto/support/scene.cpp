// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "scene.h"

#include <chrono>

namespace Storm {

using namespace std::chrono_literals;

Scene::Scene(quint64 seed, bool orderly)
    : isOrderly(orderly)
    , m_chance(seed)
    , m_finisher([this] { finishFutures(); })
{
}

Scene::~Scene()
{
    calm();
    {
        const std::lock_guard locker(m_mutex);
        m_hasEnded = true;
        m_changed.notify_all();
    }
    m_finisher.join();
}

bool Scene::oneIn(int n)
{
    quint64 x = m_chance.fetch_add(0x9e3779b97f4a7c15, std::memory_order_relaxed);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return ((x ^ (x >> 31)) % quint64(n)) == 0;
}

void Scene::hang()
{
    std::unique_lock locker(m_mutex);
    ++hung;
    const int releases = m_releases;
    if (!m_changed.wait_for(locker, 60s, [&] { return m_isCalm || m_releases != releases; }))
        m_complaints.append(QStringLiteral("nobody was released"));
}

// Qt 6.4 may run a continuation twice that is attached while the future is being finished.
QFuture<int> Scene::finishLater(bool hangs, std::function<void()> ended)
{
    QPromise<int> promise;
    promise.start();
    QFuture<int> future = promise.future().then([ended](QFuture<int> first) {
        ended();
        return first.result();
    });
    const std::lock_guard locker(m_mutex);
    if (hangs)
        ++hung;
    (hangs && !m_isCalm ? m_hanging : m_late).push_back(std::move(promise));
    m_changed.notify_all();
    return future;
}

void Scene::release()
{
    const std::lock_guard locker(m_mutex);
    ++m_releases;
    for (QPromise<int> &promise : m_hanging)
        m_late.push_back(std::move(promise));
    m_hanging.clear();
    m_changed.notify_all();
}

void Scene::calm()
{
    m_isCalm = true;
    release();
}

void Scene::started(int key, qint64 number)
{
    if (!isOrderly)
        return;
    Line &line = m_lines[std::size_t(key)];
    if (line.isRunning.exchange(true))
        complain(QStringLiteral("job %1 of key %2 overlaps another one").arg(number).arg(key));
    if (const qint64 last = line.last.exchange(number); last >= number)
        complain(
            QStringLiteral("job %1 of key %2 comes after job %3").arg(number).arg(key).arg(last));
}

void Scene::stopped(int key)
{
    if (isOrderly)
        m_lines[std::size_t(key)].isRunning = false;
}

void Scene::complain(const QString &complaint)
{
    const std::lock_guard locker(m_mutex);
    m_complaints.append(complaint);
}

QStringList Scene::complaints() const
{
    const std::lock_guard locker(m_mutex);
    return m_complaints;
}

// Everybody's promises are destroyed here: what a continuation does, it does on this thread.
void Scene::finishFutures()
{
    std::unique_lock locker(m_mutex);
    for (;;) {
        m_changed.wait(locker, [&] { return m_hasEnded || !m_late.empty(); });
        if (m_late.empty())
            return;
        std::vector<QPromise<int>> late;
        late.swap(m_late);
        locker.unlock();
        for (QPromise<int> &promise : late) {
            if (oneIn(10)) {
                promise.setException(std::make_exception_ptr(JobError(QStringLiteral("late"))));
            } else {
                promise.addResult(1);
            }
            promise.finish();
        }
        late.clear();
        locker.lock();
    }
}

} // namespace Storm
