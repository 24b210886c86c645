// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// Each worker holds a connection to a server of its own. One server is down at first: its worker cannot
// start, and is tried again ever more seldom, while the others do its work. Every key has its
// server again as soon as that is up.

#include <Millwright/Factory>

#include <QtCore>

using namespace Millwright;
using namespace std::chrono_literals;

static std::atomic<bool> serverIsUp = false;

class Client : public Worker<QString, QString, int>
{
public:
    explicit Client(int server) : m_server(server)
    {
        if (server == 1 && !serverIsUp)
            throw JobError("connection refused");
    }

    int process(Job &) override { return m_server; } // who has answered

private:
    const int m_server;
};

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QTextStream out(stdout);

    Factory<Client> clients(
        {.name = "clients",
         .workerCount = 3,
         .router = keyPersistent(),
         .restartPolicy = {.backoff = 20ms, .maximumBackoff = 1s}},
        [](const WorkerContext &worker) { return std::make_unique<Client>(worker.id); });
    const auto serversOfUsers = [&clients] {
        QList<QFuture<int>> answers;
        for (int user = 0; user < 30; ++user)
            answers += clients.submit(QString("user %1").arg(user), "hello");
        QList<int> servers;
        for (QFuture<int> answer : answers)
            servers += answer.result();
        return servers;
    };

    clients.start();
    const QList<int> meanwhile = serversOfUsers();
    out << "server 1 has answered " << meanwhile.count(1) << " users, the others "
        << meanwhile.count(0) + meanwhile.count(2) << "\n";

    serverIsUp = true;
    QObject::connect(&clients, &FactoryBase::crashLoopingWorkersChanged, &app, [&] {
        if (clients.crashLoopingWorkers() == 0)
            app.quit();
    });
    app.exec();
    const QList<int> afterwards = serversOfUsers();
    out << "server 1 has answered " << afterwards.count(1) << " users, the others "
        << afterwards.count(0) + afterwards.count(2) << "\n";

    bool haveOthersStayed = true;
    for (qsizetype user = 0; user < afterwards.size(); ++user)
        haveOthersStayed &= afterwards[user] == 1 || afterwards[user] == meanwhile[user];
    if (meanwhile.contains(1) || !afterwards.contains(1) || !haveOthersStayed)
        return 1;
    out << "nobody else has moved\n";
    return 0;
}
