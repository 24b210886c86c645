// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>
#include <QtGui/qimage.h>
#include <QtTest/qtest.h>

#include <memory>

namespace {

struct Result
{
    int exitCode = -1;
    QString output;
    QString errors;
};

} // namespace

//! Runs the example `thumbnails` as a user without a display does.
class tst_Thumbnails : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void makesThumbnails();
    void namesWhatFailed();
    void fitsTheSize_data();
    void fitsTheSize();
    void acceptsAnEmptyFolder();
    void refusesBadArguments_data();
    void refusesBadArguments();
    void explainsItself();

private:
    [[nodiscard]] Result run(const QStringList &arguments) const;
    [[nodiscard]] QString picture(const QString &name) const { return m_pictures->filePath(name); }
    [[nodiscard]] QString thumbnail(const QString &name) const
    {
        return QDir(outputFolder()).filePath(name + QLatin1String(".thumbnail.jpg"));
    }
    [[nodiscard]] QString outputFolder() const
    {
        return m_output->filePath(QStringLiteral("made"));
    }
    void write(const QString &name, const QByteArray &content) const;
    void paint(const QString &name, QSize size) const;

    std::unique_ptr<QTemporaryDir> m_pictures;
    std::unique_ptr<QTemporaryDir> m_output;
};

void tst_Thumbnails::init()
{
    m_pictures = std::make_unique<QTemporaryDir>();
    m_output = std::make_unique<QTemporaryDir>();
    QVERIFY(m_pictures->isValid());
    QVERIFY(m_output->isValid());
}

