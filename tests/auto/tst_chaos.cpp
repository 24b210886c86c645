// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/storm.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>

using namespace Qt::StringLiterals;

namespace {

#if defined(__SANITIZE_THREAD__)
constexpr int Seeds = 20;
#elif defined(__SANITIZE_ADDRESS__)
constexpr int Seeds = 30;
#else
constexpr int Seeds = 60;
#endif
constexpr int SeedsPerRow = 10;

// Resident memory in bytes; 0 where that cannot be seen.
qint64 residentMemory()
{
    QFile file(u"/proc/self/statm"_s);
    return file.open(QFile::ReadOnly) ? file.readAll().split(' ').value(1).toLongLong() * 4096 : 0;
}

// What is allocated, in bytes; 0 where that cannot be seen.
qint64 allocatedMemory()
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
    const auto info = mallinfo2();
    return qint64(info.uordblks + info.hblkhd);
#else
    return 0;
#endif
}

constexpr double MiB = 1 << 20;

} // namespace

// Random operations on factories with real threads. What is done in a seed can be seen again by
// MILLWRIGHT_SEED=42 tst_chaos, but the system orders the threads.
class tst_Chaos : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void JOB_2_everythingEndsOnce_data();
    void JOB_2_everythingEndsOnce();
    void JOB_2_asLongAsAsked();
    void cleanupTestCase();

private:
    Storm::Tally m_tally;
};

void tst_Chaos::initTestCase()
{
    Storm::Tally unused; // the thread of the clock stays
    const QStringList complaints = Storm::run(1, Storm::Size::Small, unused);
    QVERIFY2(complaints.isEmpty(), qPrintable(complaints.join(u'\n')));
}

void tst_Chaos::JOB_2_everythingEndsOnce_data()
{
    QTest::addColumn<quint64>("firstSeed");
    QTest::addColumn<int>("count");
    bool given = false;
    const quint64 own = qEnvironmentVariable("MILLWRIGHT_SEED").toULongLong(&given);
    if (given)
        QTest::addRow("seed %llu", own) << own << 1;
    else if (qEnvironmentVariableIsSet("MILLWRIGHT_CHAOS_SECONDS"))
        QTest::newRow("one") << quint64(1) << 1;
    for (int seed = 0; seed < Seeds && !given; seed += SeedsPerRow)
        QTest::addRow("seeds %d to %d", seed, seed + SeedsPerRow - 1)
            << quint64(seed) << SeedsPerRow;
}

void tst_Chaos::JOB_2_everythingEndsOnce()
{
    QFETCH(const quint64, firstSeed);
    QFETCH(const int, count);
    for (quint64 seed = firstSeed; seed < firstSeed + quint64(count); ++seed) {
        const QStringList wrong = Storm::run(seed, Storm::Size::Small, m_tally);
        QVERIFY2(wrong.isEmpty(),
                 qPrintable(u"seed %1: %2"_s.arg(QString::number(seed), wrong.join(u"\n  "_s))));
    }
}

void tst_Chaos::JOB_2_asLongAsAsked()
{
    const qint64 seconds = qEnvironmentVariableIntValue("MILLWRIGHT_CHAOS_SECONDS");
    if (seconds <= 0)
        QSKIP("Set MILLWRIGHT_CHAOS_SECONDS.");
    QElapsedTimer timer;
    timer.start();
    qint64 told = 0;
    for (quint64 seed = 1000; timer.elapsed() < seconds * 1000; ++seed) {
        const auto size = seed % 8 == 0 ? Storm::Size::Large : Storm::Size::Small;
        const QStringList wrong = Storm::run(seed, size, m_tally);
        QVERIFY2(wrong.isEmpty(),
                 qPrintable(u"seed %1: %2"_s.arg(QString::number(seed), wrong.join(u"\n  "_s))));
        if (const qint64 minutes = timer.elapsed() / 60'000; minutes > told) {
            told = minutes;
            qInfo("%lld min, %lld factories, %lld jobs, %.1f MiB resident, %.2f MiB allocated",
                  minutes, qint64(seed) - 999, m_tally.jobs, double(residentMemory()) / MiB,
                  double(allocatedMemory()) / MiB);
        }
    }
}

void tst_Chaos::cleanupTestCase()
{
    qInfo("%lld jobs: %lld completed, %lld failed, %lld discarded (%lld refused), %lld canceled, "
          "%lld lost; "
          "%lld retried, %lld workers replaced, %lld hung, %lld found stuck, %lld threads "
          "condemned, %lld stops not clean, "
          "%lld looks",
          m_tally.jobs, m_tally.completed, m_tally.failed, m_tally.discarded, m_tally.refused,
          m_tally.canceled, m_tally.lost, m_tally.retried, m_tally.restarts, m_tally.hung,
          m_tally.stuck, m_tally.condemned, m_tally.unclean, m_tally.looks);
    if (qEnvironmentVariableIsSet("MILLWRIGHT_SEED")
        || qEnvironmentVariableIsSet("MILLWRIGHT_CHAOS_SECONDS"))
        return;
    // What the storms have come across is what they are for. Some of it depends on how fast the machine is, and comes
    // sooner or later.
    const auto hasAll = [this] {
        const auto counts = {m_tally.completed, m_tally.failed, m_tally.discarded, m_tally.refused,
                             m_tally.canceled,  m_tally.lost,   m_tally.retried,   m_tally.restarts,
                             m_tally.hung,      m_tally.stuck,  m_tally.condemned, m_tally.unclean,
                             m_tally.looks};
        return std::all_of(counts.begin(), counts.end(), [](qint64 count) { return count > 0; });
    };
    constexpr int MostSeeds = 200;
    for (quint64 seed = Seeds; seed < MostSeeds && !hasAll(); ++seed) {
        const QStringList wrong = Storm::run(seed, Storm::Size::Small, m_tally);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
    }
    QVERIFY(hasAll());
}

QTEST_GUILESS_MAIN(tst_Chaos)
#include "tst_chaos.moc"
