// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/startedworld.h"

#include <Millwright/Factory>

#include <QRegularExpression>
#include <QTest>

#include <functional>

using namespace Simulation;
using namespace Qt::StringLiterals;

namespace {

using Action = std::function<void(World &)>;

//! Sends each job to the other worker than the one before, and does not ask who has its key. The first ones
//! are for the factory's queue.
class Alternating final : public Router
{
public:
    explicit Alternating(int first) : m_first(first) {}
    Route route(const AbstractJob &, const Workers &workers) override
    {
        if (++m_routed <= m_first || workers.count() < 2)
            return Route::toQueue();
        return Route::toWorker(m_routed % 2);
    }
    [[nodiscard]] bool keepsKeyOrder() const override { return true; }

private:
    const int m_first;
    int m_routed = 0;
};

struct Setting
{
    bool isSticky = true;
    int jobs = 8;
    int failing = -1; //!< one of them
};

} // namespace

// A worker takes many short jobs at once. Which of their keys it has then is written down when somebody wants
// to know. It must make no difference.
class tst_HandKeys : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void ROUTE_4_keysOfAHandAreTheWorkers_data();
    void ROUTE_4_keysOfAHandAreTheWorkers();

private:
    static QStringList course(const Setting &setting, const Action &action, bool promised);
};

void tst_HandKeys::ROUTE_4_keysOfAHandAreTheWorkers_data()
{
    QTest::addColumn<Setting>("setting");
    QTest::addColumn<Action>("action");

    const auto submit = [](World &world, quint64 key, const QString &name, qint64 duration) {
        world.submit({.name = name, .key = key, .duration = duration, .promised = false});
    };
    const auto cancel = [](World &world, const QString &name) {
        QCOMPARE(world.engine().cancelJobs([&](const JobSnapshot &job) { return job.key == name; }),
                 1);
    };
    const std::vector<std::pair<const char *, Action>> actions = {
        {"nothing", [](World &) {}},
        {"a job of a key that waits", [=](World &world) { submit(world, 3, u"n"_s, 0); }},
        {"a job of the key that runs", [=](World &world) { submit(world, 0, u"n"_s, 0); }},
        {"a job of a key that is done",
         [=](World &world) {
             world.clock().moveTo(world.nextFinish());
             world.step();
             submit(world, 0, u"n"_s, 0);
         }},
        {"jobs for the other worker",
         [=](World &world) {
             for (int i = 0; i < 6; ++i) // it is called for those that last
                 submit(world, quint64(20 + i % 2), u"n%1"_s.arg(i), 30 * Millisecond);
             world.settle();
             submit(world, 3, u"m"_s, 0);
             submit(world, 20, u"o"_s, 0);
         }},
        {"a running job that is canceled", [=](World &world) { cancel(world, u"h0"_s); }},
        {"a waiting job that is canceled", [=](World &world) { cancel(world, u"h3"_s); }},
        {"a running job that is given up",
         [](World &world) {
             QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"thread was left behind"_s));
             QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"is lost"_s));
             for (const JobSnapshot &job : world.engine().jobs(0)) {
                 if (job.key == u"h0"_s)
                     QVERIFY(world.engine().abandon(job.worker));
             }
         }},
        {"one worker less", [](World &world) { world.engine().setWorkerCount(1); }},
        {"no worker",
         [](World &world) {
             world.engine().setWorkerCount(0);
             world.settle();
             world.engine().setWorkerCount(2);
         }},
        {"a pause",
         [](World &world) {
             world.engine().pause();
             world.settle();
             world.engine().resume();
         }},
        {"a limit",
         [=](World &world) {
             world.engine().setQueueLimit(9);
             for (int i = 0; i < 6; ++i)
                 submit(world, quint64(5 + i), u"n%1"_s.arg(i), 0);
         }},
        {"a limit for the oldest",
         [=](World &world) {
             world.engine().setDiscardMode(DiscardMode::Oldest);
             world.engine().setQueueLimit(2);
             for (int i = 0; i < 6; ++i)
                 submit(world, quint64(5 + i), u"n%1"_s.arg(i), 0);
         }},
        {"a job that fails",
         [=](World &world) {
             world.submit({.name = u"bad"_s, .key = 3, .failures = 1, .promised = false});
             submit(world, 3, u"n"_s, 0);
         }},
        {"a stop", [](World &world) { world.engine().stop(); }},
    };
    const std::vector<std::pair<const char *, Setting>> settings = {
        {"one hand", {}},
        {"the first fails", {.failing = 0}},
        {"another fails", {.failing = 2}},
        {"a full hand", {.jobs = 128}},
        {"more than a hand", {.jobs = 200}}, // claimed at once
    };
    for (const bool isSticky : {true, false}) {
        for (auto [how, setting] : settings) {
            setting.isSticky = isSticky;
            for (const auto &[what, action] : actions) {
                QTest::addRow("%s, %s, %s", isSticky ? "sticky" : "alternating", how, what)
                    << setting << action;
            }
        }
    }
}

