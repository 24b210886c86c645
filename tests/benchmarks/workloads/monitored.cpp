// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "../peers/kinds.h"
#include "../workloads.h"

#include <Millwright/FactoryMonitor>

#include <QtCore/qeventloop.h>
#include <QtCore/qthread.h>

using namespace Qt::StringLiterals;

namespace {

// Jobs come from another thread, while this one, in place of a GUI thread, may run a monitor.
Sample throughput(const Setup &setup, qint64 jobs, bool isMonitored)
{
    const std::unique_ptr<Peer> peer = millwrightKind().make(setup);
    Millwright::FactoryMonitor monitor;
    monitor.setInterval(100);
    monitor.setFactory(&factoryOf(*peer));
    monitor.setActive(isMonitored);
    qint64 time = 0;
    QEventLoop loop;
    const std::unique_ptr<QThread> producer(QThread::create([&peer, &time, jobs] {
        peer->flood({.jobs = jobs / 10});
        time = peer->flood({.jobs = jobs});
    }));
    QObject::connect(producer.get(), &QThread::finished, &loop, &QEventLoop::quit);
    producer->start();
    loop.exec();
    producer->wait();
    return {{u"million jobs/s"_s, double(jobs) * 1e3 / double(time)}};
}

} // namespace

void measureMonitored(Session &session)
{
    if (session.candidates(Ability::Flood, 1).empty()
        || session.candidates(Ability::Flood, 1).front()->name != millwrightKind().name)
        return;
    const qint64 jobs = session.pick<qint64>(4'000'000, 2'000'000);
    for (int workers : session.pick(QList<int>{4, 1000}, QList<int>{4})) {
        std::vector<Contestant> contestants;
        for (bool isMonitored : {false, true}) {
            const Setup setup{.router = u"queuer"_s, .workers = workers};
            const Record record{.workload = u"W1 monitored"_s,
                                .peer = isMonitored ? u"Millwright, monitored at 10 Hz"_s
                                                    : u"Millwright, not monitored"_s,
                                .router = setup.router,
                                .parameters = {{u"workers"_s, workers}, {u"n"_s, jobs}}};
            contestants.push_back({record, [setup, jobs, isMonitored] {
                                       return throughput(setup, jobs, isMonitored);
                                   }});
        }
        session.compare(u"W1 with and without a monitor, %1 workers"_s.arg(workers),
                        std::move(contestants));
    }
}
