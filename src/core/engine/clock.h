// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../millwright_global.h"

#include <QtCore/qglobal.h>

#include <memory>

namespace Millwright {

//! Somebody a clock can wake.
class Alarmed
{
public:
    //! On the clock's own thread, never under a lock of the clock.
    virtual void onAlarm() = 0;

protected:
    ~Alarmed() = default;
};

//! Where an engine gets the time from, and what it can be woken by. The seam through which tests
//! run in virtual time. Thread-safe.
class MILLWRIGHT_CORE_EXPORT Clock
{
public:
    virtual ~Clock();

    //! Monotonic, in nanoseconds.
    [[nodiscard]] virtual qint64 now() const = 0;
    //! Calls `onAlarm()` at `time` or soon after, once, if `whom` still exists then. Each `whom` has one
    //! alarm, and is called by one thread at a time; an earlier time replaces a later one. After
    //! `std::bad_alloc` it is as before.
    virtual void setAlarm(const std::weak_ptr<Alarmed> &whom, qint64 time) = 0;

    //! Called in `onAlarm()` before what may take long, such as what is the user's: the alarms of others do
    //! not wait for it then. Elsewhere it does nothing.
    static void passOnWatch();

    //! The machine's clock. Its alarms come from one thread shared by all factories, which exists
    //! while an alarm is set or has recently been, and sleeps until the earliest; and from another one
    //! while that has passed on the watch.
    [[nodiscard]] static std::shared_ptr<Clock> system();
};

} // namespace Millwright
