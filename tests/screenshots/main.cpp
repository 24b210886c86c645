// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// Takes the pictures of the dashboards in docs/images: screenshots FOLDER [SCENE...]

#include "scenes.h"

#include <Millwright/FactoryBase>
#include <Millwright/FactoryDashboardWidget>

#include <QtCore/qdir.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qtimer.h>
#include <QtGui/qpalette.h>
#include <QtQml/qqmlcomponent.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>
#include <QtQuick/qquickitem.h>
#include <QtQuick/qquickwindow.h>
#include <QtWidgets/qapplication.h>

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
    {u"idle"_s, u"charts"_s, Narrow, Light},
    {u"idle"_s, u"workers"_s, Medium, Dark},
    {u"busy"_s, u"charts"_s, Narrow, Dark},
    {u"busy"_s, u"jobs"_s, Narrow, Light},
    {u"busy"_s, u"charts"_s, Medium, Light},
    {u"busy"_s, u"controls"_s, Medium, Dark},
    {u"busy"_s, u"workers"_s, Wide, Light | Dark},
    {u"overloaded"_s, u"charts"_s, Narrow, Light},
    {u"overloaded"_s, u"jobs"_s, Medium, Dark},
    {u"overloaded"_s, u"jobs"_s, Wide, Light},
    {u"trouble"_s, u"workers"_s, Narrow, Dark},
    {u"trouble"_s, u"deadLetters"_s, Medium, Light},
    {u"trouble"_s, u"workers"_s, Wide, Light | Dark},
    {u"wide"_s, u"workers"_s, Medium, Dark},
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

std::unique_ptr<Millwright::FactoryDashboardWidget> makeWidget(
    const QList<Millwright::FactoryBase *> &factories, const Shot &shot)
{
    using Dashboard = Millwright::FactoryDashboardWidget;
    static const QHash<QString, Dashboard::Part> parts{
        {u"charts"_s, Dashboard::Charts}, {u"workers"_s, Dashboard::Workers},
        {u"jobs"_s, Dashboard::Jobs},     {u"deadLetters"_s, Dashboard::DeadLetters},
        {u"events"_s, Dashboard::Events}, {u"controls"_s, Dashboard::Controls},
    };
    auto dashboard = std::make_unique<Dashboard>();
    dashboard->setInterval(100);
    dashboard->setHistorySpan(30);
    for (Millwright::FactoryBase *factory : factories)
        dashboard->addFactory(factory);
    dashboard->resize(shot.size);
    dashboard->show();
    dashboard->setPart(parts.value(shot.part));
    return dashboard;
}

// One dashboard of each kind.
struct Pair
{
    Shot shot;
    std::unique_ptr<QQuickWindow> window;
    std::unique_ptr<Millwright::FactoryDashboardWidget> widget;
};

} // namespace

int main(int argc, char *argv[])
{
    const QApplication application(argc, argv);
    QApplication::setStyle(u"Fusion"_s);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() < 2)
        qFatal("usage: screenshots FOLDER [SCENE...]");
    const QDir folder(arguments.at(1));
    const QStringList scenes = arguments.size() > 2 ? arguments.mid(2)
                                                    : Screenshots::Scene::names();
    for (const QString &name : scenes) {
        QApplication::setPalette(paletteFor(false));
        const auto scene = Screenshots::Scene::make(name);
        if (!scene)
            qFatal("no such scene: %s", qPrintable(name));
        QQmlEngine engine;
        std::vector<Pair> pairs;
        for (const Shot &shot : shots) {
            if (shot.scene == name) {
                pairs.push_back({shot, makeWindow(engine, scene->factories(), shot),
                                 makeWidget(scene->factories(), shot)});
            }
        }
        wait(Patience);
        for (const Themes theme : {Light, Dark}) {
            QApplication::setPalette(paletteFor(theme == Dark));
            wait(500);
            for (const auto &[shot, window, widget] : pairs) {
                if (!(shot.themes & theme))
                    continue;
                const QString file = u"%1-%2-%3-%4-%5.png"_s;
                const auto save = [&](const QString &kind, const QImage &image) {
                    const QString path = folder.filePath(
                        file.arg(kind, name, shot.part)
                            .arg(shot.size.width())
                            .arg(theme == Dark ? u"dark"_s : u"light"_s));
                    constexpr int Smallest = 0;
                    if (!image.convertToFormat(QImage::Format_RGB888).save(path, "PNG", Smallest))
                        qFatal("cannot write %s", qPrintable(path));
                };
                save(u"quick"_s, window->grabWindow());
                save(u"widgets"_s, widget->grab().toImage());
            }
        }
    }
    return 0;
}
