// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "thumbnailworker.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qlocale.h>
#include <QtGui/qimagereader.h>
#include <QtGui/qimagewriter.h>

using Millwright::JobError;

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(ThumbnailWorker)
};

// A file that ends once nobody wants the picture any more. Reading a big one takes seconds, and has no
// other place at which it could be told to stop.
class PictureFile final : public QFile
{
public:
    PictureFile(const QString &path, const ThumbnailWorker::Job &job) : QFile(path), m_job(job) {}

protected:
    qint64 readData(char *data, qint64 maximum) override
    {
        return m_job.isCanceled() ? -1 : QFile::readData(data, maximum);
    }

private:
    const ThumbnailWorker::Job &m_job;
};

// The reader's own limit covers what it allocates for the result. Some formats need the full size
// whatever the size of the result, so the picture has to be within the limit too.
void checkSize(QSize size)
{
    const double megabytes = 4.0 * size.width() * size.height() / (1024 * 1024);
    if (megabytes <= ThumbnailWorker::AllocationLimit)
        return;
    const QLocale locale;
    throw JobError(Text::tr("too large: %1 × %2 pixels")
                       .arg(locale.toString(size.width()), locale.toString(size.height())));
}

QString reasonOf(const QImageReader &reader)
{
    switch (reader.error()) {
    case QImageReader::UnsupportedFormatError:
        return Text::tr("not a picture that can be read");
    case QImageReader::InvalidDataError:
        return Text::tr("the file is damaged");
    default:
        return reader.errorString();
    }
}

// A null image when nobody wants it any more.
QImage read(const ThumbnailWorker::Job &job)
{
    const int side = job.message().size;
    PictureFile file(job.message().path, job);
    if (!file.open(QIODevice::ReadOnly))
        throw JobError(file.errorString());
    if (file.size() == 0)
        throw JobError(Text::tr("the file is empty"));

    QImageReader reader(&file);
    reader.setDecideFormatFromContent(true);
    reader.setAutoTransform(true);
    const QSize size = reader.size();
    if (size.isValid()) {
        checkSize(size);
        if (size.width() > side || size.height() > side)
            reader.setScaledSize(size.scaled(side, side, Qt::KeepAspectRatio).expandedTo({1, 1}));
    }
    QImage image = reader.read();
    if (job.isCanceled())
        return {};
    if (image.isNull())
        throw JobError(reasonOf(reader));
    if (image.width() > side || image.height() > side)
        image = image.scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation);
    return image;
}

// The names of the pictures differ, and so do those of the thumbnails; none is that of a picture.
void write(const QImage &image, const ThumbnailWorker::Job &job)
{
    const QLatin1String suffix(image.hasAlphaChannel() ? ".thumbnail.png" : ".thumbnail.jpg");
    QImageWriter writer(QDir(job.message().outputFolder).filePath(job.key() + suffix));
    writer.setQuality(image.hasAlphaChannel() ? -1 : 88);
    if (!writer.write(image))
        throw JobError(Text::tr("the thumbnail cannot be written: %1").arg(writer.errorString()));
}

} // namespace

QImage ThumbnailWorker::process(Job &job)
{
    QImage image = read(job);
    if (image.isNull())
        return {};
    if (!job.message().outputFolder.isEmpty())
        write(image, job);
    // As the scene graph wants it, so that the GUI thread has nothing left to convert.
    image.convertTo(image.hasAlphaChannel() ? QImage::Format_ARGB32_Premultiplied
                                            : QImage::Format_RGB32);
    return image;
}
