// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qhash.h>
#include <QtWidgets/qtabbar.h>

namespace Millwright {

class FactoryBase;
class FactoryMonitor;

//! Several factories, each with how it is; one of them is chosen. Hidden while there are fewer than two.
class FactoryStrip : public QTabBar
{
    Q_OBJECT

public:
    explicit FactoryStrip(QWidget *parent);

    [[nodiscard]] QList<FactoryBase *> factories() const { return m_factories; }
    void add(FactoryBase *factory);
    void remove(FactoryBase *factory);
    void choose(FactoryBase *factory);
    //! Whether somebody looks.
    void setActive(bool active);
    void setFrozen(bool frozen);

Q_SIGNALS:
    //! nullptr when there is none left.
    void chosen(Millwright::FactoryBase *factory);

protected:
    void changeEvent(QEvent *event) override;

private:
    void forget(FactoryBase *factory);
    void updateTab(const FactoryMonitor *monitor);

    QList<FactoryBase *> m_factories;
    QList<FactoryMonitor *> m_monitors;
    bool m_isActive = false;
    bool m_isFrozen = false;
};

} // namespace Millwright
