// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/roomwaiter.h"

#include "engine/clock.h"

namespace Millwright {

RoomWaiter::~RoomWaiter() = default;

void WaitingThread::await(QDeadlineTimer deadline)
{
    const QMutexLocker locker(&m_mutex);
    while (!m_isRung && m_changed.wait(&m_mutex, deadline))
        ;
    m_isRung = false;
}

void WaitingThread::tell(bool)
{
    const QMutexLocker locker(&m_mutex);
    m_isRung = true;
    m_changed.wakeOne();
}

AwaitedRoom::AwaitedRoom(AbstractJob::Pointer probe)
    : RoomWaiter(RoomSeeker(*probe))
    , m_probe(std::move(probe))
{
    m_promise.start();
}

void AwaitedRoom::tell(bool isOver)
{
    Clock::passOnWatch();
    if (!isOver)
        m_promise.finish();
}

void RoomNews::tell()
{
    for (const auto &waiter : waiters)
        waiter->tell(isOver);
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
