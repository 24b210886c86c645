// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/roomwaiter.h"

#include "engine/clock.h"

namespace Millwright {

void RoomWaiter::await(QDeadlineTimer deadline)
{
    const QMutexLocker locker(&m_mutex);
    while (!m_isRung && m_changed.wait(&m_mutex, deadline))
        ;
    m_isRung = false;
}

void RoomWaiter::ring()
{
    const QMutexLocker locker(&m_mutex);
    m_isRung = true;
    m_changed.wakeOne();
}

void RoomNews::tell()
{
    for (const auto &waiter : waiters)
        waiter->ring();
    if (!promises.empty())
        Clock::passOnWatch();
    if (isOver) {
        promises.clear(); // ends them canceled
        return;
    }
    for (QPromise<void> &promise : promises)
        promise.finish();
}

namespace {

thread_local int t_alarms = 0;

} // namespace

AlarmScope::AlarmScope()
{
    ++t_alarms;
}

AlarmScope::~AlarmScope()
{
    --t_alarms;
}

bool AlarmScope::isActive()
{
    return t_alarms > 0;
}

} // namespace Millwright
