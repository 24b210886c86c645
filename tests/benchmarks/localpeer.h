// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "buffer.h"
#include "peer.h"
#include "task.h"

//! A peer in this process. It says how a job is given; everything is timed and counted here, in the
//! same way for all.
class LocalPeer : public Peer
{
public:
    qint64 flood(const Flood &flood) override;
    Trips roundTrips(int rounds) override;
    qint64 chain(qint64 depth, qint64 jobs) override;
    LargeResult large(const Large &large) override;
    qint64 waitingMemory(qint64 jobs) override;

protected:
    //! Gives one job. Any thread, also inside a job.
    virtual void give(Task &task, quint64 key) = 0;
    //! Gives the jobs [first, end).
    virtual void giveMany(Task &task, qint64 first, qint64 end, qint64 keys) = 0;
    //! Gives a job that calls `pool.process(buffer)`.
    virtual void giveBuffer(BufferPool &pool, Buffer &&buffer, quint64 key);
    //! On the thread that waits for all these jobs, if it can do something for them.
    virtual void help(qint64 jobs);
    //! Gives a job, and returns when its answer is here.
    virtual void roundTrip();

private:
    QSemaphore m_answer;
};

//! Calls `Derived::give()` in a loop, inlined as it would be in a user's program.
template<typename Derived>
class LoopingPeer : public LocalPeer
{
protected:
    void giveMany(Task &task, qint64 first, qint64 end, qint64 keys) override
    {
        // The keys are i modulo their number, without a division, which not every peer would have to pay.
        qint64 key = first % keys;
        for (qint64 i = first; i < end; ++i) {
            static_cast<Derived *>(this)->Derived::give(task, quint64(key));
            if (++key == keys)
                key = 0;
        }
    }
};

//! The resident memory of this process, in bytes.
[[nodiscard]] qint64 residentMemory();
