// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/idset.h"

#include <QRandomGenerator>
#include <QTest>

#include <set>

using Millwright::IdSet;

class tst_IdSet : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anEmptyOneHasNobody();
    void whoeverIsInItStaysWhenItGrows_data();
    void whoeverIsInItStaysWhenItGrows();
    void agreesWithASet_data();
    void agreesWithASet();
};

void tst_IdSet::anEmptyOneHasNobody()
{
    IdSet set;
    QVERIFY(set.isEmpty());
    QCOMPARE(set.first(), -1);
    QVERIFY(!set.contains(0));
    QVERIFY(!set.contains(100'000));
    set.remove(3);
    QVERIFY(set.isEmpty());
}

void tst_IdSet::whoeverIsInItStaysWhenItGrows_data()
{
    QTest::addColumn<int>("low");
    QTest::addColumn<int>("high");
    for (const int low : {0, 63, 64, 4095, 4096}) {
        for (const int high : {64, 4096, 300'000})
            QTest::addRow("%d and %d", low, high) << low << high;
    }
}

void tst_IdSet::whoeverIsInItStaysWhenItGrows()
{
    QFETCH(const int, low);
    QFETCH(const int, high);
    IdSet set;
    set.insert(low);
    set.insert(high);
    QVERIFY(set.contains(low));
    QVERIFY(set.contains(high));
    QCOMPARE(set.first(), std::min(low, high));
    set.remove(std::min(low, high));
    QCOMPARE(set.first(), low == high ? -1 : std::max(low, high));
    set.remove(std::max(low, high));
    QVERIFY(set.isEmpty());
}

void tst_IdSet::agreesWithASet_data()
{
    QTest::addColumn<int>("ids");
    for (const int ids : {1, 64, 65, 4096, 4097, 10'000})
        QTest::addRow("%d", ids) << ids;
}

void tst_IdSet::agreesWithASet()
{
    QFETCH(const int, ids);
    QRandomGenerator random(ids);
    IdSet set;
    std::set<int> model;
    for (int i = 0; i < 20'000; ++i) {
        const int id = int(random.bounded(ids));
        if (random.bounded(2) == 0) {
            set.insert(id);
            model.insert(id);
        } else {
            set.remove(id);
            model.erase(id);
        }
        QCOMPARE(set.contains(id), model.contains(id));
        QCOMPARE(set.isEmpty(), model.empty());
        QCOMPARE(set.first(), model.empty() ? -1 : *model.begin());
    }
}

QTEST_APPLESS_MAIN(tst_IdSet)
#include "tst_idset.moc"
