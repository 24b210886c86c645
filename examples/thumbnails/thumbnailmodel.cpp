// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "thumbnailmodel.h"

#include <QtCore/qcollator.h>
#include <QtCore/qdir.h>
#include <QtCore/qfileinfo.h>
#include <QtGui/qimagereader.h>

#include <algorithm>

using namespace Millwright;

namespace {

constexpr qsizetype MemoryForThumbnails = 256; // MB

QStringList nameFilters()
{
    QList<QByteArray> suffixes = QImageReader::supportedImageFormats();
    // Their plugins are often not installed. Then the pictures are shown as what they are, unreadable,
    // and not left out.
    suffixes << "webp"
             << "tif"
             << "tiff";
    QStringList filters;
    for (const QByteArray &suffix : suffixes)
        filters << QLatin1String("*.") + QString::fromLatin1(suffix);
    return filters;
}

QStringList picturesIn(const QDir &folder)
{
    QStringList names = folder.entryList(nameFilters(), QDir::Files);
    QCollator collator;
    collator.setNumericMode(true);
    std::sort(names.begin(), names.end(), collator);
    return names;
}

} // namespace

ThumbnailModel::ThumbnailModel(const Options &options, QObject *parent)
    : QAbstractListModel(parent)
    , m_options(options)
    , m_images(MemoryForThumbnails * 1024)
    , m_factory({
          .name = tr("Thumbnails"),
          .workerCount = options.workerCount,
          .queue = priorityQueue(),
          // A damaged picture says nothing against the worker that found it.
          .onFailure = OnFailure::KeepWorker,
      })
{
    m_factory.start();
}

ThumbnailModel::~ThumbnailModel()
{
    cancel(); // the jobs that run are not to be waited for either
}

void ThumbnailModel::setFolder(const QString &folder)
{
    m_folder = folder;
    rescan();
}

void ThumbnailModel::open(const QUrl &url)
{
    const QFileInfo file(url.toLocalFile());
    setFolder(file.isDir() ? file.absoluteFilePath() : file.absolutePath());
}

void ThumbnailModel::rescan()
{
    cancel();
    beginResetModel();
    ++m_generation;
    m_pictures.clear();
    m_images.clear();
    m_folderError.clear();
    m_doneCount = 0;
    m_failedCount = 0;
    const QDir folder(m_folder);
    if (m_folder.isEmpty() || !folder.exists())
        m_folderError = tr("There is no such folder.");
    else if (!folder.isReadable())
        m_folderError = tr("This folder may not be read.");
    else
        for (const QString &name : picturesIn(folder))
            m_pictures.append({.fileName = name});
    endResetModel();
    Q_EMIT folderChanged();
    Q_EMIT doneCountChanged();

    for (int row = 0; row < count(); ++row)
        submit(row, Priority::Normal);
}

void ThumbnailModel::want(int firstRow, int lastRow)
{
    for (int row = std::max(0, firstRow); row <= std::min(lastRow, count() - 1); ++row) {
        Picture &picture = m_pictures[row];
        const bool isMissing = picture.status == Waiting
                               || (picture.status == Ready && !m_images.contains(row));
        if (!isMissing || picture.isWanted)
            continue;
        picture.future.cancel();
        picture.isWanted = true;
        submit(row, Priority::High);
    }
}

void ThumbnailModel::cancel()
{
    for (Picture &picture : m_pictures)
        picture.future.cancel();
}

void ThumbnailModel::submit(int row, Priority priority)
{
    Picture &picture = m_pictures[row];
    ThumbnailRequest request{.path = QDir(m_folder).absoluteFilePath(picture.fileName),
                             .size = m_options.thumbnailSize,
                             .outputFolder = m_options.outputFolder};
    picture.future = m_factory.submit(picture.fileName, std::move(request), {.priority = priority});
    // Through a copy, since a small picture may be done by now: the continuation then runs at once,
    // and lets go of the future of the picture.
    QFuture(picture.future)
        .then(this, [this, row, generation = m_generation](QFuture<QImage> future) {
            if (generation == m_generation)
                onDone(row, future);
        });
}

void ThumbnailModel::onDone(int row, QFuture<QImage> future)
{
    try {
        future.waitForFinished(); // throws what the worker threw
        if (future.resultCount() > 0)
            onReady(row, future.result());
    } catch (const JobError &error) {
        onFailed(row, error.text());
    } catch (const JobDiscarded &) {
        // The factory is about to go, and the window with it.
    }
}

void ThumbnailModel::onReady(int row, const QImage &image)
{
    m_images.insert(row, new QImage(image), std::max<qsizetype>(1, image.sizeInBytes() / 1024));
    finish(row, Ready);
}

void ThumbnailModel::onFailed(int row, const QString &reason)
{
    m_pictures[row].reason = reason;
    finish(row, Failed);
}

void ThumbnailModel::finish(int row, Status status)
{
    Picture &picture = m_pictures[row];
    const bool isFirst = picture.status == Waiting;
    picture.status = status;
    picture.isWanted = false;
    picture.future = {};
    Q_EMIT dataChanged(index(row), index(row), {StatusRole, ThumbnailRole, ReasonRole});
    if (!isFirst)
        return;
    ++m_doneCount;
    if (status == Failed)
        ++m_failedCount;
    Q_EMIT doneCountChanged();
    Q_EMIT pictureDone(picture.fileName, picture.reason);
}

int ThumbnailModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant ThumbnailModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Picture &picture = m_pictures.at(index.row());
    switch (role) {
    case FileNameRole:
        return picture.fileName;
    case StatusRole:
        return picture.status;
    case ThumbnailRole: {
        const QImage *image = m_images.object(index.row());
        return image ? *image : QImage();
    }
    case ReasonRole:
        return picture.reason;
    default:
        return {};
    }
}

QHash<int, QByteArray> ThumbnailModel::roleNames() const
{
    return {
        {FileNameRole, "fileName"},
        {StatusRole, "status"},
        {ThumbnailRole, "thumbnail"},
        {ReasonRole, "reason"},
    };
}
