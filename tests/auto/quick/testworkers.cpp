// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "testworkers.h"

#include <Millwright/Factory>
#include <Millwright/WorkerRegistry>

#include <QtCore/qmimedata.h>
#include <QtCore/qsemaphore.h>
#include <QtCore/qsize.h>
#include <QtGui/qclipboard.h>
#include <QtGui/qguiapplication.h>

#include <variant>

using namespace Qt::StringLiterals;
using Millwright::JobError;

namespace {

QSemaphore gate;
std::atomic<int> startedJobs = 0;
std::atomic<int> canceledJobs = 0;

class UpperWorker : public Millwright::Worker<QString, QString, QString>
{
public:
    QString process(Job &job) override
    {
        if (job.message().isEmpty())
            throw JobError(u"%1: there is nothing to do"_s.arg(job.key()));
        return job.message().toUpper();
    }
};

class GatedWorker : public Millwright::Worker<QString, QVariant, QString>
{
public:
    QString process(Job &job) override
    {
        ++startedJobs;
        while (!gate.tryAcquire(1, 2)) {
            if (job.isCanceled()) {
                ++canceledJobs;
                return {};
            }
        }
        return job.key();
    }
};

//! Waits for the gate whatever anybody says.
class StubbornWorker : public Millwright::Worker<QString, QVariant, void>
{
public:
    void process(Job &) override
    {
        ++startedJobs;
        gate.acquire();
    }
};

class ReportingWorker : public Millwright::Worker<QString, QVariant, void>
{
public:
    void process(Job &job) override
    {
        job.setProgressRange(0, 4);
        job.setProgress(1, u"one"_s);
        gate.acquire();
        job.setProgress(4, u"four"_s);
    }
};

class TypedWorker : public Millwright::Worker<int, QSize, QSize>
{
public:
    QSize process(Job &job) override { return job.message() * job.key(); }
};

class MapWorker : public Millwright::Worker<QString, QVariantMap, QVariantList>
{
public:
    QVariantList process(Job &job) override { return job.message().values(); }
};

class SilentWorker : public Millwright::Worker<QString, std::monostate, void>
{
public:
    void process(Job &) override {}
};

} // namespace

struct Bench::Made
{
    explicit Made(int workerCount) : factory({.name = u"made in C++"_s, .workerCount = workerCount})
    {
    }

    Millwright::Factory<UpperWorker> factory;
};

Bench::Bench() = default;
Bench::~Bench() = default;

Millwright::FactoryBase *Bench::factory() const
{
    return m_made ? &m_made->factory : nullptr;
}

void Bench::open(int jobs)
{
    gate.release(jobs);
}

int Bench::startedCount() const
{
    return startedJobs;
}

int Bench::canceledCount() const
{
    return canceledJobs;
}

bool Bench::clipboardHasImage() const
{
    return QGuiApplication::clipboard()->mimeData()->hasImage();
}

void Bench::watch(QObject *object)
{
    ++m_watchedCount;
    connect(object, &QObject::destroyed, this, [this] { --m_watchedCount; });
}

void Bench::makeFactory(int workerCount)
{
    m_made = std::make_unique<Made>(workerCount);
    m_made->factory.start();
    Q_EMIT factoryChanged();
}

void Bench::dispatch(int jobs)
{
    for (int i = 0; i < jobs; ++i)
        m_made->factory.dispatch(QString::number(i), u"text"_s);
}

bool Bench::dispatchPatiently()
{
    return m_made->factory.dispatchFor(u"patient"_s, u"text"_s, std::chrono::hours(1)).isAccepted();
}

void Bench::destroyFactory()
{
    m_made.reset();
    Q_EMIT factoryChanged();
}

void Setup::applicationAvailable()
{
    Millwright::registerWorker<UpperWorker>(u"upper"_s);
    Millwright::registerWorker<GatedWorker>(u"gated"_s);
    Millwright::registerWorker<StubbornWorker>(u"stubborn"_s);
    Millwright::registerWorker<ReportingWorker>(u"reporting"_s);
    Millwright::registerWorker<TypedWorker>(u"typed"_s);
    Millwright::registerWorker<MapWorker>(u"map"_s);
    Millwright::registerWorker<SilentWorker>(u"silent"_s);
    m_bench = std::make_unique<Bench>();
    qmlRegisterSingletonInstance("MillwrightTest", 1, 0, "Bench", m_bench.get());
}

void Setup::qmlEngineAvailable(QQmlEngine *engine)
{
    QJSEngine::setObjectOwnership(m_bench.get(), QJSEngine::CppOwnership);
    Q_UNUSED(engine)
}

void Setup::cleanupTestCase()
{
    m_bench.reset();
}
