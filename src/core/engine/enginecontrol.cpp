// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/section.h"
#include "job/errors.h"
#include "logging.h"

#include <algorithm>

namespace Millwright {

namespace {

qint64 nanoseconds(std::chrono::milliseconds interval)
{
    constexpr std::chrono::milliseconds Longest = std::chrono::hours(24 * 365);
    return std::chrono::nanoseconds(std::clamp(interval, -Longest, Longest)).count();
}

} // namespace

// --- Controllers ------------------------------------------------------------------------------

void Engine::setCapacityController(CapacityController controller)
{
    setControl(UserCall::CapacityController,
               {std::make_shared<const ControlFunction>(std::move(controller.function)),
                nanoseconds(controller.interval), controller.minimum, controller.maximum, 0,
                CapacityController::MostWorkers});
}

void Engine::setQueueLimitController(QueueLimitController controller)
{
    setControl(UserCall::QueueLimitController,
               {std::make_shared<const ControlFunction>(std::move(controller.function)),
                nanoseconds(controller.interval), controller.minimum, controller.maximum,
                FactorySettings::Unlimited, std::numeric_limits<int>::max()});
}

void Engine::setControl(UserCall which, Control control)
{
    if (isCalledByPolicy("setController"))
        return;
    const int minimum = std::clamp(control.minimum, 0, control.most);
    const int maximum = std::clamp(control.maximum, minimum, control.most);
    const qint64 interval = std::max(ShortestInterval, control.interval);
    if (minimum != control.minimum || maximum != control.maximum || interval != control.interval) {
        qCWarning(
            lcMillwright,
            "Factory \"%s\": the %s has a minimum of %d, a maximum of %d and an interval of "
            "%lld ms; %d, %d and %lld ms are used. The minimum must be 0 or more, the maximum "
            "between the minimum and %d, the interval 1 ms or more.",
            qUtf8Printable(m_name), qUtf8Printable(nameOf(which)), control.minimum, control.maximum,
            qlonglong(control.interval / 1'000'000), minimum, maximum,
            qlonglong(interval / 1'000'000), control.most);
    }
    control.minimum = minimum;
    control.maximum = maximum;
    control.interval = interval;

    Section section(*this);
    m_awaited[std::size_t(which)] = 0; // what the old one still says is ignored
    std::swap(controlOf(which), control); // the old one is destroyed after the section
    arm(controlOf(which), m_clock->now(), section);
}

void Engine::armControllers(Section &section)
{
    for (Control &control : m_controls)
        arm(control, m_clock->now(), section);
}

// While there is work to do: one that drains may have to be given workers again, too.
bool Engine::isControlled() const
{
    return m_state == FactoryState::Running
           || (m_state == FactoryState::Draining && m_opened && !m_closing);
}

// The next call comes one interval after the last.
void Engine::arm(Control &control, qint64 last, Section &section)
{
    if (!control.function || !*control.function || !isControlled())
        return;
    control.dueAt = last + control.interval;
    m_controlAt = std::min(m_controlAt, control.dueAt);
    alarmBy(m_controlAt, section);
}

void Engine::callControllers(qint64 now, Section &section)
{
    m_controlAt = Never;
    for (const UserCall which : {UserCall::CapacityController, UserCall::QueueLimitController}) {
        Control &control = controlOf(which);
        if (!isControlled()) {
            control.dueAt = Never;
        } else if (now >= control.dueAt) {
            control.calledAt = now;
            control.dueAt = Never; // until it has answered
            call(
                which,
                [weak = weak_from_this(), function = control.function](const Detail::Reply &reply) {
                    FactorySnapshot snapshot;
                    if (const auto engine = weak.lock())
                        snapshot = engine->snapshot(false);
                    Detail::callAndReply<int>([&] { return (*function)(snapshot); }, reply);
                },
                section);
        }
        m_controlAt = std::min(m_controlAt, control.dueAt);
    }
}

void Engine::controllerAnswered(UserCall which, qint64 answer, const std::exception_ptr &error,
                                Section &section)
{
    if (!isControlled())
        return;
    Control &control = controlOf(which);
    const qint64 now = m_clock->now();
    const bool isLate = now - control.calledAt >= control.interval;
    arm(control, isLate ? now : control.calledAt, section);

    QString complaint;
    if (error) {
        complaint = errorText(error);
        if (complaint.isEmpty())
            complaint = QStringLiteral("unknown error");
    } else {
        const bool isUnlimited = answer == FactorySettings::Unlimited && control.least == answer;
        const int value = isUnlimited
                              ? int(answer)
                              : int(std::clamp<qint64>(answer, control.minimum, control.maximum));
        if (answer < control.least || answer > control.most)
            complaint = QStringLiteral("it answered %1, and %2 was used").arg(answer).arg(value);
        if (which == UserCall::CapacityController)
            setWorkerCount(value, section);
        else
            limitTo(value, m_mode);
    }
    if (std::exchange(control.complaint, complaint) == complaint || complaint.isEmpty())
        return;
    log(FactoryEvent::CallFailed, -1, nameOf(which), complaint, now);
    section.say(
        QtWarningMsg,
        QStringLiteral("Factory \"%1\": the %2 failed: %3.").arg(m_name, nameOf(which), complaint));
}

} // namespace Millwright
