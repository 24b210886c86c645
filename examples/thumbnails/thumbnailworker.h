// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <Millwright/Worker>

#include <QtCore/qsize.h>
#include <QtGui/qimage.h>

//! Which thumbnail is to be made. The key of the job is the name of the picture, for people.
struct ThumbnailRequest
{
    QString path; //!< the picture
    int size = 0; //!< the length of the thumbnail's longer side, in pixels
    QString outputFolder = {}; //!< where to write the thumbnail; empty for nowhere
};

//! Reads a picture, scaled down, and writes it if wanted. A picture that cannot be read fails its
//! job with the reason.
class ThumbnailWorker : public Millwright::Worker<QString, ThumbnailRequest, QImage>
{
public:
    //! No picture may take more memory than this while it is read.
    static constexpr int AllocationLimit = 512; // MB

    QImage process(Job &job) override;
};
