// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"

#include <Millwright/WorkerRegistry>

#include <QtCore/qsize.h>
#include <QtTest/qtest.h>

#include <memory>
#include <variant>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

class RepeatWorker : public Worker<int, QString, QString>
{
public:
    explicit RepeatWorker(const QString &separator = {}) : m_separator(separator) {}

    QString process(Job &job) override
    {
        if (job.key() < 0)
            throw JobError(u"a negative number"_s);
        return QStringList(job.key(), job.message()).join(m_separator);
    }

private:
    QString m_separator;
};

class SilentWorker : public Worker<QString, std::monostate, void>
{
public:
    void process(Job &) override {}
};

// A factory that knows its workers by name only, as that of QML.
class NamedFactory : public Millwright::FactoryBase
{
public:
    explicit NamedFactory(const QString &name, FactorySettings settings = {.workerCount = 1})
        : NamedFactory(WorkerRegistry::find(name), std::move(settings))
    {
    }

    auto dispatch(const QVariant &key, const QVariant &message)
    {
        return m_type->dispatch(engine(), key, message, {});
    }
    auto submit(const QVariant &key, const QVariant &message, const JobOptions &options = {})
    {
        return m_type->submit(engine(), key, message, options);
    }

private:
    NamedFactory(const std::shared_ptr<const WorkerType> &type, FactorySettings settings)
        : FactoryBase(std::move(settings), type->builder(), nullptr)
        , m_type(type)
    {
    }

    std::shared_ptr<const WorkerType> m_type;
};

} // namespace

class tst_WorkerRegistry : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { Support::failOnAnyWarning(); }

    void UI_5_namesAreListed();
    void UI_5_unknownNameIsExplained();
    void UI_5_badRegistrationsAreNamed();
    void UI_5_resultsAreVariants();
    void UI_5_builderAndFunction();
    void UI_5_errorsAreThoseOfTheJob();
    void UI_5_optionsAndRefusals();
    void UI_5_cancel();
    void UI_5_valuesAreConverted_data();
    void UI_5_valuesAreConverted();
    void UI_5_badValuesAreNamed_data();
    void UI_5_badValuesAreNamed();
    void UI_5_anyThreadMayRegister();
};

void tst_WorkerRegistry::initTestCase()
{
    registerWorker<RepeatWorker>(u"repeat"_s);
    registerWorker<RepeatWorker>(u"repeat with commas"_s, workerBuilder<RepeatWorker>(u", "_s));
    registerWorker<SilentWorker>(u"silent"_s);
    registerWorker(u"echo"_s, [](Job<QString, QVariant> &job) { return job.takeMessage(); });
}

void tst_WorkerRegistry::UI_5_namesAreListed()
{
    QCOMPARE(WorkerRegistry::names(),
             (QStringList{u"echo"_s, u"repeat"_s, u"repeat with commas"_s, u"silent"_s}));
    QVERIFY(WorkerRegistry::find(u"repeat"_s));
    QVERIFY(!WorkerRegistry::find(u"Repeat"_s));
}

void tst_WorkerRegistry::UI_5_unknownNameIsExplained()
{
    QCOMPARE(
        WorkerRegistry::unknownNameText(u"repaet"_s),
        u"there is no worker named \"repaet\"; registered are \"echo\", \"repeat\", \"repeat with "
        "commas\", \"silent\". Call Millwright::registerWorker<YourWorker>(\"repaet\") before the "
        "QML is loaded."_s);
    QVERIFY(WorkerRegistry::unknownNameText({}).startsWith(u"the name of a worker is missing; "_s));
}

void tst_WorkerRegistry::UI_5_badRegistrationsAreNamed()
{
    const auto before = WorkerRegistry::find(u"silent"_s);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"without a name was not registered"_s));
    registerWorker<SilentWorker>({});
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"\"silent\" was registered again"_s));
    registerWorker<SilentWorker>(u"silent"_s);
    QVERIFY(WorkerRegistry::find(u"silent"_s) != before);
}

void tst_WorkerRegistry::UI_5_resultsAreVariants()
{
    NamedFactory factory(u"repeat"_s);
    factory.start();
    const VariantFuture future = factory.submit(3, u"ab"_s);
    QVERIFY(Support::hasEnded(future.job));
    QCOMPARE(future.result(), QVariant(u"ababab"_s));
    QVERIFY(!factory.dispatch(1, u"x"_s));
    QTRY_COMPARE(factory.completed(), 2.0);

    NamedFactory silent(u"silent"_s);
    silent.start();
    const VariantFuture nothing = silent.submit(u"key"_s, {});
    QVERIFY(Support::hasEnded(nothing.job));
    QVERIFY(!nothing.result().isValid());
}

void tst_WorkerRegistry::UI_5_builderAndFunction()
{
    NamedFactory commas(u"repeat with commas"_s);
    commas.start();
    const VariantFuture repeated = commas.submit(2, u"a"_s);
    QVERIFY(Support::hasEnded(repeated.job));
    QCOMPARE(repeated.result(), QVariant(u"a, a"_s));

    NamedFactory echo(u"echo"_s);
    echo.start();
    const QVariantMap map{{u"a"_s, 1}, {u"b"_s, QVariantList{2, u"c"_s}}};
    const VariantFuture echoed = echo.submit(u"key"_s, map);
    QVERIFY(Support::hasEnded(echoed.job));
    QCOMPARE(echoed.result(), QVariant(map));
}

