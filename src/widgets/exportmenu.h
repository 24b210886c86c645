// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtWidgets/qmenu.h>

namespace Millwright {

class ChartsPart;
class FactoryMonitor;

//! Puts what there is to know of a factory onto the clipboard, or into a file.
class ExportMenu : public QMenu
{
    Q_OBJECT

public:
    ExportMenu(FactoryMonitor *monitor, QWidget *parent);

    //! What draws the charts. Has to be given before the menu is shown.
    void setCharts(const ChartsPart *charts) { m_charts = charts; }

private:
    void save(const QString &title, const QString &name, const QString &type,
              const QByteArray &content);

    FactoryMonitor *const m_monitor;
    const ChartsPart *m_charts = nullptr;
};

} // namespace Millwright
