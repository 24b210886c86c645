// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtWidgets/qwidget.h>

QT_BEGIN_NAMESPACE
class QPushButton;
class QSpinBox;
QT_END_NAMESPACE

namespace Millwright {

class ActionGuard;
class FactoryBase;
class FactoryMonitor;

//! What can be changed about a factory while it runs.
class ControlsPart : public QWidget
{
    Q_OBJECT

public:
    ControlsPart(FactoryMonitor *monitor, ActionGuard *guard, QWidget *parent);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void updateValues();

    FactoryMonitor *const m_monitor;
    QSpinBox *const m_workers;
    QSpinBox *const m_limit;
    QPushButton *const m_drain;
    QPushButton *const m_stop;
    const FactoryBase *m_shown = nullptr; // only to be told from another
};

} // namespace Millwright
