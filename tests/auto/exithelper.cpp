// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// Ends with a factory still alive: exithelper (child|static|leaked) (idle|busy|slow)
// Starts a factory before the application: exithelper early
// For tst_exit, which looks at how it ends.

#include "support/gate.h"

#include <Millwright/Factory>

#include <QCoreApplication>

#include <cstdio>
#include <string_view>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

class Neighbour : public Worker<QString, Support::Gate, void>
{
public:
    ~Neighbour() override
    {
        const QDeadlineTimer longerThanOneTurn(slowness);
        while (!longerThanOneTurn.hasExpired())
            QThread::yieldCurrentThread();
        if (++destroyed == 4 && slowness > 0)
            std::puts("destroyed 4");
    }
    void process(Job &job) override { job.message().pass(); }

    static inline int slowness = 0; // milliseconds
    static inline int destroyed = 0; // on one thread
};

using TheFactory = Factory<Neighbour>;

std::unique_ptr<TheFactory> staticFactory;

} // namespace

int main(int argc, char *argv[])
{
    if (argc == 2 && argv[1] == std::string_view("early"))
        return TheFactory({.name = u"mill"_s}).start() ? 1 : 0;

    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    const QString place = arguments.value(1);
    const QString work = arguments.value(2);
    if (work == u"slow"_s)
        Neighbour::slowness = 5;

    const FactorySettings settings{
        .name = u"mill"_s, .workerCount = 4, .threadCount = 1, .stopDeadline = 1s};
    auto *factory = new TheFactory(settings, place == u"child"_s ? &app : nullptr);
    if (place == u"static"_s)
        staticFactory.reset(factory);

    const Support::Gate gate; // never opened
    factory->start();
    while (factory->state() != FactoryState::Running)
        QThread::yieldCurrentThread();
    if (work == u"busy"_s) {
        factory->dispatch(u"stuck"_s, gate);
        if (!gate.awaitArrivals())
            return 2;
    }
    return 0;
}
