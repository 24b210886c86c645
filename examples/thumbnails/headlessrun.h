// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "thumbnailmodel.h"

#include <QtCore/qelapsedtimer.h>

class QQuickWindow;

//! Follows the work on the terminal; when all is done it takes a screenshot of the window, prints a
//! summary, and quits the application.
class HeadlessRun : public QObject
{
    Q_OBJECT

public:
    //! The screenshot goes into `outputFolder`. Make it before the model has a folder.
    HeadlessRun(ThumbnailModel &model, QQuickWindow &window, const QString &outputFolder);
    ~HeadlessRun() override;

private:
    struct Failure
    {
        QString fileName;
        QString reason;
    };

    void onPictureDone(const QString &fileName, const QString &reason);
    void showProgress();
    void finish();
    void printSummary();

    ThumbnailModel &m_model;
    QQuickWindow &m_window;
    const QString m_outputFolder;
    const bool m_isTerminal;
    QList<Failure> m_failures;
    QElapsedTimer m_timer;
    qint64 m_elapsed = 0; // milliseconds that the pictures took
    int m_shownTenth = 0; // of the work, in the last line of progress
};
