// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// Workers that wait for the network: twenty pages at the same time, on one thread.

#include <Millwright/Factory>

#include <QtCore>
#include <QtNetwork>

using namespace Millwright;
using namespace std::chrono_literals;

// docs/asynchronous-workers.md has one that shows progress, too.
class Fetcher : public Worker<QUrl, std::monostate, QFuture<QByteArray>>
{
public:
    QFuture<QByteArray> process(Job &job) override
    {
        QNetworkReply *reply = m_network.get(QNetworkRequest(job.key()));
        auto promise = std::make_shared<QPromise<QByteArray>>();
        promise->start();
        connect(reply, &QNetworkReply::finished, this, [promise, reply] {
            if (reply->error() == QNetworkReply::NoError)
                promise->addResult(reply->readAll());
            else
                promise->setException(JobError(reply->errorString()));
            promise->finish();
            reply->deleteLater();
        });
        // Canceling the job ends the reply.
        auto *watcher = new QFutureWatcher<QByteArray>(reply);
        connect(watcher, &QFutureWatcherBase::canceled, reply, &QNetworkReply::abort);
        watcher->setFuture(promise->future());
        return promise->future();
    }

private:
    QNetworkAccessManager m_network; // lives on the worker's thread, as the worker does
};

// A web server in a few lines. It answers when this many requests have come together.
class Server : public QTcpServer
{
public:
    explicit Server(int together)
    {
        connect(this, &QTcpServer::newConnection, this, [this, together] {
            auto *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket, together] {
                m_pages[socket] = socket->readLine().split(' ').at(1); // "GET /7 HTTP/1.1"
                if (m_pages.size() == together)
                    answer();
            });
        });
    }

private:
    void answer()
    {
        for (const auto &[socket, page] : m_pages.asKeyValueRange()) {
            if (page == "/13")
                socket->write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
            else
                socket->write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
                              + page.leftJustified(3));
        }
    }

    QMap<QTcpSocket *, QByteArray> m_pages;
};

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QTextStream out(stdout);
    constexpr int Pages = 20;
    Server server(Pages);
    server.listen(QHostAddress::LocalHost);

    Factory<Fetcher> fetching({.name = "fetching",
                               .workerCount = Pages,
                               .threadCount = 1,
                               .onFailure = OnFailure::KeepWorker}); // a 404 is not its fault
    fetching.start();
    const QString url = "http://127.0.0.1:%1/%2";
    for (int i = 0; i < Pages; ++i) {
        fetching.submit(QUrl(url.arg(server.serverPort()).arg(i)), {})
            .then(&app, [&out](const QByteArray &page) { out << page.trimmed() << " "; })
            .onFailed(&app, [&out](const JobError &error) { out << "\n"
                                                                << error.text() << "\n"; });
    }
    fetching.drain().then(&app, [&app] { // queued, since it may be at once, before exec()
        QMetaObject::invokeMethod(&app, &QCoreApplication::quit, Qt::QueuedConnection);
    });
    app.exec();
    out << "\n" << fetching.counters().completed << " pages at the same time\n";
    return 0;
}
