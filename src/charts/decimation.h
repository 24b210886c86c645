// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qlist.h>
#include <QtGui/qpolygon.h>

#include <cmath>

namespace Millwright {

//! The points of a line that are needed to draw it: all of them, or, where there is less than half a pixel from one
//! to the next, the first, the lowest, the highest and the last of each column one pixel wide. So the line looks the
//! same, and no peak is lost. Values that are no numbers part it in several. `place(i)` is where value `i` is.
template<typename Place>
[[nodiscard]] QList<QPolygonF> decimated(const QList<double> &values, double step, Place place)
{
    const qsizetype perColumn = step >= 0.5 ? 1 : qsizetype(std::ceil(1 / std::max(step, 1e-6)));
    QList<QPolygonF> lines;
    bool isInGap = true;
    for (qsizetype begin = 0; begin < values.size();) {
        if (!std::isfinite(values.at(begin))) {
            isInGap = true;
            ++begin;
            continue;
        }
        if (isInGap)
            lines.append(QPolygonF());
        isInGap = false;

        // Columns begin at the same samples as long as the oldest does; they may be shorter at a gap.
        const qsizetype most = std::min(values.size(), begin + perColumn);
        qsizetype end = begin;
        qsizetype lowest = begin;
        qsizetype highest = begin;
        for (; end < most && std::isfinite(values.at(end)); ++end) {
            if (values.at(end) < values.at(lowest))
                lowest = end;
            if (values.at(end) > values.at(highest))
                highest = end;
        }
        QPolygonF &line = lines.last();
        line.append(place(begin));
        const auto [one, other] = std::minmax(lowest, highest);
        if (one != begin)
            line.append(place(one));
        if (other != one && other != begin)
            line.append(place(other));
        if (end - 1 > other)
            line.append(place(end - 1));
        begin = end;
    }
    return lines;
}

} // namespace Millwright
