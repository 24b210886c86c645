// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtGui/qimage.h>
#include <QtWidgets/qwidget.h>

namespace Millwright {

class ChartWidget;
class FactoryMonitor;

//! What became of a factory over the last minutes, and how long its jobs took. In one column or two.
class ChartsPart : public QWidget
{
    Q_OBJECT

public:
    ChartsPart(FactoryMonitor *monitor, QWidget *parent);

    //! All charts, whether they are seen or not.
    [[nodiscard]] QImage toImage() const;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void arrange(int columns);

    QList<ChartWidget *> m_charts;
    int m_columns = 0;
};

} // namespace Millwright
