// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/watched.h"

#include <Millwright/Factory>
#include <Millwright/FactoryMonitor>

#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace Millwright;
using namespace Qt::StringLiterals;
using Support::hasTimer;
using Support::Watched;

// A monitor and the factory it is given, which comes and goes.
class tst_MonitorFactory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void UI_6_factoryMayBeDestroyed();
    void UI_6_factoryMayBeDestroyedBySlots();
    void UI_6_factoryMayBeExchanged();
    void UI_6_factoryMayBeExchangedAtItsEnd();
    void UI_6_factoryOfAnotherThreadIsRefused();
    void UI_6_eventsOfTheTimeBeforeAreSeen();
    void UI_6_badSettingsAreNamed();
};

void tst_MonitorFactory::UI_6_factoryMayBeDestroyed()
{
    Watched watched;
    FactoryMonitor &monitor = watched.monitor;
    QSignalSpy changed(&monitor, &FactoryMonitor::factoryChanged);
    watched.factory->start();
    watched.dispatch(3);
    monitor.setActive(true);
    QTRY_COMPARE(monitor.activeWorkers(), 2);
    QVERIFY(hasTimer(monitor));
    QSignalSpy sampled(&monitor, &FactoryMonitor::sampled);
    watched.gate.open();
    watched.factory.reset();
    QCOMPARE(monitor.factory(), nullptr);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(sampled.count(), 1);
    QVERIFY(!hasTimer(monitor));
    QVERIFY(monitor.isActive());
    QVERIFY(monitor.state() == FactoryState::Idle);
    QCOMPARE(monitor.submitted(), 0.0);
    QCOMPARE(monitor.workers()->rowCount(), 0);
    QCOMPARE(monitor.events()->rowCount(), 0);
    QVERIFY(monitor.history(FactoryMonitor::Throughput).isEmpty());
    monitor.setActive(false);
    monitor.setActive(true);
    QVERIFY(!hasTimer(monitor));
}

void tst_MonitorFactory::UI_6_factoryMayBeDestroyedBySlots()
{
    Watched watched;
    FactoryMonitor &monitor = watched.monitor;
    watched.factory->start();
    connect(monitor.workers(), &QAbstractItemModel::rowsInserted, &monitor,
            [&] { watched.factory.reset(); });
    monitor.setActive(true);
    QCOMPARE(monitor.factory(), nullptr);
    QVERIFY(!hasTimer(monitor));
    QCOMPARE(monitor.workers()->rowCount(), 0);
}

void tst_MonitorFactory::UI_6_factoryMayBeExchanged()
{
    Watched watched;
    FactoryMonitor &monitor = watched.monitor;
    watched.factory->start();
    watched.dispatch(2);
    monitor.setActive(true);
    QTRY_COMPARE(monitor.submitted(), 2.0);

    Factory other({.workerCount = 3}, [](Job<int, int> &) {});
    monitor.setFactory(&other);
    QCOMPARE(monitor.submitted(), 0.0);
    QVERIFY(monitor.state() == FactoryState::Idle);
    QCOMPARE(monitor.workers()->rowCount(), 3);
    watched.gate.open();
    QTRY_COMPARE(watched.factory->completed(), 2.0);
    QCOMPARE(monitor.completed(), 0.0);
    monitor.setFactory(nullptr);
    QCOMPARE(monitor.workers()->rowCount(), 0);
    QVERIFY(!hasTimer(monitor));
}

// By somebody who learns of that before the monitor does.
void tst_MonitorFactory::UI_6_factoryMayBeExchangedAtItsEnd()
{
    Watched watched;
    FactoryMonitor &monitor = watched.monitor;
    Factory other({.workerCount = 3}, [](Job<int, int> &) {});
    monitor.setFactory(nullptr);
    connect(watched.factory.get(), &QObject::destroyed, &monitor,
            [&] { monitor.setFactory(&other); });
    monitor.setFactory(watched.factory.get());
    monitor.setActive(true);
    watched.factory.reset();
    QCOMPARE(monitor.factory(), &other);
    QCOMPARE(monitor.workers()->rowCount(), 3);
}

void tst_MonitorFactory::UI_6_factoryOfAnotherThreadIsRefused()
{
    Factory factory({.name = u"elsewhere"_s}, [](Job<int, int> &) {});
    QThread thread;
    factory.moveToThread(&thread);
    FactoryMonitor monitor;
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"\"elsewhere\" was refused.*another thread"_s));
    monitor.setFactory(&factory);
    QCOMPARE(monitor.factory(), nullptr);
}

void tst_MonitorFactory::UI_6_eventsOfTheTimeBeforeAreSeen()
{
    Watched watched;
    const QDateTime before = QDateTime::currentDateTime().addMSecs(-1);
    watched.factory->start();
    QTRY_VERIFY(watched.factory->state() == FactoryState::Running);
    const QDateTime after = QDateTime::currentDateTime().addMSecs(1);
    watched.monitor.setActive(true);
    const EventModel &events = *watched.monitor.events();
    QCOMPARE(events.rowCount(), 2);
    QCOMPARE(events.index(0).data(EventModel::TextRole).toString(), u"Running"_s);
    QCOMPARE(events.index(1).data(EventModel::TextRole).toString(), u"Starting"_s);
    for (int row = 0; row < 2; ++row) {
        const QDateTime time = events.index(row).data(EventModel::TimeRole).toDateTime();
        QVERIFY(time >= before && time <= after);
    }
    watched.monitor.events()->clear();
    watched.factory->drain();
    QTRY_COMPARE(events.index(0).data(EventModel::TextRole).toString(), u"Stopped"_s);
    QCOMPARE(events.rowCount(), 2); // Draining, Stopped; none comes back
}

void tst_MonitorFactory::UI_6_badSettingsAreNamed()
{
    FactoryMonitor monitor;
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"an interval of 15 ms was ignored"_s));
    monitor.setInterval(15);
    QCOMPARE(monitor.interval(), 250);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"a history span of 0 s was ignored"_s));
    monitor.setHistorySpan(0);
    QCOMPARE(monitor.historySpan(), 300);
    QSignalSpy interval(&monitor, &FactoryMonitor::intervalChanged);
    QSignalSpy span(&monitor, &FactoryMonitor::historySpanChanged);
    monitor.setInterval(16);
    monitor.setHistorySpan(1);
    QCOMPARE(interval.count(), 1);
    QCOMPARE(span.count(), 1);
}

QTEST_GUILESS_MAIN(tst_MonitorFactory)
#include "tst_monitorfactory.moc"
