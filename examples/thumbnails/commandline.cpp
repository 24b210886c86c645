// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "commandline.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qdir.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qstandardpaths.h>

#include <optional>

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(CommandLine)
};

bool hasDisplay()
{
    const QByteArray platform = qgetenv("QT_QPA_PLATFORM");
    if (!platform.isEmpty())
        return !platform.startsWith("offscreen") && !platform.startsWith("minimal");
#if defined(Q_OS_UNIX) && !defined(Q_OS_DARWIN) && !defined(Q_OS_ANDROID)
    return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY");
#else
    return true;
#endif
}

QString defaultFolder()
{
    const QString pictures = QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
    return QDir(pictures).exists() ? pictures : QDir::currentPath();
}

// The number, or nothing and an error.
std::optional<int> number(const QString &option, const QString &value, int minimum, int maximum,
                          QString &error)
{
    bool isNumber = false;
    const int result = value.toInt(&isNumber);
    if (isNumber && result >= minimum && result <= maximum)
        return result;
    error = Text::tr("--%1 takes a number from %2 to %3, not \"%4\"")
                .arg(option)
                .arg(minimum)
                .arg(maximum)
                .arg(value);
    return {};
}

bool isSameFolder(const QString &one, const QString &other)
{
    return QDir(one).canonicalPath() == QDir(other).canonicalPath();
}

} // namespace

QString CommandLine::help()
{
    return Text::tr(
        "Usage: thumbnails [FOLDER] [OPTION...]\n"
        "\n"
        "Makes thumbnails of the pictures in FOLDER with a factory of workers, and shows its\n"
        "dashboard. Without FOLDER it takes your folder of pictures.\n"
        "\n"
        "  --workers N    how many workers, 1 to 64; the default is 4\n"
        "  --size N       the length of a thumbnail's longer side in pixels, 16 to 1024; the\n"
        "                 default is 256\n"
        "  --output DIR   where to write the thumbnails; the default is nowhere, or\n"
        "                 thumbnails-output where there is no window\n"
        "  --headless     without a window: writes the thumbnails, a screenshot of what the\n"
        "                 window would have been, and a summary; this is also what happens\n"
        "                 where there is no display\n"
        "  --help         this text\n");
}

CommandLine CommandLine::parse(const QStringList &arguments)
{
    QCommandLineParser parser;
    const auto valueName = QStringLiteral("value");
    const QCommandLineOption workers(QStringLiteral("workers"), {}, valueName);
    const QCommandLineOption size(QStringLiteral("size"), {}, valueName);
    const QCommandLineOption output(QStringLiteral("output"), {}, valueName);
    const QCommandLineOption headless(QStringLiteral("headless"));
    const QCommandLineOption help(QStringList{QStringLiteral("help"), QStringLiteral("h")});
    parser.addOptions({workers, size, output, headless, help});

    CommandLine line;
    if (!parser.parse(arguments)) {
        line.error = parser.errorText();
        while (line.error.endsWith(u'.'))
            line.error.chop(1);
        return line;
    }
    if (parser.isSet(help)) {
        line.wantsHelp = true;
        return line;
    }

    if (parser.isSet(workers))
        line.workerCount = number(QStringLiteral("workers"), parser.value(workers), 1, 64,
                                  line.error)
                               .value_or(0);
    if (parser.isSet(size))
        line.thumbnailSize
            = number(QStringLiteral("size"), parser.value(size), 16, 1024, line.error).value_or(0);
    if (!line.error.isEmpty())
        return line;

    const QStringList folders = parser.positionalArguments();
    if (folders.size() > 1) {
        line.error = Text::tr("more than one folder: %1").arg(folders.join(QLatin1String(", ")));
        return line;
    }
    line.folder = folders.isEmpty() ? defaultFolder() : folders.first();
    if (!QFileInfo(line.folder).isDir()) {
        line.error = Text::tr("no such folder: %1").arg(line.folder);
        return line;
    }
    line.folder = QDir::cleanPath(QDir(line.folder).absolutePath());

    line.isHeadless = parser.isSet(headless) || !hasDisplay();
    if (parser.isSet(output))
        line.outputFolder = parser.value(output);
    else if (line.isHeadless)
        line.outputFolder = QStringLiteral("thumbnails-output");
    if (parser.isSet(output) && line.outputFolder.isEmpty())
        line.error = Text::tr("--output needs the name of a folder");
    else if (!line.outputFolder.isEmpty() && isSameFolder(line.outputFolder, line.folder))
        line.error = Text::tr("the thumbnails cannot go into the folder of the pictures: %1")
                         .arg(line.outputFolder);
    return line;
}
