// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "engine.h"

#include <QtCore/qmutex.h>
#include <QtCore/qthread.h>
#include <QtCore/qwaitcondition.h>

namespace Millwright {

//! The stations of the real world: a QThread with an event loop each.
class MILLWRIGHT_CORE_EXPORT ThreadStationHost final : public StationHost
{
public:
    [[nodiscard]] std::shared_ptr<Station> createStation(const QString &name) override;
    [[nodiscard]] std::unique_ptr<Executor> createExecutor() override;
};

//! A QThread whose workers take their jobs from the engine.
//!
//! The engine rings through `doorbell`, a queued signal that is never posted twice: a ring that finds
//! an unanswered one does nothing. Between jobs the thread goes back to its event loop every few
//! milliseconds, so timers, sockets and queued slots of the workers are served under any load.
class ThreadStation final : public QThread, public Station
{
    Q_OBJECT

public:
    explicit ThreadStation(const QString &name);
    ~ThreadStation() override;

    [[nodiscard]] bool open(const std::shared_ptr<Engine> &engine) override;
    bool ring() override;
    void close() override;
    [[nodiscard]] bool join(QDeadlineTimer deadline) override;
    [[nodiscard]] bool isCurrent() const override;
    void requestInterruption() override;
    void terminate() override;
    void setTerminable(bool terminable) override;

Q_SIGNALS:
    void doorbell();

protected:
    void run() override;

private:
    enum class Bell : int { Silent, Rung, Lingering };

    void answer();
    void serve();
    void carryOut(const Order &order);
    void gather(qint64 deadline) const;
    [[nodiscard]] bool linger(bool mayLinger);
    void noteGap();

    QMutex m_mutex;
    QWaitCondition m_opened;
    bool m_isOpen = false; // the mutex's
    bool m_hasEnded = false; // the mutex's
    std::shared_ptr<Engine> m_engine;
    QObject m_threshold; // lives on the thread; the doorbell is heard here
    std::atomic<Bell> m_bell = Bell::Silent;
    bool m_serving = false;
    std::atomic<bool> m_closeRequested = false;
    bool m_missed = false; // a ring that came while serving
    bool m_closed = false;
    qint64 m_restingSince = 0;
    qint64 m_meanGap; // between running out of work and the next ring
};

} // namespace Millwright