void tst_WorkerRegistry::UI_5_errorsAreThoseOfTheJob()
{
    NamedFactory factory(u"repeat"_s);
    factory.start();
    const VariantFuture future = factory.submit(-1, u"x"_s);
    QVERIFY(Support::hasEnded(future.job));
    const auto error = Support::errorAs<JobError>(future.job);
    QVERIFY(error);
    QCOMPARE(error->text(), u"a negative number"_s);
}

void tst_WorkerRegistry::UI_5_optionsAndRefusals()
{
    NamedFactory factory(u"repeat"_s, {.workerCount = 1, .queueLimit = 0});
    QVERIFY(factory.dispatch(1, u"x"_s) == DiscardReason::Loadshed);
    const VariantFuture refused = factory.submit(1, u"x"_s);
    QVERIFY(refused.job.isFinished());
    QVERIFY(Support::errorAs<JobDiscarded>(refused.job)->reason() == DiscardReason::Loadshed);
    const VariantFuture firm = factory.submit(1, u"x"_s, {.discardable = false});
    QVERIFY(!firm.job.isFinished());
    factory.start();
    QVERIFY(Support::hasEnded(firm.job));
    QCOMPARE(firm.result(), QVariant(u"x"_s));
}

void tst_WorkerRegistry::UI_5_cancel()
{
    NamedFactory factory(u"repeat"_s);
    VariantFuture future = factory.submit(1, u"x"_s);
    future.job.cancel();
    QVERIFY(Support::hasEnded(future.job));
    QTRY_COMPARE(factory.canceled(), 1.0);
}

void tst_WorkerRegistry::UI_5_valuesAreConverted_data()
{
    QTest::addColumn<QVariant>("key");
    QTest::addColumn<QVariant>("message");
    QTest::addColumn<QString>("result");

    QTest::newRow("same types") << QVariant(2) << QVariant(u"x"_s) << u"xx"_s;
    QTest::newRow("text to number") << QVariant(u"2"_s) << QVariant(u"x"_s) << u"xx"_s;
    QTest::newRow("whole double") << QVariant(2.0) << QVariant(u"x"_s) << u"xx"_s;
    QTest::newRow("number to text") << QVariant(2) << QVariant(7) << u"77"_s;
    QTest::newRow("bytes to text") << QVariant(1) << QVariant("x"_ba) << u"x"_s;
}

void tst_WorkerRegistry::UI_5_valuesAreConverted()
{
    QFETCH(const QVariant, key);
    QFETCH(const QVariant, message);
    NamedFactory factory(u"repeat"_s);
    factory.start();
    const VariantFuture future = factory.submit(key, message);
    QVERIFY(Support::hasEnded(future.job));
    QTEST(future.result().toString(), "result");
}

void tst_WorkerRegistry::UI_5_badValuesAreNamed_data()
{
    QTest::addColumn<QVariant>("key");
    QTest::addColumn<QVariant>("message");
    QTest::addColumn<QString>("text");

    const QVariant x = u"x"_s;
    QTest::newRow("text") << QVariant(u"abc"_s) << x
                          << u"key: cannot convert 'abc' (QString) to int"_s;
    QTest::newRow("fraction") << QVariant(2.5) << x
                              << u"key: cannot convert '2.5' (double) to int"_s;
    QTest::newRow("too large") << QVariant(1e12) << x
                               << u"key: cannot convert '1e+12' (double) to int"_s;
    QTest::newRow("nothing") << QVariant() << x << u"key: cannot convert undefined to int"_s;
    QTest::newRow("null") << QVariant::fromValue(nullptr) << x
                          << u"key: cannot convert null to int"_s;
    QTest::newRow("message") << QVariant(1) << QVariant(QSize(1, 2))
                             << u"message: cannot convert QSize to QString"_s;
    QTest::newRow("long text") << QVariant(QString(
        50, u'a')) << x << u"key: cannot convert '%1...' (QString) to int"_s.arg(QString(40, u'a'));
}

void tst_WorkerRegistry::UI_5_badValuesAreNamed()
{
    QFETCH(const QVariant, key);
    QFETCH(const QVariant, message);
    NamedFactory factory(u"repeat"_s);
    try {
        factory.dispatch(key, message);
        QFAIL("dispatch() did not throw");
    } catch (const JobError &e) {
        QTEST(e.text(), "text");
    }
    try {
        static_cast<void>(factory.submit(key, message));
        QFAIL("submit() did not throw");
    } catch (const JobError &e) {
        QTEST(e.text(), "text");
    }
    QCOMPARE(factory.submitted(), 0.0);
}

void tst_WorkerRegistry::UI_5_anyThreadMayRegister()
{
    std::vector<std::unique_ptr<QThread>> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back(QThread::create([i] {
            for (int j = 0; j < 50; ++j) {
                const QString name = u"thread %1 %2"_s.arg(i).arg(j);
                registerWorker<SilentWorker>(name);
                QVERIFY(WorkerRegistry::find(name));
                QVERIFY(WorkerRegistry::names().contains(name));
            }
        }));
        threads.back()->start();
    }
    for (const auto &thread : threads)
        QVERIFY(thread->wait());
    QVERIFY(WorkerRegistry::find(u"thread 7 49"_s));
}

QTEST_GUILESS_MAIN(tst_WorkerRegistry)
#include "tst_workerregistry.moc"
