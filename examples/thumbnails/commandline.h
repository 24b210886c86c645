// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qstringlist.h>

//! What the user asked for on the command line.
struct CommandLine
{
    QString folder;
    int workerCount = 4;
    int thumbnailSize = 256;
    QString outputFolder; //!< empty for none
    bool isHeadless = false;

    bool wantsHelp = false;
    QString error; //!< one line; empty when all is well

    [[nodiscard]] static CommandLine parse(const QStringList &arguments);
    [[nodiscard]] static QString help();
};
