// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "types.h"

#include <optional>
#include <utility>

namespace Millwright {

//! What a factory says to `dispatch()`: whether it has accepted the job, and if not, why, with the
//! message back.
template<typename Message>
class Verdict
{
public:
    //! Accepted.
    Verdict() = default;
    Verdict(DiscardReason reason, std::optional<Message> message)
        : m_reason(reason)
        , m_message(std::move(message))
    {
    }

    [[nodiscard]] bool isAccepted() const { return !m_reason; }
    explicit operator bool() const { return isAccepted(); }
    //! Why the job was refused; nothing if it was accepted.
    [[nodiscard]] std::optional<DiscardReason> reason() const { return m_reason; }
    //! The message of a refused job, unless the discard handler has taken it, or
    //! will be called later.
    [[nodiscard]] std::optional<Message> takeMessage()
    {
        return std::exchange(m_message, std::nullopt);
    }

private:
    std::optional<DiscardReason> m_reason;
    std::optional<Message> m_message;
};

} // namespace Millwright
