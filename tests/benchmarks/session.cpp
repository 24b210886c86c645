// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "session.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qfile.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qsysinfo.h>
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

double medianOf(QList<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

QString processorName()
{
    QFile file(u"/proc/cpuinfo"_s);
    if (!file.open(QFile::ReadOnly))
        return QSysInfo::currentCpuArchitecture();
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith("model name"))
            return QString::fromLatin1(line.mid(line.indexOf(':') + 1).trimmed());
    }
    return QSysInfo::currentCpuArchitecture();
}

QJsonObject machine()
{
    return {
        {u"processor"_s, processorName()},
        {u"processors"_s, QThread::idealThreadCount()},
        {u"system"_s, QSysInfo::prettyProductName()},
        {u"qt"_s, QLatin1String(qVersion())},
#ifdef __VERSION__
        {u"compiler"_s, QLatin1String(__VERSION__)},
#endif
        {u"date"_s, QDate::currentDate().toString(Qt::ISODate)},
    };
}

QString labelOf(const Record &record)
{
    QStringList words{record.peer};
    if (!record.router.isEmpty())
        words += record.router;
    for (auto it = record.parameters.cbegin(); it != record.parameters.cend(); ++it) {
        if (it.key() != u"n")
            words += u"%1 %2"_s.arg(it.key()).arg(it.value());
    }
    return words.join(u", "_s);
}

void print(const Record &record)
{
    out() << "  " << labelOf(record).leftJustified(58);
    for (auto it = record.figures.cbegin(); it != record.figures.cend(); ++it) {
        const auto [least, most] = std::minmax_element(it->cbegin(), it->cend());
        out() << u"  %1 %2 (%3 .. %4)"_s.arg(it.key())
                     .arg(medianOf(*it), 0, 'g', 4)
                     .arg(*least, 0, 'g', 4)
                     .arg(*most, 0, 'g', 4);
    }
    out() << Qt::endl;
}

} // namespace

QJsonObject Record::toJson() const
{
    QJsonObject object{{u"workload"_s, workload}, {u"peer"_s, peer}, {u"router"_s, router}};
    for (auto it = parameters.cbegin(); it != parameters.cend(); ++it)
        object.insert(it.key(), it.value());
    QJsonObject values;
    for (auto it = figures.cbegin(); it != figures.cend(); ++it) {
        QJsonArray array;
        for (double value : *it)
            array.append(value);
        values.insert(it.key(), array);
    }
    object.insert(u"figures"_s, values);
    return object;
}

void Session::compare(const QString &title, std::vector<Contestant> contestants)
{
    if (contestants.empty())
        return;
    out() << title << Qt::endl;
    for (int run = 0; run < runs; ++run) {
        for (std::size_t i = 0; i < contestants.size(); ++i) {
            Contestant &turn = contestants[(i + std::size_t(run)) % contestants.size()];
            const Sample sample = turn.measure();
            for (auto it = sample.cbegin(); it != sample.cend(); ++it)
                turn.record.figures[it.key()].append(it.value());
        }
    }
    for (const Contestant &contestant : contestants)
        keep(contestant.record);
}

void Session::keep(const Record &record)
{
    print(record);
    m_records.push_back(record);
    save();
}

std::vector<const PeerKind *> Session::candidates(Ability ability, int workers) const
{
    std::vector<const PeerKind *> found;
    for (const PeerKind &kind : peerKinds()) {
        if (kind.missing.isEmpty() && kind.abilities.testFlag(ability)
            && workers <= kind.mostWorkers && (peers.isEmpty() || peers.contains(kind.name))) {
            found.push_back(&kind);
        }
    }
    return found;
}

// After each comparison, so that a run that is broken off leaves what it has.
void Session::save() const
{
    if (jsonFile.isEmpty())
        return;
    QJsonArray records;
    for (const Record &record : m_records)
        records.append(record.toJson());
    QFile file(jsonFile);
    if (!file.open(QFile::WriteOnly | QFile::Truncate))
        qFatal("Cannot write %s: %s", qPrintable(jsonFile), qPrintable(file.errorString()));
    file.write(
        QJsonDocument(
            QJsonObject{{u"machine"_s, machine()}, {u"quick"_s, isQuick}, {u"records"_s, records}})
            .toJson());
}
