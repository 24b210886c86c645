// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qhash.h>
#include <QtWidgets/qtabbar.h>

namespace Millwright {

class FactoryBase;
class FactoryMonitor;

//! Several factories, each with how it is; one of them is chosen. Hidden while there are fewer than two. All are looked
//! at as often as the one that is shown, so that there is something to show of each.
class FactoryStrip : public QTabBar
{
    Q_OBJECT

public:
    FactoryStrip(FactoryMonitor *shown, QWidget *parent);

    [[nodiscard]] QList<FactoryBase *> factories() const { return m_factories; }
    void add(FactoryBase *factory);
    void remove(FactoryBase *factory);
    void choose(FactoryBase *factory);

Q_SIGNALS:
    //! nullptr when there is none left.
    void chosen(Millwright::FactoryBase *factory);

protected:
    void changeEvent(QEvent *event) override;

private:
    void forget(FactoryBase *factory);
    void follow();
    void updateTab(const FactoryMonitor *monitor);

    FactoryMonitor *const m_shown;
    QList<FactoryBase *> m_factories;
    QList<FactoryMonitor *> m_monitors;
};

} // namespace Millwright
