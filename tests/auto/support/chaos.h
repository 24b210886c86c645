// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "chaosscript.h"

namespace Chaos {

//! What a run has come across.
struct Tally
{
    qint64 operations = 0;
    qint64 verdicts = 0;
    qint64 predicted = 0; //!< of the verdicts
    qint64 stuck = 0;
    qint64 returned = 0; //!< threads that were left behind
    qint64 retried = 0;
    qint64 crashLoops = 0;
};

//! Runs the script on an engine on the simulated host and on the model. The first thing in which they do
//! not agree, with the operation at which it was seen; empty if there was none.
[[nodiscard]] QString disagreement(const Script &script, Tally &tally);

} // namespace Chaos
