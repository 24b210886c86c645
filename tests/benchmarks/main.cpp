// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// Millwright and its peers, in turn, in one process: throughput with trivial jobs (W1) and the round
// trip of a single job (W2). The machine's mood changes within seconds, so only ratios of figures
// from the same run mean anything.

#include "peer.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qtextstream.h>
#include <QtCore/qthread.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace {

QTextStream &out()
{
    static QTextStream stream(stdout);
    return stream;
}

struct Series
{
    std::vector<double> values;

    [[nodiscard]] double median() const
    {
        std::vector<double> sorted = values;
        std::sort(sorted.begin(), sorted.end());
        return sorted[sorted.size() / 2];
    }
    [[nodiscard]] double minimum() const { return *std::min_element(values.begin(), values.end()); }
    [[nodiscard]] double maximum() const { return *std::max_element(values.begin(), values.end()); }
};

void printRow(const QString &name, int workers, const Series &series, double reference)
{
    out() << u"  %1 %2 %3 %4 %5 %6\n"_s.arg(name, -22)
                 .arg(workers, 7)
                 .arg(series.median(), 10, 'f', 2)
                 .arg(series.minimum(), 10, 'f', 2)
                 .arg(series.maximum(), 10, 'f', 2)
                 .arg(reference / series.median(), 10, 'f', 2);
    out().flush();
}

void printHeading(const QString &title)
{
    out() << title << "\n"
          << u"  %1 %2 %3 %4 %5 %6\n"_s.arg(u"peer"_s, -22)
                 .arg(u"workers"_s, 7)
                 .arg(u"median"_s, 10)
                 .arg(u"min"_s, 10)
                 .arg(u"max"_s, 10)
                 .arg(u"ratio"_s, 10);
}

// Million jobs per second, from the first job given until all have run.
double floodOnce(Peer &peer, qint64 jobs)
{
    std::atomic<qint64> done = 0;
    QElapsedTimer timer;
    timer.start();
    peer.flood(jobs, done);
    while (done.load(std::memory_order_acquire) < jobs)
        QThread::yieldCurrentThread();
    return double(jobs) * 1e3 / double(timer.nsecsElapsed());
}

// The median round trip in microseconds.
double roundTripOnce(Peer &peer, int rounds)
{
    std::vector<qint64> times;
    times.reserve(std::size_t(rounds));
    for (int i = 0; i < rounds; ++i) {
        QElapsedTimer timer;
        timer.start();
        peer.roundTrip();
        times.push_back(timer.nsecsElapsed());
    }
    std::sort(times.begin(), times.end());
    return double(times[times.size() / 2]) / 1e3;
}

//! Measures the peers in turn, each run beginning with another one, and prints a row for each; the
//! first is what the others are compared with. `measure` warms up first: what a peer has left behind,
//! in the caches and in the clock of the processors, is not for the next one to pay.
template<typename Measure>
void compare(const Peers &peers, int workers, int runs, Measure measure)
{
    std::vector<Series> all(peers.size());
    for (int run = 0; run < runs; ++run) {
        for (std::size_t i = 0; i < peers.size(); ++i) {
            const std::size_t turn = (i + std::size_t(run)) % peers.size();
            all[turn].values.push_back(measure(*peers[turn]));
        }
    }
    for (std::size_t i = 0; i < peers.size(); ++i)
        printRow(peers[i]->name(), workers, all[i], all[0].median());
}

Peers makePeers(int workers)
{
    Peers peers;
    peers.push_back(makeMillwright(workers));
    peers.push_back(makeMillwrightFuture(workers));
    peers.push_back(makeThreadPool(workers));
    peers.push_back(makeConcurrentRun(workers));
    return peers;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"Measures Millwright against QThreadPool and QtConcurrent."_s);
    parser.addHelpOption();
    const QCommandLineOption jobsOption(u"jobs"_s, u"Trivial jobs for each run."_s, u"N"_s,
                                        u"1000000"_s);
    const QCommandLineOption runsOption(u"runs"_s, u"Runs of each peer."_s, u"N"_s, u"5"_s);
    const QCommandLineOption roundsOption(u"rounds"_s, u"Round trips for each run."_s, u"N"_s,
                                          u"10000"_s);
    const QCommandLineOption workersOption(u"workers"_s, u"Numbers of workers."_s, u"N,N"_s,
                                           u"1,2,4,1000"_s);
    parser.addOptions({jobsOption, runsOption, roundsOption, workersOption});
    parser.process(application);
    const qint64 jobs = std::max(1LL, parser.value(jobsOption).toLongLong());
    const int runs = std::max(1, parser.value(runsOption).toInt());
    const int rounds = std::max(1, parser.value(roundsOption).toInt());
    const QStringList workerCounts = parser.value(workersOption).split(u',');

    printHeading(
        u"W1: million trivial jobs per second (%1 jobs, %2 runs); ratio: Millwright to peer"_s
            .arg(jobs)
            .arg(runs));
    for (const QString &count : workerCounts) {
        const int workers = std::max(1, count.toInt());
        Peers peers = makePeers(workers);
        if (workers > 100)
            peers.pop_back(); // QtConcurrent::run would take minutes
        compare(peers, workers, runs, [jobs](Peer &peer) {
            floodOnce(peer, jobs / 4);
            return floodOnce(peer, jobs);
        });
    }

    printHeading(
        u"W2: round trip of one job, microseconds (%1 rounds, %2 runs); ratio: Millwright to peer"_s
            .arg(rounds)
            .arg(runs));
    for (const QString &count : workerCounts) {
        const int workers = std::max(1, count.toInt());
        Peers peers = makePeers(workers);
        std::erase_if(peers, [](const auto &peer) { return !peer->hasRoundTrip(); });
        compare(peers, workers, runs, [rounds](Peer &peer) {
            roundTripOnce(peer, rounds / 4 + 1);
            return roundTripOnce(peer, rounds);
        });
    }
    return 0;
}