Result tst_Thumbnails::run(const QStringList &arguments) const
{
    QProcess process;
    process.setWorkingDirectory(m_output->path());
    process.start(QStringLiteral(THUMBNAILS_PROGRAM),
                  QStringList{QStringLiteral("--headless")} + arguments);
    if (!process.waitForFinished(60'000)) {
        process.kill();
        process.waitForFinished();
        return {.output = {}, .errors = QStringLiteral("it does not end")};
    }
    return {.exitCode = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            .output = QString::fromUtf8(process.readAllStandardOutput()),
            .errors = QString::fromUtf8(process.readAllStandardError())};
}

void tst_Thumbnails::write(const QString &name, const QByteArray &content) const
{
    QFile file(picture(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(content), content.size());
}

void tst_Thumbnails::paint(const QString &name, QSize size) const
{
    QImage image(size, QImage::Format_RGB32);
    image.fill(Qt::darkGreen);
    QVERIFY(image.save(picture(name)));
}

void tst_Thumbnails::makesThumbnails()
{
    paint(QStringLiteral("a.png"), {300, 200});
    paint(QStringLiteral("b.bmp"), {200, 300});
    write(QStringLiteral("notes.txt"), "not a picture by its name");

    const Result result = run({m_pictures->path(), QStringLiteral("--output"), outputFolder()});

    QVERIFY2(result.exitCode == 0, qPrintable(result.errors));
    QVERIFY2(result.output.contains(QLatin1String("2 pictures, 0 failed")),
             qPrintable(result.output));
    QVERIFY(!QImage(thumbnail(QStringLiteral("a.png"))).isNull());
    QVERIFY(!QImage(thumbnail(QStringLiteral("b.bmp"))).isNull());
    const QImage screenshot(QDir(outputFolder()).filePath(QStringLiteral("screenshot.png")));
    QVERIFY(screenshot.width() > 600);
    QCOMPARE(QDir(outputFolder()).entryList(QDir::Files).size(), 3);
}

void tst_Thumbnails::namesWhatFailed()
{
    paint(QStringLiteral("good.png"), {30, 20});
    write(QStringLiteral("broken.jpg"), "by its name a picture");
    write(QStringLiteral("empty.png"), {});
    write(QStringLiteral("huge.ppm"), "P6\n20000 20000\n255\n");

    const Result result = run({m_pictures->path(), QStringLiteral("--output"), outputFolder(),
                               QStringLiteral("--workers"), QStringLiteral("2")});

    QVERIFY2(result.exitCode == 0, qPrintable(result.errors));
    QVERIFY2(result.output.contains(QLatin1String("4 pictures, 3 failed")),
             qPrintable(result.output));
    for (const char *line :
         {"broken.jpg: not a picture", "empty.png: the file is empty", "huge.ppm: too large"})
        QVERIFY2(result.output.contains(QLatin1String(line)), qPrintable(result.output));
    QVERIFY(QFile::exists(thumbnail(QStringLiteral("good.png"))));
    QCOMPARE(QDir(outputFolder()).entryList(QDir::Files).size(), 2); // and the screenshot
}

void tst_Thumbnails::fitsTheSize_data()
{
    QTest::addColumn<QSize>("pictureSize");
    QTest::addColumn<QSize>("thumbnailSize");

    QTest::newRow("landscape") << QSize(300, 200) << QSize(60, 40);
    QTest::newRow("portrait") << QSize(200, 300) << QSize(40, 60);
    QTest::newRow("smaller than a thumbnail") << QSize(20, 10) << QSize(20, 10);
    QTest::newRow("thinner than a pixel") << QSize(600, 1) << QSize(60, 1);
}

void tst_Thumbnails::fitsTheSize()
{
    QFETCH(QSize, pictureSize);
    QFETCH(QSize, thumbnailSize);
    paint(QStringLiteral("a.png"), pictureSize);

    const Result result = run({m_pictures->path(), QStringLiteral("--output"), outputFolder(),
                               QStringLiteral("--size"), QStringLiteral("60")});

    QVERIFY2(result.exitCode == 0, qPrintable(result.errors));
    QCOMPARE(QImage(thumbnail(QStringLiteral("a.png"))).size(), thumbnailSize);
}

void tst_Thumbnails::acceptsAnEmptyFolder()
{
    const Result result = run({m_pictures->path()});

    QVERIFY2(result.exitCode == 0, qPrintable(result.errors));
    QVERIFY2(result.output.contains(QLatin1String("0 pictures")), qPrintable(result.output));
    QVERIFY(QFile::exists(m_output->filePath(QStringLiteral("thumbnails-output/screenshot.png"))));
}

void tst_Thumbnails::refusesBadArguments_data()
{
    QTest::addColumn<QStringList>("arguments");

    const QString here = QStringLiteral(".");
    const auto row = [](const char *name, const QStringList &arguments) {
        QTest::newRow(name) << arguments;
    };
    row("no such folder", {QStringLiteral("nowhere")});
    row("two folders", {here, here});
    row("unknown option", {here, QStringLiteral("--nothing")});
    row("no workers", {here, QStringLiteral("--workers"), QStringLiteral("0")});
    row("too many workers", {here, QStringLiteral("--workers"), QStringLiteral("65")});
    row("workers without a number", {here, QStringLiteral("--workers")});
    row("not a number", {here, QStringLiteral("--workers"), QStringLiteral("four")});
    row("too small", {here, QStringLiteral("--size"), QStringLiteral("15")});
    row("too large", {here, QStringLiteral("--size"), QStringLiteral("1025")});
    row("output among the pictures", {here, QStringLiteral("--output"), here});
}

void tst_Thumbnails::refusesBadArguments()
{
    QFETCH(QStringList, arguments);

    const Result result = run(arguments);

    QCOMPARE(result.exitCode, 2);
    QVERIFY2(result.errors.startsWith(QLatin1String("thumbnails: ")), qPrintable(result.errors));
    QCOMPARE(result.errors.count(u'\n'), 1);
    QVERIFY2(result.output.isEmpty(), qPrintable(result.output));
}

void tst_Thumbnails::explainsItself()
{
    const Result result = run({QStringLiteral("--help")});

    QCOMPARE(result.exitCode, 0);
    for (const char *option : {"--workers", "--size", "--output", "--headless"})
        QVERIFY2(result.output.contains(QLatin1String(option)), option);
}

QTEST_GUILESS_MAIN(tst_Thumbnails)
#include "tst_thumbnails.moc"
