// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "gate.h"

#include <Millwright/Factory>
#include <Millwright/FactoryDashboardWidget>
#include <Millwright/FactoryMonitor>

#include <QAbstractButton>
#include <QMessageBox>
#include <QTableView>
#include <QTest>

#include <memory>

// What the tests of the dashboard of widgets have in common.
namespace Support {

using namespace Millwright;
using namespace Qt::StringLiterals;

using Dashboard = FactoryDashboardWidget;

inline constexpr int Interval = 20; // milliseconds

// Jobs of this factory stand at a gate, unless their message is false: then they fail.
inline auto gated(const Gate &gate, FactorySettings settings = {})
{
    settings.onFailure = OnFailure::KeepWorker;
    if (settings.name.isEmpty())
        settings.name = u"gated"_s;
    return Factory(std::move(settings), [gate](Job<QString, bool> &job) {
        if (!job.message())
            throw JobError(u"on purpose"_s);
        gate.pass();
    });
}

inline std::unique_ptr<Dashboard> shown(FactoryBase *factory, const QSize &size = {800, 800})
{
    auto dashboard = std::make_unique<Dashboard>(factory);
    dashboard->setInterval(Interval);
    dashboard->resize(size);
    dashboard->show();
    return dashboard;
}

template<typename Widget = QAbstractButton>
Widget *find(Dashboard &dashboard, const char *name, const char *in = nullptr)
{
    QWidget *part = in ? dashboard.findChild<QWidget *>(QString::fromLatin1(in)) : &dashboard;
    return part ? part->findChild<Widget *>(QString::fromLatin1(name)) : nullptr;
}

inline QTableView *table(Dashboard &dashboard, const char *part)
{
    return dashboard.findChild<QWidget *>(QString::fromLatin1(part))->findChild<QTableView *>();
}

inline QString cell(const QTableView &view, int row, int column)
{
    return view.model()->index(row, column).data().toString();
}

inline void click(QWidget *widget)
{
    QVERIFY(widget);
    QTRY_VERIFY(widget->isVisible() && widget->isEnabled());
    QTest::mouseClick(widget, Qt::LeftButton);
}

// Answers the question that is asked.
inline void answer(Dashboard &dashboard, bool yes)
{
    QTRY_VERIFY(dashboard.findChild<QMessageBox *>(u"confirmation"_s));
    auto *box = dashboard.findChild<QMessageBox *>(u"confirmation"_s);
    if (yes)
        QTest::mouseClick(box->button(QMessageBox::Ok), Qt::LeftButton);
    else
        QTest::keyClick(box, Qt::Key_Escape);
    QTRY_VERIFY(!dashboard.findChild<QMessageBox *>(u"confirmation"_s));
}

//! The platform of the tests has no window manager, and says so with every window.
inline void failOnOtherWarnings()
{
    QTest::failOnWarning(
        QRegularExpression(u"^(?!This plugin does not support propagateSizeHints)"_s));
}

} // namespace Support
