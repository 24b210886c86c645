// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"

#include <Millwright/DeadLetterModel>
#include <Millwright/Factory>
#include <Millwright/FactoryMonitor>

#include <QtCore/qrandom.h>
#include <QtTest/qabstractitemmodeltester.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace Millwright;
using namespace Qt::StringLiterals;
using Support::eventually;
using Tester = QAbstractItemModelTester;

namespace {

QList<DeadLetter> letters(const QList<quint64> &ids)
{
    QList<DeadLetter> letters;
    for (quint64 id : ids)
        letters.append({.id = id, .key = QString::number(id)});
    return letters;
}

QList<quint64> ids(const QAbstractItemModel &model)
{
    QList<quint64> ids;
    for (int row = 0; row < model.rowCount(); ++row)
        ids.append(model.index(row, 0).data(DeadLetterModel::LetterIdRole).toULongLong());
    return ids;
}

} // namespace

class tst_DeadLetterModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void SUP_5_rowsComeAndGoInRuns_data();
    void SUP_5_rowsComeAndGoInRuns();
    void SUP_5_rowsFollowAnyChange();
    void SUP_5_retriableOnesAreCounted();
    void SUP_5_rolesAreNamed();
    void SUP_5_monitorKeepsItUpToDate();
};

void tst_DeadLetterModel::SUP_5_rowsComeAndGoInRuns_data()
{
    using Ids = QList<quint64>;
    QTest::addColumn<Ids>("before");
    QTest::addColumn<Ids>("after");
    QTest::addColumn<int>("insertions");
    QTest::addColumn<int>("removals");
    QTest::newRow("first") << Ids{} << Ids{1, 2, 3} << 1 << 0;
    QTest::newRow("none") << Ids{1, 2, 3} << Ids{} << 0 << 1;
    QTest::newRow("same") << Ids{1, 2, 3} << Ids{1, 2, 3} << 0 << 0;
    QTest::newRow("newer") << Ids{1, 2} << Ids{1, 2, 3, 4} << 1 << 0;
    QTest::newRow("the oldest has gone") << Ids{1, 2, 3} << Ids{2, 3, 4} << 1 << 1;
    QTest::newRow("from the middle") << Ids{1, 2, 3, 4, 5} << Ids{1, 5} << 0 << 1;
    QTest::newRow("came back") << Ids{1, 3} << Ids{1, 2, 3} << 1 << 0;
    QTest::newRow("all others") << Ids{1, 2} << Ids{3, 4} << 1 << 1;
}

void tst_DeadLetterModel::SUP_5_rowsComeAndGoInRuns()
{
    QFETCH(const QList<quint64>, before);
    QFETCH(QList<quint64>, after);
    DeadLetterModel model;
    const Tester tester(&model, Tester::FailureReportingMode::QtTest);
    model.update(letters(before), 0);
    QSignalSpy insertions(&model, &QAbstractItemModel::rowsInserted);
    QSignalSpy removals(&model, &QAbstractItemModel::rowsRemoved);
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    QSignalSpy count(&model, &DeadLetterModel::countChanged);
    model.update(letters(after), 0);
    std::reverse(after.begin(), after.end()); // the newest first
    QCOMPARE(ids(model), after);
    QTEST(int(insertions.count()), "insertions");
    QTEST(int(removals.count()), "removals");
    QCOMPARE(changes.count(), 0);
    QCOMPARE(count.count(), before.size() == after.size() ? 0 : 1);
}

void tst_DeadLetterModel::SUP_5_rowsFollowAnyChange()
{
    QRandomGenerator random(20'260'101);
    DeadLetterModel model;
    const Tester tester(&model, Tester::FailureReportingMode::QtTest);
    QList<quint64> mirror; // as a view would keep it, by the signals alone
    connect(&model, &QAbstractItemModel::rowsInserted, this,
            [&](const QModelIndex &, int first, int last) {
                for (int row = first; row <= last; ++row)
                    mirror.insert(
                        row, model.index(row).data(DeadLetterModel::LetterIdRole).toULongLong());
            });
    connect(
        &model, &QAbstractItemModel::rowsRemoved, this,
        [&](const QModelIndex &, int first, int last) { mirror.remove(first, last - first + 1); });
    for (quint64 round = 0; round < 500; ++round) {
        QList<quint64> wanted;
        for (quint64 id = round / 8 + 1; id < round / 8 + 12; ++id) {
            if (random.bounded(2))
                wanted.append(id);
        }
        model.update(letters(wanted), 0);
        std::reverse(wanted.begin(), wanted.end());
        QCOMPARE(ids(model), wanted);
        QCOMPARE(mirror, wanted);
    }
}

