// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "peer.h"

#include <QtCore/qjsonobject.h>
#include <QtCore/qlist.h>
#include <QtCore/qmap.h>

#include <functional>
#include <vector>

//! What a run has measured: one value for each figure, by its name, which ends in its unit.
using Sample = QMap<QString, double>;

//! One series of runs: what was measured with whom, and every value.
struct Record
{
    QString workload;
    QString peer;
    QString router = {};
    //! Whatever else tells this series from others: "workers", "n", "producers" and so on.
    QMap<QString, qint64> parameters = {};
    QMap<QString, QList<double>> figures = {};

    [[nodiscard]] QJsonObject toJson() const;
};

//! One who takes part in a comparison.
struct Contestant
{
    Record record;
    std::function<Sample()> measure;
};

//! What a run of the benchmarks is to do, and what has come of it.
class Session
{
public:
    int runs = 5;
    bool isQuick = false;
    QStringList peers = {}; //!< all if empty
    QString jsonFile = {};

    //! Measures the contestants in turn, each round beginning with another one, prints a line for
    //! each, and keeps the records. The machine's mood changes within seconds: what is compared is
    //! measured together.
    void compare(const QString &title, std::vector<Contestant> contestants);
    //! For what was measured elsewhere.
    void keep(const Record &record);

    //! The peers that can take part, with this many workers.
    [[nodiscard]] std::vector<const PeerKind *> candidates(Ability ability, int workers) const;
    //! A value for a full run, and one for a quick one.
    template<typename T>
    [[nodiscard]] T pick(T full, T quick) const
    {
        return isQuick ? quick : full;
    }

private:
    void save() const;

    std::vector<Record> m_records;
};
