// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../core/monitor/health.h"

#include <QtGui/qicon.h>

QT_BEGIN_NAMESPACE
class QPainter;
QT_END_NAMESPACE

namespace Millwright {

struct ChartTheme;

[[nodiscard]] QColor healthColor(Health::Level level, const ChartTheme &theme);
//! A sign that can be told apart without its color: a dot, a ring, a triangle, a diamond.
void drawHealthMark(QPainter &painter, const QRectF &rect, Health::Level level,
                    const ChartTheme &theme);
[[nodiscard]] QIcon healthIcon(Health::Level level, const ChartTheme &theme, int side);

} // namespace Millwright