void tst_DeadLetterModel::SUP_5_retriableOnesAreCounted()
{
    DeadLetterModel model;
    const QSignalSpy changes(&model, &DeadLetterModel::retriableCountChanged);
    QList<DeadLetter> some = letters({1, 2, 3});
    model.update(some, 0);
    QCOMPARE(model.retriableCount(), 0);
    QCOMPARE(changes.size(), 0);
    some[0].isRetriable = some[2].isRetriable = true;
    model.update(some, 0);
    QCOMPARE(model.retriableCount(), 2);
    model.update(some.first(2), 0);
    QCOMPARE(model.retriableCount(), 1);
    QCOMPARE(changes.size(), 2);
}

void tst_DeadLetterModel::SUP_5_rolesAreNamed()
{
    DeadLetterModel model;
    const Tester tester(&model, Tester::FailureReportingMode::QtTest);
    DeadLetter letter{.id = 5,
                      .time = 3'000'000'000,
                      .outcome = Outcome::WorkerLost,
                      .key = u"key"_s,
                      .label = u"label"_s,
                      .error = u"error"_s,
                      .attempts = 3,
                      .worker = 2,
                      .isRetriable = true};
    const QDateTime now = QDateTime::currentDateTime();
    model.update({letter}, 5'000'000'000);
    const auto value = [&](const char *role) {
        return model.index(0).data(model.roleNames().key(role, -1));
    };
    QCOMPARE(value("letterId"), QVariant(5.0));
    QCOMPARE(value("key"), QVariant(u"key"_s));
    QCOMPARE(value("label"), QVariant(u"label"_s));
    QCOMPARE(value("outcome"), QVariant(int(Outcome::WorkerLost)));
    QCOMPARE(value("outcomeName"), QVariant(u"WorkerLost"_s));
    QCOMPARE(value("error"), QVariant(u"error"_s));
    QCOMPARE(value("attempts"), QVariant(3));
    QCOMPARE(value("worker"), QVariant(2));
    QCOMPARE(value("isRetriable"), QVariant(true));
    const qint64 age = value("time").toDateTime().msecsTo(now);
    QVERIFY(age > 1000 && age <= 2000);
    QVERIFY(!model.index(0).data(Qt::DisplayRole).isValid());

    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    letter.isRetriable = false;
    model.update({letter}, 9'000'000'000);
    QCOMPARE(changes.count(), 1);
    QCOMPARE(value("isRetriable"), QVariant(false));
}

void tst_DeadLetterModel::SUP_5_monitorKeepsItUpToDate()
{
    Factory factory({.workerCount = 1, .onFailure = OnFailure::KeepWorker},
                    [](Job<int, bool> &job) {
                        if (job.message())
                            throw JobError(u"on purpose"_s);
                    });
    FactoryMonitor monitor;
    DeadLetterModel &model = *monitor.deadLetters();
    const Tester tester(&model, Tester::FailureReportingMode::QtTest);
    monitor.setInterval(FactoryMonitor::MinimumInterval);
    monitor.setFactory(&factory);
    monitor.setActive(true);
    QVERIFY(factory.start());
    for (int i = 1; i <= 3; ++i)
        factory.dispatch(i, i != 2);
    QVERIFY(eventually([&] { return model.count() == 2; }));
    QCOMPARE(ids(model), (QList<quint64>{2, 1}));
    QSignalSpy sampled(&monitor, &FactoryMonitor::sampled);
    QVERIFY(eventually([&] { return sampled.count() >= 3; }));
    QVERIFY(factory.dropDeadLetter(1)); // also when nothing else happens
    QVERIFY(eventually([&] { return model.count() == 1; }));
    monitor.setFactory(nullptr);
    QCOMPARE(model.count(), 0);
}

QTEST_GUILESS_MAIN(tst_DeadLetterModel)
#include "tst_deadlettermodel.moc"
