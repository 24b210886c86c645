// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtWidgets/qaccessiblewidget.h>

namespace Millwright {

class ChartWidget;

//! What assistive technology sees of a chart: its title, its summary, and the hovered item.
class ChartAccessible : public QAccessibleWidget
{
public:
    //! Makes all charts accessible. May be called again.
    static void install();

    explicit ChartAccessible(ChartWidget *chart);

    [[nodiscard]] QString text(QAccessible::Text text) const override;

private:
    [[nodiscard]] ChartWidget *chart() const;
};

} // namespace Millwright
