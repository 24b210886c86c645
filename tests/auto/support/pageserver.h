// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "expectations.h"

#include <QHash>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>

#include <algorithm>

namespace Support {

//! A web server on localhost that answers when the test says so, from the event loop of the test.
class PageServer
{
public:
    PageServer()
    {
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            while (QTcpSocket *socket = m_server.nextPendingConnection()) {
                QObject::connect(socket, &QTcpSocket::readyRead, socket,
                                 [this, socket] { read(*socket); });
            }
        });
        if (!m_server.listen(QHostAddress::LocalHost))
            QTest::qFail("The server cannot listen.", __FILE__, __LINE__);
    }

    [[nodiscard]] QUrl url(const QString &path) const
    {
        return QUrl(QStringLiteral("http://127.0.0.1:%1/%2").arg(m_server.serverPort()).arg(path));
    }

    //! Waits until all of these have been asked for.
    [[nodiscard]] bool awaitRequests(const QStringList &paths) const
    {
        return eventually([&] {
            return std::all_of(paths.begin(), paths.end(),
                               [this](const QString &path) { return m_asked.contains(path); });
        });
    }
    //! How often this has been asked for.
    [[nodiscard]] qsizetype requests(const QString &path) const { return m_asked.count(path); }
    //! Waits until the one who asked for this has gone away.
    [[nodiscard]] bool awaitHangUp(const QString &path) const
    {
        return eventually(
            [&] { return m_asked.value(path)->state() == QAbstractSocket::UnconnectedState; });
    }

    void answer(const QString &path, const QByteArray &page, const QByteArray &status = "200 OK")
    {
        begin(path, page.size(), status);
        send(path, page);
    }
    //! The header of a page, whose parts come later.
    void begin(const QString &path, qsizetype size, const QByteArray &status = "200 OK")
    {
        send(path, "HTTP/1.1 " + status + "\r\nContent-Length: " + QByteArray::number(size)
                       + "\r\nConnection: close\r\n\r\n");
    }
    void send(const QString &path, const QByteArray &part)
    {
        m_asked.value(path)->write(part);
        m_asked.value(path)->flush();
    }
    void hangUp(const QString &path) { m_asked.value(path)->disconnectFromHost(); }
    //! Nobody else may call.
    void close() { m_server.close(); }

private:
    void read(QTcpSocket &socket)
    {
        while (socket.canReadLine()) {
            const QByteArray line = socket.readLine();
            if (line.startsWith("GET /"))
                m_asked.insert(QString::fromLatin1(line.split(' ').at(1).mid(1)), &socket);
        }
    }

    QTcpServer m_server;
    QMultiHash<QString, QTcpSocket *> m_asked; // the last comes first; children of the server
};

} // namespace Support
