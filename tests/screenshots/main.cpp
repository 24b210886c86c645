// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// Takes the pictures of the dashboards in docs/images: screenshots FOLDER [SCENE...]

#include "scenes.h"

#include <Millwright/FactoryBase>

#include <QtCore/qdir.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qtimer.h>
#include <QtGui/qguiapplication.h>
#include <QtGui/qpalette.h>
#include <QtQml/qqmlcomponent.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>
#include <QtQuick/qquickitem.h>
#include <QtQuick/qquickwindow.h>

#include <memory>
#include <vector>

using namespace Qt::StringLiterals;

namespace {

constexpr int Patience = 14'000; // milliseconds in which the charts get something to show

enum Themes { Light = 1, Dark = 2 };

struct Shot
{
    QString scene;
    QString part;
    QSize size;
    int themes;
};

constexpr QSize Narrow(340, 700);
constexpr QSize Medium(800, 700);
constexpr QSize Wide(1440, 860);

const std::vector<Shot> shots{
    {u"idle"_s, u"charts"_s, Narrow, Light},          {u"idle"_s, u"workers"_s, Medium, Dark},
    {u"busy"_s, u"charts"_s, Narrow, Dark},           {u"busy"_s, u"jobs"_s, Narrow, Light},
    {u"busy"_s, u"charts"_s, Medium, Light},          {u"busy"_s, u"controls"_s, Medium, Dark},
    {u"busy"_s, u"workers"_s, Wide, Light | Dark},    {u"overloaded"_s, u"charts"_s, Narrow, Light},
    {u"overloaded"_s, u"jobs"_s, Medium, Dark},       {u"overloaded"_s, u"jobs"_s, Wide, Light},
    {u"trouble"_s, u"workers"_s, Narrow, Dark},       {u"trouble"_s, u"failures"_s, Medium, Light},
    {u"trouble"_s, u"workers"_s, Wide, Light | Dark}, {u"wide"_s, u"workers"_s, Medium, Dark},
    {u"several"_s, u"events"_s, Medium, Light},
};

QPalette paletteFor(bool isDark)
{
    if (!isDark) {
        QPalette palette(QColor(0xf6, 0xf7, 0xf9));
        palette.setColor(QPalette::Window, QColor(0xfb, 0xfb, 0xfc));
        palette.setColor(QPalette::Base, Qt::white);
        palette.setColor(QPalette::WindowText, QColor(0x1c, 0x1f, 0x24));
        palette.setColor(QPalette::Text, QColor(0x1c, 0x1f, 0x24));
        palette.setColor(QPalette::ButtonText, QColor(0x1c, 0x1f, 0x24));
        palette.setColor(QPalette::Highlight, QColor(0x1f, 0x6f, 0xd0));
        return palette;
    }
    QPalette palette(QColor(0x2a, 0x2d, 0x33), QColor(0x1d, 0x1f, 0x24));
    palette.setColor(QPalette::Base, QColor(0x17, 0x19, 0x1d));
    palette.setColor(QPalette::WindowText, QColor(0xe6, 0xe8, 0xec));
    palette.setColor(QPalette::Text, QColor(0xe6, 0xe8, 0xec));
    palette.setColor(QPalette::ButtonText, QColor(0xe6, 0xe8, 0xec));
    palette.setColor(QPalette::Highlight, QColor(0x4a, 0x9e, 0xff));
    return palette;
}

void wait(int milliseconds)
{
    QEventLoop loop;
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
}

// A window with a dashboard that fills it.
std::unique_ptr<QQuickWindow> makeWindow(QQmlEngine &engine,
                                         const QList<Millwright::FactoryBase *> &factories,
                                         const Shot &shot)
{
    QQmlComponent component(&engine);
    component.setData(
        QByteArrayLiteral(
            "import QtQuick\nimport Millwright\n"
            "Window { color: dashboard.palette.window; property alias dashboard: dashboard\n"
            "FactoryDashboard { id: dashboard; anchors.fill: parent; interval: 100; historySpan: "
            "30 } }"),
        QUrl());
    std::unique_ptr<QObject> object(component.create());
    if (!object)
        qFatal("%s", qPrintable(component.errorString()));
    auto *dashboard = object->property("dashboard").value<QQuickItem *>();
    QVariantList list;
    for (Millwright::FactoryBase *factory : factories)
        list.append(QVariant::fromValue<QObject *>(factory));
    dashboard->setProperty("factories", list);
    dashboard->setProperty("part", shot.part);
    auto *window = qobject_cast<QQuickWindow *>(object.release());
    window->resize(shot.size);
    window->show();
    return std::unique_ptr<QQuickWindow>(window);
}

} // namespace

int main(int argc, char *argv[])
{
    const QGuiApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() < 2)
        qFatal("usage: screenshots FOLDER [SCENE...]");
    const QDir folder(arguments.at(1));
    const QStringList scenes = arguments.size() > 2 ? arguments.mid(2)
                                                    : Screenshots::Scene::names();
    for (const QString &name : scenes) {
        QGuiApplication::setPalette(paletteFor(false));
        const auto scene = Screenshots::Scene::make(name);
        if (!scene)
            qFatal("no such scene: %s", qPrintable(name));
        QQmlEngine engine;
        std::vector<std::pair<Shot, std::unique_ptr<QQuickWindow>>> windows;
        for (const Shot &shot : shots) {
            if (shot.scene == name)
                windows.emplace_back(shot, makeWindow(engine, scene->factories(), shot));
        }
        wait(Patience);
        for (const Themes theme : {Light, Dark}) {
            QGuiApplication::setPalette(paletteFor(theme == Dark));
            wait(500);
            for (const auto &[shot, window] : windows) {
                if (!(shot.themes & theme))
                    continue;
                const QString file = u"quick-%1-%2-%3-%4.png"_s.arg(name, shot.part)
                                         .arg(shot.size.width())
                                         .arg(theme == Dark ? u"dark"_s : u"light"_s);
                if (!window->grabWindow().save(folder.filePath(file)))
                    qFatal("cannot write %s", qPrintable(file));
            }
        }
    }
    return 0;
}
