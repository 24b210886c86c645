// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../engine/station.h"

QT_BEGIN_NAMESPACE
class QThreadPool;
QT_END_NAMESPACE

namespace Millwright {

//! Keeps a station whose thread did not end in time until it does. A QThread must not be destroyed
//! while it runs, so one that hangs for good is kept for good.
void keepUntilEnded(std::shared_ptr<Station> station);
//! The same for the thread of hooks and controllers.
void keepUntilEnded(std::shared_ptr<QThreadPool> pool);
//! Keeps workers whose thread was terminated in the middle of something: nobody can say what their
//! destructors would find.
void keepForever(std::vector<std::shared_ptr<Incarnation>> workers);

} // namespace Millwright
