// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "headlessrun.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdir.h>
#include <QtCore/qlocale.h>
#include <QtCore/qtimer.h>
#include <QtQuick/qquickwindow.h>

#include <cstdio>

#ifdef Q_OS_WIN
#include <io.h>
#else
#include <unistd.h>
#endif

using namespace std::chrono_literals;

namespace {

// For the last tiles to fade in, and the dashboard to have seen it all.
constexpr auto SettlingTime = 800ms;

bool isTerminal()
{
#ifdef Q_OS_WIN
    return _isatty(_fileno(stdout));
#else
    return isatty(STDOUT_FILENO);
#endif
}

void print(const QString &text)
{
    std::fputs(qPrintable(text), stdout);
    std::fflush(stdout);
}

} // namespace

HeadlessRun::HeadlessRun(ThumbnailModel &model, QQuickWindow &window, const QString &outputFolder)
    : m_model(model)
    , m_window(window)
    , m_outputFolder(outputFolder)
    , m_isTerminal(isTerminal())
{
    m_timer.start();
    connect(&model, &ThumbnailModel::pictureDone, this, &HeadlessRun::onPictureDone);
    connect(&model, &ThumbnailModel::folderChanged, this, [this] {
        if (m_model.isDone())
            finish();
    });
}

HeadlessRun::~HeadlessRun() = default;

void HeadlessRun::onPictureDone(const QString &fileName, const QString &reason)
{
    if (!reason.isEmpty())
        m_failures.append({fileName, reason});
    showProgress();
    if (m_model.isDone())
        finish();
}

void HeadlessRun::showProgress()
{
    const int done = m_model.doneCount();
    const int count = m_model.count();
    if (m_isTerminal) {
        constexpr int width = 40;
        const int filled = int(qint64(done) * width / count);
        print(QLatin1String("\r[") + QString(filled, u'#') + QString(width - filled, u'.')
              + QLatin1String("] ") + tr("%1 of %2").arg(done).arg(count));
        if (done == count)
            print(QStringLiteral("\n"));
        return;
    }
    const int tenth = int(qint64(done) * 10 / count);
    if (tenth == m_shownTenth)
        return;
    m_shownTenth = tenth;
    print(tr("%1 of %2").arg(done).arg(count) + u'\n');
}

void HeadlessRun::finish()
{
    m_elapsed = std::max<qint64>(1, m_timer.elapsed());
    QTimer::singleShot(SettlingTime, this, [this] {
        printSummary();
        QCoreApplication::quit();
    });
}

void HeadlessRun::printSummary()
{
    const QString screenshot = QDir(m_outputFolder).filePath(QStringLiteral("screenshot.png"));
    const bool hasScreenshot = m_window.grabWindow().save(screenshot);

    const QLocale locale;
    const int count = m_model.count();
    const int failed = m_model.failedCount();
    const double seconds = double(m_elapsed) / 1000;
    print(tr("%1: %2 pictures, %3 failed")
              .arg(QDir::toNativeSeparators(m_model.folder()))
              .arg(count)
              .arg(failed)
          + u'\n');
    for (const Failure &failure : std::as_const(m_failures))
        print(QLatin1String("  ") + tr("%1: %2").arg(failure.fileName, failure.reason) + u'\n');
    if (count > 0)
        print(tr("%1 s, %2 pictures per second")
                  .arg(locale.toString(seconds, 'f', 2), locale.toString(count / seconds, 'f', 1))
              + u'\n');
    print(tr("written to %1").arg(QDir::toNativeSeparators(m_outputFolder)) + u'\n');
    if (!hasScreenshot)
        std::fputs(qPrintable(tr("thumbnails: the screenshot cannot be written: %1").arg(screenshot)
                              + u'\n'),
                   stderr);
}
