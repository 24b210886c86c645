// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "mainwindow.h"

#include <Millwright/FactoryDashboardWidget>

#include <QtCore/qdiriterator.h>
#include <QtWidgets/qdockwidget.h>
#include <QtWidgets/qfiledialog.h>
#include <QtWidgets/qheaderview.h>
#include <QtWidgets/qtoolbar.h>
#include <QtWidgets/qtreewidget.h>

using namespace std::chrono_literals;

MainWindow::MainWindow(QWidget *parent)
    : QMainWindow(parent)
    , m_files(new QTreeWidget)
    , m_checksums({
          .name = tr("checksums"),
          .workerCount = 4,
          .deadMansSwitch = {.timeout = 30s}, // a network drive may hang
      })
{
    m_checksums.start();

    m_files->setHeaderLabels({tr("File"), tr("SHA-256")});
    m_files->setRootIsDecorated(false);
    m_files->setUniformRowHeights(true);
    m_files->header()->resizeSection(0, 420);
    setCentralWidget(m_files);

    auto *dock = new QDockWidget(tr("Factory"));
    dock->setObjectName(QStringLiteral("factory"));
    dock->setWidget(new Millwright::FactoryDashboardWidget(&m_checksums));
    addDockWidget(Qt::RightDockWidgetArea, dock);

    auto *bar = addToolBar(tr("Files"));
    bar->setObjectName(QStringLiteral("files"));
    bar->addAction(tr("Add folder…"), this, &MainWindow::chooseFolder);
    bar->addAction(dock->toggleViewAction());
    resize(1200, 800);
    resizeDocks({dock}, {460}, Qt::Horizontal);
    setWindowTitle(tr("Checksums"));
}

MainWindow::~MainWindow() = default; // and the factory stops

void MainWindow::chooseFolder()
{
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Add the files of a folder"));
    if (!folder.isEmpty())
        addFolder(folder);
}

void MainWindow::addFolder(const QString &folder)
{
    QDirIterator files(folder, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext())
        addFile(files.next());
}

void MainWindow::addFile(const QString &file)
{
    auto *item = new QTreeWidgetItem(m_files, {file, tr("…")});
    m_checksums.submit(file, QCryptographicHash::Sha256)
        .then(this,
              [item](const QByteArray &checksum) {
                  item->setText(1, QString::fromLatin1(checksum.toHex()));
              })
        .onFailed(this,
                  [item](const std::exception &error) {
                      item->setText(1, QString::fromUtf8(error.what()));
                  })
        .onCanceled(this, [item] { item->setText(1, tr("canceled")); });
}
