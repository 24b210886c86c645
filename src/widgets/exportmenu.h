// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtWidgets/qmenu.h>

namespace Millwright {

class FactoryMonitor;

//! Puts what there is to know of a factory onto the clipboard, or into a file.
class ExportMenu : public QMenu
{
    Q_OBJECT

public:
    ExportMenu(FactoryMonitor *monitor, QWidget *parent);

private:
    void save(const QString &title, const QString &name, const QByteArray &text);

    FactoryMonitor *const m_monitor;
};

} // namespace Millwright
