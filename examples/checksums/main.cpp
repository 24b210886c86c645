// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "mainwindow.h"

#include <QtWidgets/qapplication.h>

int main(int argc, char *argv[])
{
    const QApplication application(argc, argv);
    QApplication::setApplicationDisplayName(QStringLiteral("Checksums"));
    MainWindow window;
    window.show();
    const QStringList folders = QApplication::arguments().mid(1);
    for (const QString &folder : folders)
        window.addFolder(folder);
    return QApplication::exec();
}
