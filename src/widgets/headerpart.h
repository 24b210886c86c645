// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtWidgets/qwidget.h>

QT_BEGIN_NAMESPACE
class QLabel;
class QToolButton;
QT_END_NAMESPACE

namespace Millwright {

class ActionGuard;
class ExportMenu;
class FactoryMonitor;

//! The name of a factory, how it is and why, and what is needed most: to pause it, and to stop the picture.
class HeaderPart : public QWidget
{
    Q_OBJECT

public:
    HeaderPart(FactoryMonitor *monitor, ActionGuard *guard, QWidget *parent);

    [[nodiscard]] ExportMenu *exports() const { return m_exports; }

private:
    class Banner;

    void updateHeader();

    FactoryMonitor *const m_monitor;
    ActionGuard *const m_guard;
    ExportMenu *const m_exports;
    QLabel *const m_name;
    QToolButton *const m_freeze;
    QToolButton *const m_pause;
    Banner *const m_banner;
};

} // namespace Millwright
