// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// Loads a QML file with one more import path, and ends with the exit code that the file asks for.

#include <QtGui/QGuiApplication>
#include <QtQml/QQmlApplicationEngine>

int main(int argc, char **argv)
{
    QGuiApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    if (arguments.size() != 3)
        qFatal("usage: consumer_qml IMPORT-PATH FILE");

    QQmlApplicationEngine engine;
    engine.addImportPath(arguments.at(1));
    engine.load(arguments.at(2));
    return engine.rootObjects().isEmpty() ? 1 : application.exec();
}
