// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <Millwright/Factory>

#include <QtCore/qcryptographichash.h>

//! Reads a file and answers its checksum.
class ChecksumWorker : public Millwright::Worker<QString, QCryptographicHash::Algorithm, QByteArray>
{
public:
    QByteArray process(Job &job) override;
};
