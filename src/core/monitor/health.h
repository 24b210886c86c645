// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../statistics/snapshot.h"

namespace Millwright {

//! For QML, which knows these enumerators as those of `Health`.
namespace HealthLevel {
Q_NAMESPACE_EXPORT(MILLWRIGHT_CORE_EXPORT)

enum Level {
    Calm, //!< nothing to do, or less than the workers can do
    Busy, //!< all workers have something to do
    Attention, //!< somebody should look at it
    Critical, //!< it does not do its work
};
Q_ENUM_NS(Level)

} // namespace HealthLevel

//! How a factory is, in one word, and why.
struct MILLWRIGHT_CORE_EXPORT Health
{
    using enum HealthLevel::Level;
    using Level = HealthLevel::Level;

    Level level = Calm;
    //! In the language of the application, the worst first.
    QStringList reasons = {};

    //! Of a factory, with its workers, whose counters were `before` about a minute ago.
    [[nodiscard]] static Health of(const FactorySnapshot &now, const Counters &before);

    bool operator==(const Health &) const = default;
};

} // namespace Millwright
