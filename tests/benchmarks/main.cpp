// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// Millwright and its peers, measured in turn. What the workloads are and what is expected of them is
// said in docs/benchmarks.md.

#include "workloads.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>

#include <array>

using namespace Qt::StringLiterals;

namespace {

struct Workload
{
    QLatin1StringView name;
    std::array<void (*)(Session &), 2> measures; // the second may be missing
};

constexpr std::array<Workload, 7> Workloads{{
    {"W1"_L1, {measureThroughput, measureMonitored}},
    {"W2"_L1, {measureRoundTrip}},
    {"W3"_L1, {measureLarge}},
    {"W4"_L1, {measureDepth}},
    {"W5"_L1, {measureWidth}},
    {"W6"_L1, {measureIdle}},
    {"W7"_L1, {measureGui}},
}};

int complain(const QString &text)
{
    std::fputs(qPrintable(u"bench: "_s + text + u'\n'), stderr);
    return 2;
}

int runAlone(const QStringList &arguments)
{
    const QString what = arguments.value(0);
    if (what == u"memory" && arguments.size() == 4)
        return runMemory(arguments[1], arguments[2], arguments[3].toLongLong());
    if (what == u"idle" && arguments.size() == 3)
        return runIdle(arguments[1].toInt(), arguments[2].toInt());
    return complain(u"--alone is for the benchmarks themselves"_s);
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == u"--alone")
        return runAlone(arguments.mid(2));

    QCommandLineParser parser;
    parser.setApplicationDescription(u"Measures Millwright and its peers in turn."_s);
    const QCommandLineOption help = parser.addHelpOption();
    const QCommandLineOption quick(u"quick"_s, u"Fewer jobs, runs and numbers of workers."_s);
    const QCommandLineOption workload(u"workload"_s, u"Only this one, W1 to W7; repeatable."_s,
                                      u"W"_s);
    const QCommandLineOption peer(u"peer"_s, u"Only this one; repeatable."_s, u"NAME"_s);
    const QCommandLineOption runs(u"runs"_s, u"How often each is measured: 5, or 2 if quick."_s,
                                  u"N"_s);
    const QCommandLineOption json(u"json"_s, u"Writes what was measured to this file."_s,
                                  u"FILE"_s);
    parser.addOptions({quick, workload, peer, runs, json});
    if (!parser.parse(arguments))
        return complain(parser.errorText());
    if (parser.isSet(help)) {
        std::fputs(qPrintable(parser.helpText()), stdout);
        return 0;
    }
    if (!parser.positionalArguments().isEmpty())
        return complain(u"unknown argument: "_s + parser.positionalArguments().constFirst());
    const QStringList chosen = parser.values(workload);
    for (const QString &name : chosen) {
        if (std::ranges::none_of(Workloads, [&name](const auto &one) { return one.name == name; }))
            return complain(u"unknown workload: %1 (W1 to W7)"_s.arg(name));
    }
    Session session;
    session.isQuick = parser.isSet(quick);
    session.runs = parser.isSet(runs) ? parser.value(runs).toInt() : session.pick(5, 2);
    session.peers = parser.values(peer);
    session.jsonFile = parser.value(json);
    if (session.runs < 1)
        return complain(u"--runs must be a positive number"_s);
    for (const QString &name : std::as_const(session.peers)) {
        if (!findPeerKind(name)) {
            QStringList names;
            for (const PeerKind &kind : peerKinds())
                names += kind.name;
            return complain(u"unknown peer: %1 (%2)"_s.arg(name, names.join(u"; ")));
        }
    }

    for (const PeerKind &kind : peerKinds()) {
        if (!kind.missing.isEmpty()) {
            std::fputs(qPrintable(u"bench: skipping %1: %2\n"_s.arg(kind.name, kind.missing)),
                       stderr);
        }
    }
    for (const Workload &one : Workloads) {
        if (!chosen.isEmpty() && !chosen.contains(one.name))
            continue;
        for (const auto measure : one.measures) {
            if (measure)
                measure(session);
        }
    }
    return 0;
}
