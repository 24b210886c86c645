// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/loadindex.h"
#include "support/dice.h"

#include <QTest>

#include <algorithm>
#include <limits>
#include <vector>

using Millwright::LoadIndex;
using Support::Dice;

class tst_LoadIndex : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ROUTE_6_withoutWorkers();
    void ROUTE_6_leastIsFound_data();
    void ROUTE_6_leastIsFound();
    void ROUTE_6_loadsStayWhenTheirNumberChanges();
    void ROUTE_6_whoIsNotAvailableIsTheLast();
};

void tst_LoadIndex::ROUTE_6_withoutWorkers()
{
    LoadIndex index;
    QCOMPARE(index.least(), -1);
    QCOMPARE(index.leastLoad(), 0);
    index.set(0, 1);
    QCOMPARE(index.least(), -1);
    index.resize(2);
    QCOMPARE(index.least(), 0);
    index.resize(0);
    QCOMPARE(index.least(), -1);
    QCOMPARE(index.leastLoad(), 0);
}

void tst_LoadIndex::ROUTE_6_leastIsFound_data()
{
    QTest::addColumn<int>("workers");
    QTest::addColumn<int>("loads");
    for (const int workers : {1, 2, 7, 8, 9, 63, 64, 65, 512, 513, 1'000, 5'000}) {
        for (const int loads : {1, 2, 3, 1'000'000})
            QTest::addRow("%d workers, %d loads", workers, loads) << workers << loads;
    }
}

void tst_LoadIndex::ROUTE_6_leastIsFound()
{
    QFETCH(const int, workers);
    QFETCH(const int, loads);
    Dice dice(quint64(workers * 31 + loads));
    LoadIndex index;
    index.resize(std::size_t(workers));
    std::vector<qsizetype> model(std::size_t(workers), 0);
    for (int i = 0; i < 1'000; ++i) {
        // Often the one that is the least: as a router does.
        const int id = dice.oneIn(2) ? index.least() : dice.below(workers);
        model[std::size_t(id)] = dice.below(loads);
        index.set(id, model[std::size_t(id)]);
        const auto least = std::min_element(model.begin(), model.end()); // the first of equals
        QCOMPARE(index.least(), int(least - model.begin()));
        QCOMPARE(index.leastLoad(), *least);
    }
    index.set(workers, -1);
    index.set(-1, -1);
    QVERIFY(index.least() < workers && index.least() >= 0);
}

void tst_LoadIndex::ROUTE_6_loadsStayWhenTheirNumberChanges()
{
    LoadIndex index;
    index.resize(3);
    for (const int id : {0, 1, 2})
        index.set(id, 10 - id);
    index.resize(600);
    QCOMPARE(index.least(), 3);
    QCOMPARE(index.leastLoad(), 0);
    for (int id = 3; id < 600; ++id)
        index.set(id, 100);
    QCOMPARE(index.least(), 2);
    index.resize(2);
    QCOMPARE(index.least(), 1);
    QCOMPARE(index.leastLoad(), 9);
}

void tst_LoadIndex::ROUTE_6_whoIsNotAvailableIsTheLast()
{
    LoadIndex index;
    index.resize(2);
    index.set(0, std::numeric_limits<qsizetype>::max());
    index.set(1, 1'000'000'000);
    QCOMPARE(index.least(), 1);
    index.set(1, std::numeric_limits<qsizetype>::max());
    QCOMPARE(index.least(), 0);
}

QTEST_APPLESS_MAIN(tst_LoadIndex)
#include "tst_loadindex.moc"
