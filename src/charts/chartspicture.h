// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtGui/qimage.h>

#include <functional>

namespace Millwright {

//! Charts as one picture, to be kept or sent to somebody: in two columns, the last one in a row of its own if their
//! number is odd. `toImage` draws the chart of an index in a size, in logical pixels, on its ground.
[[nodiscard]] QImage chartsPicture(qsizetype charts,
                                   const std::function<QImage(qsizetype index, const QSize &size,
                                                              double devicePixelRatio)> &toImage);

} // namespace Millwright
