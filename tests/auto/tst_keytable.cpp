// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/keytable.h"

#include <QTest>

#include <vector>

using namespace Millwright;

namespace {

constexpr quint64 Many = 100'000;

// As the engine mixes them.
quint64 hashOf(quint64 key)
{
    return (key + 1) * 0x9e3779b97f4a7c15;
}

int sizeOf(KeyTable &table)
{
    int size = 0;
    table.forEach([&](const KeyUse &) { ++size; });
    return size;
}

} // namespace

class tst_KeyTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aKeyIsFound();
    void keysThatAreNotUsedMakeRoomForOthers();
    void keysThatAreUsedStay_data();
    void keysThatAreUsedStay();
    void whatIsLeftIsTidiedUp();
};

void tst_KeyTable::aKeyIsFound()
{
    KeyTable table;
    QVERIFY(!table.find(hashOf(1)));
    KeyUse &use = table.findOrAdd(hashOf(1));
    QCOMPARE(table.find(hashOf(1)), &use);
    QCOMPARE(&table.findOrAdd(hashOf(1)), &use);
    QVERIFY(!table.find(hashOf(2)));
    QVERIFY(use.isUnused());
}

void tst_KeyTable::keysThatAreNotUsedMakeRoomForOthers()
{
    KeyTable table;
    for (quint64 key = 0; key < Many; ++key) {
        KeyUse &use = table.findOrAdd(hashOf(key));
        QVERIFY(use.isUnused());
        ++use.given;
        QVERIFY(!use.isUnused());
        ++use.done;
        QVERIFY(sizeOf(table) < 10'000 || key % 1000 != 0);
    }
    QVERIFY(sizeOf(table) < 10'000);
    QVERIFY(!table.find(hashOf(0)));
}

void tst_KeyTable::keysThatAreUsedStay_data()
{
    QTest::addColumn<quint32>("held");
    QTest::addColumn<int>("queued");
    QTest::newRow("with a worker") << quint32(1) << 0;
    QTest::newRow("in the factory's queue") << quint32(0) << 1;
}

void tst_KeyTable::keysThatAreUsedStay()
{
    QFETCH(const quint32, held);
    QFETCH(const int, queued);
    KeyTable table;
    std::vector<KeyUse *> used;
    for (quint64 key = 0; key < Many; ++key) {
        KeyUse &use = table.findOrAdd(hashOf(key));
        if (key % 10 != 0)
            continue;
        use.given += held;
        use.queued += queued;
        used.push_back(&use);
    }
    for (quint64 key = 0; key < Many; key += 10)
        QCOMPARE(table.find(hashOf(key)), used[std::size_t(key / 10)]);
}

void tst_KeyTable::whatIsLeftIsTidiedUp()
{
    KeyTable table;
    QVERIFY(!table.tidy());
    std::vector<KeyUse *> used;
    for (quint64 key = 0; key < Many; ++key) {
        KeyUse &use = table.findOrAdd(hashOf(key));
        ++use.given;
        used.push_back(&use);
    }
    QCOMPARE(sizeOf(table), int(Many));
    for (KeyUse *use : used)
        ++use->done;
    int times = 0;
    while (table.tidy())
        QVERIFY(++times < 10'000);
    QVERIFY(times > 10); // a little at a time
    QVERIFY(sizeOf(table) > 1000);
    QVERIFY(sizeOf(table) < 5000);
}

QTEST_GUILESS_MAIN(tst_KeyTable)
#include "tst_keytable.moc"
