// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qstringlist.h>

#include <array>
#include <functional>
#include <vector>

//! What is done to a factory by chance, as data: a seed becomes a list of operations, a list runs the
//! same every time, and a list that shows something wrong becomes short.
namespace Chaos {

enum class Kind : int {
    Factory, //!< how it is made; the first one counts
    Start,
    Submit,
    Step,
    Time,
    Settle,
    Pass,
    Cancel,
    End,
    Beat,
    Lose,
    Workers,
    Limit,
    Mode,
    OnFailure,
    Retry,
    RateLimit,
    Limiter, //!< one that misbehaves
    Switch,
    Letters,
    RetryLetter,
    DropLetter,
    Pause,
    Resume,
    Drain,
    Stop,
    FailBuilds,
    Break,
    Repair,
    HangBuilds,
    HangEnds,
    EndHangs,
    Deafen,
};

//! Each makes sense alone: jobs are named by the number of their submission, and whatever is not there is
//! passed over. A value of 0 is the plain case.
struct Operation
{
    static constexpr int MostValues = 14;

    Kind kind = Kind::Settle;
    std::array<int, MostValues> values{};

    [[nodiscard]] int value(int index) const { return values[std::size_t(index)]; }
    //! "submit key=3 ms=5"
    [[nodiscard]] QString text() const;
};

using Script = std::vector<Operation>;

[[nodiscard]] Script scriptOf(quint64 seed);
[[nodiscard]] QStringList textOf(const Script &script);

//! The shortest script, and the plainest values, for which `isWrong` holds that could be found from one
//! for which it does: large pieces are left out first, then small ones.
[[nodiscard]] Script shrunk(Script script, const std::function<bool(const Script &)> &isWrong);

} // namespace Chaos
