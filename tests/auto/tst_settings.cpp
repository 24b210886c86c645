// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"

#include <Millwright/Factory>

#include <QRegularExpression>
#include <QTest>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

//! Does nothing.
class Idler : public Worker<int, int, void>
{
public:
    void process(Job &) override {}
};

void expect(const QString &complaint)
{
    const QString text = u"Factory \"mill\": "_s + complaint + u'.';
    QTest::ignoreMessage(QtWarningMsg, qPrintable(text));
}

int infos = 0;

void countInfos(QtMsgType type, const QMessageLogContext &, const QString &)
{
    infos += type == QtInfoMsg ? 1 : 0;
}

} // namespace

// Wrong settings are said, wherever they come from, and replaced by what is nearest.
class tst_Settings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void LIFE_6_wrongSettingsAreSaid_data();
    void LIFE_6_wrongSettingsAreSaid();
    void LIFE_6_wrongPropertiesAreSaid_data();
    void LIFE_6_wrongPropertiesAreSaid();
    void LIFE_6_rightSettingsAreNot();
    void DISC_10_markAboveTheLimitIsSaid_data();
    void DISC_10_markAboveTheLimitIsSaid();
};

// To the constructor, and of a policy to its setter.
void tst_Settings::LIFE_6_wrongSettingsAreSaid_data()
{
    QTest::addColumn<FactorySettings>("given");
    QTest::addColumn<QString>("complaint");
    QTest::addColumn<QByteArray>("property");
    QTest::addColumn<double>("used");
    const auto row = [](FactorySettings given, const char *property, double used,
                        const QString &complaint) {
        given.name = u"mill"_s;
        QTest::newRow(property) << given << complaint << QByteArray(property) << used;
    };
    row({.workerCount = -2}, "workerCount", 0,
        u"a worker count of -2 counts as 0; it must be 0 or more"_s);
    row({.threadCount = -1}, "threadCount", 0,
        u"a thread count of -1 counts as 0; it must be 0 or more"_s);
    row({.deadLetterLimit = -5}, "deadLetterLimit", 0,
        u"a dead letter limit of -5 counts as 0; it must be 0 or more"_s);
    row({.stopDeadline = -1s}, "stopDeadline", 0,
        u"a stop deadline of -1000 ms counts as 0 ms; it must be 0 or more"_s);
    row({.retry = {.maximumAttempts = 0}}, "retryAttempts", 1,
        u"a retry maximum of 0 attempts counts as 1, no further one; it must be 1 or more"_s);
    row({.retry = {.backoff = -5ms}}, "retryBackoff", 0,
        u"a retry backoff of -5 ms counts as 0 ms; it must be 0 or more"_s);
    row({.retry = {.backoffFactor = 0.5}}, "retryBackoffFactor", 1,
        u"a retry backoff factor of 0.5 counts as 1; it must be 1 or more"_s);
    row({.retry = {.maximumBackoff = -1us}}, "retryMaximumBackoff", 0,
        u"a retry maximum backoff of -0.001 ms counts as 0 ms; it must be 0 or more"_s);
    row({.retry = {.jitter = 1.5}}, "retryJitter", 1,
        u"a retry jitter of 1.5 counts as 1; it must be from 0 to 1"_s);
    row({.restartPolicy = {.backoffFactor = qQNaN()}}, "restartBackoffFactor", 1,
        u"a restart backoff factor of nan counts as 1; it must be 1 or more"_s);
    row({.deadMansSwitch = {.timeout = -1ms}}, "deadMansSwitchTimeout", 0,
        u"the dead man's switch has a timeout of -1 ms, a grace period of 1000 ms and a maximum of "
        "8 condemned threads; 0 ms, 1000 ms and 8 are used. None may be negative; a timeout of 0 "
        "switches off"_s);
}

void tst_Settings::LIFE_6_wrongSettingsAreSaid()
{
    QFETCH(const FactorySettings, given);
    QFETCH(const QString, complaint);
    QFETCH(const QByteArray, property);
    QFETCH(const double, used);
    expect(complaint);
    const Factory<Idler> made(given);
    QCOMPARE(made.property(property.constData()).toDouble(), used);

    Factory<Idler> changed({.name = u"mill"_s});
    if (given.retry != changed.retryPolicy()) {
        expect(complaint);
        changed.setRetryPolicy(given.retry);
    } else if (given.restartPolicy != changed.restartPolicy()) {
        expect(complaint);
        changed.setRestartPolicy(given.restartPolicy);
    } else if (given.deadMansSwitch != changed.deadMansSwitch()) {
        expect(complaint);
        changed.setDeadMansSwitch(given.deadMansSwitch);
    } else {
        return;
    }
    QCOMPARE(changed.property(property.constData()).toDouble(), used);
}

