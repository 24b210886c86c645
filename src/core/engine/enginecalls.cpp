// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/section.h"
#include "job/errors.h"

#include <algorithm>

namespace Millwright {

QString nameOf(UserCall which)
{
    switch (which) {
    case UserCall::OnStarted:
        return QStringLiteral("onStarted");
    case UserCall::OnDraining:
        return QStringLiteral("onDraining");
    case UserCall::OnStopped:
        return QStringLiteral("onStopped");
    case UserCall::CapacityController:
        return QStringLiteral("capacityController");
    case UserCall::QueueLimitController:
        return QStringLiteral("queueLimitController");
    }
    return {};
}

// --- Calling ----------------------------------------------------------------------------------

// A call has ended twice over when its function has returned and its answer is there, in whichever
// order: the one who gives the answer may be quicker, or take days.
void Engine::call(UserCall which, std::function<void(const Detail::Reply &)> function,
                  Section &section)
{
    const quint64 ticket = ++m_ticket;
    m_awaited[std::size_t(which)] = ticket;
    m_calls.push_back({which, ticket});
    // The engine is not held while the user's function runs, which may hang.
    section.execute([weak = weak_from_this(), which, ticket, function = std::move(function)] {
        bool isWanted = false;
        if (const auto engine = weak.lock())
            isWanted = engine->mayCall(which, ticket);
        if (isWanted) {
            function([weak, which, ticket](qint64 answer, const std::exception_ptr &error) {
                if (const auto engine = weak.lock())
                    engine->replied(which, ticket, answer, error);
            });
        }
        if (const auto engine = weak.lock())
            engine->returned(ticket);
    });
}

// The turn of a call has come. Meanwhile it may have been given up, or removed, or there is nothing left
// to control.
bool Engine::mayCall(UserCall which, quint64 ticket)
{
    return read([&] {
        if (m_awaited[std::size_t(which)] != ticket || (!isHook(which) && !isControlled()))
            return false;
        for (Call &call : m_calls)
            call.isStarted = call.isStarted || call.ticket == ticket;
        return true;
    });
}

void Engine::replied(UserCall which, quint64 ticket, qint64 answer, const std::exception_ptr &error)
{
    Section section(*this);
    if (m_awaited[std::size_t(which)] != ticket)
        return; // nobody waits for it any more
    m_awaited[std::size_t(which)] = 0;
    if (isHook(which))
        hookEnded(which, error, section);
    else
        controllerAnswered(which, answer, error, section);
}

void Engine::returned(quint64 ticket)
{
    Section section(*this);
    std::erase_if(m_calls, [=](const Call &call) { return call.ticket == ticket; });
    proceed(section);
}

// Forgets all calls, and returns the names of those that hold up the end.
QStringList Engine::abandonCalls()
{
    QStringList names;
    for (std::size_t i = 0; i < m_awaited.size(); ++i) {
        const bool runs = std::any_of(m_calls.begin(), m_calls.end(), [&](const Call &call) {
            return std::size_t(call.which) == i && call.isStarted;
        });
        if (runs || (isHook(UserCall(i)) && m_awaited[i]))
            names.append(nameOf(UserCall(i)));
    }
    m_awaited.fill(0);
    m_calls.clear();
    return names;
}

// --- Hooks ------------------------------------------------------------------------------------

void Engine::setHook(UserCall which, Hook hook)
{
    if (isCalledByPolicy("setHook"))
        return;
    auto shared = std::make_shared<const Hook>(std::move(hook));
    Section section(*this);
    m_hooks[std::size_t(which)].hook.swap(shared); // the old one is destroyed after the section
}

QString Engine::errorString() const
{
    return read([this] { return m_error; });
}

// True if there was one to call: its end is to be waited for.
bool Engine::callHook(UserCall which, Section &section)
{
    auto &[hook, isDue] = m_hooks[std::size_t(which)];
    if (!std::exchange(isDue, false) || !*hook)
        return false;
    call(
        which,
        [hook = hook](const Detail::Reply &reply) { Detail::callAndReply<void>(*hook, reply); },
        section);
    return true;
}

bool Engine::isHookPending() const
{
    return std::any_of(m_awaited.begin(), m_awaited.begin() + m_hooks.size(),
                       [](quint64 ticket) { return ticket != 0; });
}

void Engine::hookEnded(UserCall which, const std::exception_ptr &error, Section &section)
{
    if (error) {
        QString text = errorText(error);
        if (text.isEmpty())
            text = QStringLiteral("unknown error");
        log(FactoryEvent::CallFailed, -1, nameOf(which), text, m_clock->now());
        section.say(
            QtWarningMsg,
            QStringLiteral("Factory \"%1\": %2 failed: %3").arg(m_name, nameOf(which), text));
        if (which == UserCall::OnStarted) {
            m_error = text;
            stop(section);
        }
    } else if (which == UserCall::OnStarted) {
        openForWork(section);
    }
    proceed(section);
}

// Every worker is up, and the hook has done what they need.
void Engine::openForWork(Section &section)
{
    m_opened = true;
    if (m_state == FactoryState::Starting)
        setState(FactoryState::Running, section);
    armControllers(section);
    callNext(section);
}

} // namespace Millwright