// Jobs that somebody holds the future of have their keys written down at once.
void tst_HandKeys::ROUTE_4_keysOfAHandAreTheWorkers()
{
    QFETCH(const Setting, setting);
    QFETCH(const Action, action);
    const QStringList expected = course(setting, action, true);
    if (QTest::currentTestFailed())
        return;
    QCOMPARE(course(setting, action, false), expected);
}

//! What happens when this is done while a worker has a hand full of jobs, of which the first runs.
QStringList tst_HandKeys::course(const Setting &setting, const Action &action, bool promised)
{
    constexpr int Practice = 64; // jobs, after which hands are full
    const int first = Practice + setting.jobs;
    QStringList seen;
    [&] {
        const auto world = startedWorld(
            settingsOf(setting.isSticky ? stickyQueuer() : customRouter<Alternating>(first), 2));
        Engine &engine = world->engine();
        for (int i = 0; i < Practice; ++i) {
            world->submit({.name = u"practice %1"_s.arg(i),
                           .key = quint64(100 + 2 * i),
                           .duration = 100,
                           .promised = false});
        }
        QVERIFY(world->finish());
        world->clearLog();
        engine.pause();
        for (int i = 0; i < setting.jobs; ++i) {
            world->submit({.name = u"h%1"_s.arg(i),
                           .key = quint64(i),
                           .duration = i < 2 ? Millisecond : 0,
                           .failures = i == setting.failing ? 1 : 0,
                           .promised = promised});
        }
        engine.resume();
        for (int i = 0; i < 8 && world->workloads().empty(); ++i)
            world->step();
        QCOMPARE(world->workloads().size(), 1);
        world->step();
        const auto noteRoom = [&] { seen += u"room for %1"_s.arg(engine.availableCapacity()); };
        noteRoom();
        action(*world);
        noteRoom();
        for (const JobSnapshot &job : engine.jobs(1000))
            seen += u"%1 of %2 at %3"_s.arg(int(job.state)).arg(job.key).arg(job.worker);
        QCOMPARE(world->violations(), QString());
        QVERIFY(world->finish() || engine.state() == FactoryState::Stopped);
        QCOMPARE(world->keyOrder().complaint(), QString());
        seen += world->takeLog();

        // No key is left behind.
        engine.setWorkerCount(2);
        engine.setDiscardMode(DiscardMode::Newest);
        engine.setQueueLimit(FactorySettings::Unlimited);
        world->settle();
        QVERIFY(engine.state() == FactoryState::Stopped || engine.availableCapacity() == 2);
        engine.setQueueLimit(0);
        for (int key = 0; key < 200; ++key) {
            world->settle();
            seen += world->submit({.name = u"after %1"_s.arg(key), .key = quint64(key)})
                        ? u"accepted"_s
                        : u"refused"_s;
        }
        QVERIFY(world->finish() || engine.state() == FactoryState::Stopped);
        QVERIFY(engine.state() == FactoryState::Stopped || !seen.contains(u"refused"_s));
        for (int key = 0; key < 3; ++key) { // two workers, and nobody may wait
            seen += u"%1 accepted: %2"_s.arg(key).arg(world->submit(
                {.name = u"last %1"_s.arg(key), .key = quint64(key), .duration = Millisecond}));
        }
        QVERIFY(engine.state() == FactoryState::Stopped || seen.last() == u"2 accepted: 0"_s);
        QVERIFY(world->finish() || engine.state() == FactoryState::Stopped);
    }();
    return seen;
}

QTEST_GUILESS_MAIN(tst_HandKeys)
#include "tst_handkeys.moc"