// As QML writes them.
void tst_Settings::LIFE_6_wrongPropertiesAreSaid_data()
{
    QTest::addColumn<QByteArray>("property");
    QTest::addColumn<double>("right");
    QTest::addColumn<double>("wrong");
    QTest::addColumn<double>("used");
    QTest::addColumn<QString>("complaint");
    const auto row = [](const char *property, double right, double wrong, double used,
                        const QString &complaint) {
        QTest::addRow("%s %g", property, wrong)
            << QByteArray(property) << right << wrong << used << complaint;
    };
    // One number stays as it was, a part of a policy becomes what is nearest.
    row("workerCount", 3, -1, 3, u"a worker count of -1 was ignored; it must be 0 or more"_s);
    row("deadLetterLimit", 3, -1, 3,
        u"a dead letter limit of -1 was ignored; it must be 0 or more"_s);
    row("stopDeadline", 3, -1, 3, u"a stop deadline of -1 ms was ignored; it must be 0 or more"_s);
    row("deadMansSwitchTimeout", 3, -1, 3,
        u"a deadMansSwitchTimeout of -1 was ignored; it must be 0 or more"_s);
    row("retryAttempts", 3, 0, 1,
        u"a retry maximum of 0 attempts counts as 1, no further one; it must be 1 or more"_s);
    row("retryBackoff", 3, -2.5, 0,
        u"a retry backoff of -2.5 ms counts as 0 ms; it must be 0 or more"_s);
    row("retryBackoff", 3, qQNaN(), 3, u"a retry backoff that is no number was ignored"_s);
    row("retryBackoffFactor", 3, qQNaN(), 1,
        u"a retry backoff factor of nan counts as 1; it must be 1 or more"_s);
    row("retryMaximumBackoff", 3, -1, 0,
        u"a retry maximum backoff of -1 ms counts as 0 ms; it must be 0 or more"_s);
    row("retryMaximumBackoff", 3, qQNaN(), 3,
        u"a retry maximum backoff that is no number was ignored"_s);
    row("retryJitter", 0.5, -1, 0, u"a retry jitter of -1 counts as 0; it must be from 0 to 1"_s);
    row("restartJitter", 0.5, 2, 1, u"a restart jitter of 2 counts as 1; it must be from 0 to 1"_s);
}

void tst_Settings::LIFE_6_wrongPropertiesAreSaid()
{
    QFETCH(const QByteArray, property);
    QFETCH(const double, right);
    QFETCH(const double, wrong);
    QFETCH(const double, used);
    QFETCH(const QString, complaint);
    Factory<Idler> factory({.name = u"mill"_s});
    QVERIFY(factory.setProperty(property.constData(), right));
    QCOMPARE(factory.property(property.constData()).toDouble(), right);
    expect(complaint);
    QVERIFY(factory.setProperty(property.constData(), wrong));
    QCOMPARE(factory.property(property.constData()).toDouble(), used);
}

// The least and the most that make sense.
void tst_Settings::LIFE_6_rightSettingsAreNot()
{
    const RetryPolicy least{
        .maximumAttempts = 1, .backoff = 0s, .backoffFactor = 1, .maximumBackoff = 0s, .jitter = 0};
    const RetryPolicy most{.maximumAttempts = std::numeric_limits<int>::max(),
                           .backoff = std::chrono::nanoseconds::max(),
                           .backoffFactor = 1e300,
                           .maximumBackoff = std::chrono::nanoseconds::max(),
                           .jitter = 1};
    Factory<Idler> factory({.name = u"mill"_s,
                            .workerCount = 0,
                            .threadCount = 0,
                            .retry = least,
                            .deadLetterLimit = 0,
                            .stopDeadline = 0s});
    QVERIFY(factory.retryPolicy() == least);
    factory.setRetryPolicy(most);
    QVERIFY(factory.retryPolicy() == most);
}

void tst_Settings::DISC_10_markAboveTheLimitIsSaid_data()
{
    QTest::addColumn<FactorySettings>("given");
    QTest::addColumn<int>("said");
    QTest::newRow("above") << FactorySettings{.queueLimit = 10, .highWaterMark = 11} << 1;
    QTest::newRow("at the limit") << FactorySettings{.queueLimit = 10, .highWaterMark = 10} << 0;
    QTest::newRow("no mark") << FactorySettings{.queueLimit = 10} << 0;
    QTest::newRow("no limit") << FactorySettings{.highWaterMark = 11} << 0;
    QTest::newRow("a limit for each worker") << FactorySettings{.workerCount = 3,
                                                                .router = roundRobin(),
                                                                .queueLimit = 10,
                                                                .highWaterMark = 30}
                                             << 0;
    QTest::newRow("above that") << FactorySettings{.workerCount = 3,
                                                   .router = roundRobin(),
                                                   .queueLimit = 10,
                                                   .highWaterMark = 31}
                                << 1;
    QTest::newRow("the limit moves")
        << FactorySettings{.queueLimit = 10,
                           .highWaterMark = 11,
                           .queueLimitController = {.function =
                                                        [](const FactorySnapshot &) { return 20; }}}
        << 0;
}

void tst_Settings::DISC_10_markAboveTheLimitIsSaid()
{
    QFETCH(const FactorySettings, given);
    QFETCH(const int, said);
    infos = 0;
    const QtMessageHandler before = qInstallMessageHandler(countInfos);
    const Factory<Idler> factory(given);
    qInstallMessageHandler(before);
    QCOMPARE(infos, said);
}

QTEST_GUILESS_MAIN(tst_Settings)
#include "tst_settings.moc"
