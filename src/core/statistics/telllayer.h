// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../job/errors.h"
#include "../logging.h"
#include "statisticslayer.h"

namespace Millwright {

//! Tells a layer, if there is one: `tellLayer(layer, &StatisticsLayer::jobCanceled, job)`. Without
//! the engine's lock.
template<typename... Parameters, typename... Arguments>
void tellLayer(StatisticsLayer *layer, void (StatisticsLayer::*function)(Parameters...),
               Arguments &&...arguments)
{
    if (!layer)
        return;
    try {
        (layer->*function)(std::forward<Arguments>(arguments)...);
    } catch (...) {
        qCWarning(lcMillwright, "A statistics layer threw \"%s\"; layers must not throw.",
                  qUtf8Printable(errorText(std::current_exception())));
    }
}

} // namespace Millwright
