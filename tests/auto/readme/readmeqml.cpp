// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include <Millwright/Factory>
#include <Millwright/WorkerRegistry>

#include <QtCore/qcryptographichash.h>
#include <QtCore/qfile.h>
#include <QtQml/qqmlapplicationengine.h>
#include <QtQuick/qquickitem.h>
#include <QtQuick/qquickwindow.h>
#include <QtTest/qtest.h>

#include "hashworker.h"

// The QML example of README.md, with the worker of its C++ example.
class tst_ReadmeQml : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void worksAsPrinted();
};

namespace {

QObject *findByProperty(QQuickItem *item, const char *property, const QString &start)
{
    if (item->property(property).toString().startsWith(start))
        return item;
    const QList<QQuickItem *> children = item->childItems();
    for (QQuickItem *child : children) {
        if (QObject *found = findByProperty(child, property, start))
            return found;
    }
    return nullptr;
}

} // namespace

void tst_ReadmeQml::worksAsPrinted()
{
    Millwright::registerWorker<HashWorker>(QStringLiteral("hash"));
    QQmlApplicationEngine engine;
    engine.addImportPath(QStringLiteral(QML_IMPORT_PATH));
    QStringList warnings;
    connect(&engine, &QQmlEngine::warnings, this, [&](const QList<QQmlError> &errors) {
        for (const QQmlError &error : errors)
            warnings += error.toString();
    });
    engine.load(QUrl::fromLocalFile(QStringLiteral(README_QML)));
    QVERIFY2(!engine.rootObjects().isEmpty(), qPrintable(warnings.join(u'\n')));
    auto *window = qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst());
    QVERIFY(window);

    QObject *field = findByProperty(window->contentItem(), "placeholderText",
                                    QStringLiteral("A file"));
    QObject *button = findByProperty(window->contentItem(), "text", QStringLiteral("Hash ("));
    QVERIFY(field);
    QVERIFY(button);
    const QString path = QStringLiteral(README_QML);
    field->setProperty("text", path);
    QVERIFY(QMetaObject::invokeMethod(button, "clicked"));

    QFile file(path);
    QVERIFY(file.open(QFile::ReadOnly));
    const QString hash = QString::fromLatin1(
        QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256).toHex());
    QTRY_VERIFY(findByProperty(window->contentItem(), "text", hash));

    field->setProperty("text", QStringLiteral("there is no such file"));
    QVERIFY(QMetaObject::invokeMethod(button, "clicked"));
    QTRY_VERIFY(findByProperty(window->contentItem(), "text", QStringLiteral("No such file")));
    QCOMPARE(warnings, QStringList());
}

QTEST_MAIN(tst_ReadmeQml)
#include "readmeqml.moc"
