// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "checksumworker.h"

#include <QtCore/qfile.h>

#include <algorithm>

QByteArray ChecksumWorker::process(Job &job)
{
    constexpr qint64 Piece = 1 << 20;
    constexpr int Steps = 1000;

    QFile file(job.key());
    if (!file.open(QFile::ReadOnly))
        throw Millwright::JobError(file.errorString());
    const qint64 size = std::max<qint64>(1, file.size());
    QCryptographicHash hash(job.message());
    job.setProgressRange(0, Steps);
    for (qint64 read = 0; !file.atEnd() && !job.isCanceled();) {
        const QByteArray data = file.read(Piece);
        if (data.isEmpty())
            throw Millwright::JobError(file.errorString());
        hash.addData(data);
        read += data.size();
        job.setProgress(int(read * Steps / size)); // a sign of life, too
    }
    return hash.result();
}
