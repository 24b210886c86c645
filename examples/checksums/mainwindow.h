// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "checksumworker.h"

#include <QtWidgets/qmainwindow.h>

QT_BEGIN_NAMESPACE
class QTreeWidget;
class QTreeWidgetItem;
QT_END_NAMESPACE

//! A list of files with their checksums, and in a dock the factory that computes them.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(QWidget *parent = nullptr);
    ~MainWindow() override;

    //! Adds all files below a folder, and computes their checksums.
    void addFolder(const QString &folder);

private:
    void chooseFolder();
    void addFile(const QString &file);

    QTreeWidget *const m_files;
    Millwright::Factory<ChecksumWorker> m_checksums;
};
