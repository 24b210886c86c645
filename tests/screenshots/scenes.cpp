// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "scenes.h"

#include <QtCore/qrandom.h>
#include <QtCore/qthread.h>

#include <atomic>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace Screenshots {

namespace {

constexpr int Tick = 20; // milliseconds

std::atomic<bool> isOver = false; // whatever hangs may end

} // namespace

class Scene::Worker : public Millwright::Worker<QString, Task, void>
{
public:
    explicit Worker(int firstBroken) : m_firstBroken(firstBroken) {}

    void process(Job &job) override
    {
        const Task task = job.message();
        job.setProgressRange(0, 10);
        for (int step = 0; step < 10; ++step) {
            if (task.milliseconds >= 50)
                job.setProgress(step, step < 5 ? u"decoding"_s : u"scaling"_s);
            QThread::usleep(static_cast<unsigned long>(task.milliseconds) * 100);
        }
        while (task.hangs && !isOver)
            QThread::msleep(10);
        if (task.fails)
            throw JobError(u"%1: unexpected end of file"_s.arg(job.key()));
    }

protected:
    void starting() override
    {
        if (m_firstBroken >= 0 && workerId() >= m_firstBroken)
            throw JobError(u"cannot open /dev/camera%1: no such device"_s.arg(workerId()));
    }

private:
    const int m_firstBroken;
};

QStringList Scene::names()
{
    return {u"idle"_s, u"busy"_s, u"overloaded"_s, u"trouble"_s, u"wide"_s, u"several"_s};
}

Scene::~Scene()
{
    isOver = true;
    for (const auto &factory : m_factories)
        factory->stop();
    m_factories.clear();
    isOver = false;
}

QList<FactoryBase *> Scene::factories() const
{
    QList<FactoryBase *> factories;
    for (const auto &factory : m_factories)
        factories.append(factory.get());
    return factories;
}

Factory<Scene::Worker> &Scene::add(FactorySettings settings, int firstBroken)
{
    m_factories.push_back(
        std::make_unique<Factory<Worker>>(std::move(settings), workerBuilder<Worker>(firstBroken)));
    m_factories.back()->start();
    return *m_factories.back();
}

void Scene::feed(Stream stream)
{
    if (m_streams.empty())
        startTimer(Tick, Qt::PreciseTimer);
    m_streams.push_back(stream);
}

void Scene::timerEvent(QTimerEvent *)
{
    QRandomGenerator &random = *QRandomGenerator::global();
    for (Stream &stream : m_streams) {
        stream.due += stream.jobsPerTick * (0.5 + random.generateDouble());
        for (; stream.due >= 1; --stream.due) {
            const Task task{.milliseconds = random.bounded(stream.shortest, stream.longest + 1),
                            .fails = random.bounded(100) < stream.failuresOfHundred};
            const QString key = u"IMG_%1.jpg"_s.arg(4000 + ++m_jobs % 900);
            stream.factory->dispatch(key, task,
                                     {.priority = Priority(random.bounded(5)),
                                      .label = m_jobs % 3 ? QString() : u"holiday"_s});
        }
    }
}

std::unique_ptr<Scene> Scene::make(const QString &name)
{
    std::unique_ptr<Scene> scene(new Scene);
    if (name == u"idle"_s) {
        scene->add({.name = u"thumbnails"_s, .workerCount = 4, .queueLimit = 500});
    } else if (name == u"busy"_s || name == u"several"_s) {
        auto &thumbnails = scene->add(
            {.name = u"thumbnails"_s, .workerCount = 6, .queueLimit = 500});
        scene->feed({&thumbnails, 2.2, 10, 80, 0});
    } else if (name == u"overloaded"_s) {
        auto &thumbnails = scene->add({.name = u"thumbnails"_s,
                                       .workerCount = 4,
                                       .queue = priorityQueue(),
                                       .queueLimit = 200,
                                       .discardMode = DiscardMode::Oldest,
                                       .onFailure = OnFailure::KeepWorker});
        scene->feed({&thumbnails, 5, 20, 60, 2});
    } else if (name == u"trouble"_s) {
        auto &imports = scene->add({.name = u"camera import"_s,
                                    .workerCount = 6,
                                    .queueLimit = 1000,
                                    .onFailure = OnFailure::KeepWorker,
                                    .restartPolicy = {.maximumRestarts = 3,
                                                      .backoff = 20s,
                                                      .maximumBackoff = 60s,
                                                      .jitter = 0},
                                    .deadMansSwitch = {.timeout = 2s, .action = StuckAction::Log}},
                                   5);
        imports.dispatch(u"DSC_0666.raw"_s, {.milliseconds = 1, .hangs = true});
        imports.dispatch(u"DSC_0013.raw"_s, {.milliseconds = 1, .hangs = true},
                         {.label = u"damaged"_s});
        scene->feed({&imports, 1.2, 10, 100, 6});
    } else if (name == u"wide"_s) {
        auto &crawler = scene->add({.name = u"crawler"_s,
                                    .workerCount = 1000,
                                    .threadCount = 8,
                                    .router = roundRobin(),
                                    .onFailure = OnFailure::KeepWorker});
        scene->feed({&crawler, 30, 2, 9, 1});
    } else {
        return nullptr;
    }
    if (name == u"several"_s) {
        auto &hashing = scene->add({.name = u"hashing"_s, .workerCount = 2, .queueLimit = 50});
        scene->feed({&hashing, 3, 20, 60, 0});
        scene->add({.name = u"uploads"_s, .workerCount = 2});
    }
    return scene;
}

} // namespace Screenshots
