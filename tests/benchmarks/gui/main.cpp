// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// The GUI thread while a factory works at full speed: a window with the factory's dashboard, and how
// long its event loop is held up. Prints the figures as a JSON object.
//
// Usage: bench_gui short|long|threads WORKERS SECONDS PART
//
// PART is one of those of FactoryDashboard. The jobs do next to nothing, or last 50 ms each. With "threads", the same
// window shows a factory that is idle, while plain threads keep the processors as busy as the factory would: what remains
// is the system's doing.

#include <Millwright/Factory>

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtGui/qguiapplication.h>
#include <QtQml/qqmlapplicationengine.h>
#include <QtQuick/qquickwindow.h>

#include <algorithm>
#include <cstdio>
#include <thread>

using namespace Qt::StringLiterals;

namespace {

qint64 now()
{
    return QDeadlineTimer::current(Qt::PreciseTimer).deadlineNSecs();
}

// Takes the time of every event.
class Application final : public QGuiApplication
{
public:
    using QGuiApplication::QGuiApplication;

    bool notify(QObject *receiver, QEvent *event) override
    {
        // Events of other threads come here, too, each on its thread.
        if (QThread::currentThread() != thread() || m_depth > 0 || !m_measures)
            return QGuiApplication::notify(receiver, event);
        ++m_depth;
        const qint64 start = now();
        const bool result = QGuiApplication::notify(receiver, event);
        const qint64 time = now() - start;
        --m_depth;
        m_events.push_back(time);
        if (std::exchange(m_hasSwapped, false))
            m_frames.push_back(time);
        return result;
    }

    void setMeasuring(bool measures)
    {
        m_measures = measures;
        m_hasSwapped = false;
    }
    void swapped() { m_hasSwapped = true; }
    [[nodiscard]] const std::vector<qint64> &events() const { return m_events; }
    //! The events in which a frame was made and shown.
    [[nodiscard]] const std::vector<qint64> &frames() const { return m_frames; }

private:
    int m_depth = 0;
    bool m_measures = false;
    bool m_hasSwapped = false;
    std::vector<qint64> m_events;
    std::vector<qint64> m_frames;
};

// Wants to be called every millisecond, and notes how late it is.
class Heartbeat final : public QObject
{
public:
    void start()
    {
        m_last = now();
        m_timer.start(1, Qt::PreciseTimer, this);
    }
    [[nodiscard]] const std::vector<qint64> &delays() const { return m_delays; }

protected:
    void timerEvent(QTimerEvent *) override
    {
        const qint64 time = now();
        m_delays.push_back(std::max<qint64>(time - m_last - 1'000'000, 0));
        m_last = time;
    }

private:
    QBasicTimer m_timer;
    qint64 m_last = 0;
    std::vector<qint64> m_delays;
};

double milliseconds(std::vector<qint64> times, double quantile)
{
    if (times.empty())
        return 0;
    std::sort(times.begin(), times.end());
    const auto index = std::size_t(double(times.size() - 1) * quantile);
    return double(times[index]) / 1e6;
}

class Counter final : public Millwright::Worker<quint64, std::atomic<qint64> *, void>
{
public:
    explicit Counter(bool isLong) : m_isLong(isLong) {}

    void process(Job &job) override
    {
        if (m_isLong)
            QThread::msleep(50);
        job.message()->fetch_add(1, std::memory_order_relaxed);
    }

private:
    bool m_isLong;
};

int usage()
{
    std::fputs("usage: bench_gui short|long|threads WORKERS SECONDS PART\n", stderr);
    return 2;
}

} // namespace

int main(int argc, char **argv)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    if (qgetenv("QT_QPA_PLATFORM") == "offscreen")
        qputenv("QT_QUICK_BACKEND", "software");
    Application application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const QString load = arguments.value(1);
    const int workers = arguments.value(2).toInt();
    const int seconds = arguments.value(3).toInt();
    const QString part = arguments.value(4);
    if ((load != u"short" && load != u"long" && load != u"threads") || workers < 1 || seconds < 1
        || part.isEmpty())
        return usage();

    Millwright::Factory<Counter> factory(
        {.name = u"bench"_s, .workerCount = workers, .queueLimit = 100'000},
        Millwright::workerBuilder<Counter>(load == u"long"));
    factory.start();

    QQmlApplicationEngine engine;
    engine.addImportPath(QStringLiteral(BENCH_QML_IMPORT_PATH));
    engine.setInitialProperties({{u"factory"_s, QVariant::fromValue(&factory)}, {u"part"_s, part}});
    engine.loadData(R"(
        import QtQuick
        import Millwright

        Window {
            id: window
            required property FactoryBase factory
            required property string part
            width: 1000; height: 800; visible: true
            FactoryDashboard { anchors.fill: parent; factory: window.factory; part: window.part }
        }
    )");
    auto *window = engine.rootObjects().isEmpty()
                       ? nullptr
                       : qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst());
    if (!window)
        return 1; // the engine has said why
    QObject::connect(window, &QQuickWindow::frameSwapped, &application, &Application::swapped,
                     Qt::DirectConnection);

    std::atomic<qint64> count = 0;
    std::vector<std::jthread> busy;
    if (load != u"threads") {
        // More than the workers can do, and no more than may wait.
        busy.emplace_back([&factory, &count](const std::stop_token &stop) {
            for (quint64 i = 0; !stop.stop_requested(); ++i) {
                static_cast<void>(
                    factory.dispatchFor(i % 1000, &count, std::chrono::milliseconds(100)));
            }
        });
    } else {
        for (int i = 0; i <= QThread::idealThreadCount(); ++i) {
            busy.emplace_back([&count](const std::stop_token &stop) {
                while (!stop.stop_requested())
                    count.fetch_add(1, std::memory_order_relaxed);
            });
        }
    }

    Heartbeat heartbeat;
    QTimer::singleShot(1000, &application, [&] { // when all is loaded and warm
        application.setMeasuring(true);
        heartbeat.start();
        count = 0;
        QTimer::singleShot(seconds * 1000, &application, &QCoreApplication::quit);
    });
    QGuiApplication::exec();
    application.setMeasuring(false);
    const double rate = double(count) / seconds / 1e6;
    for (std::jthread &thread : busy)
        thread.request_stop();
    busy.clear();

    QJsonObject figures{
        {u"stall p99 ms"_s, milliseconds(heartbeat.delays(), 0.99)},
        {u"stall max ms"_s, milliseconds(heartbeat.delays(), 1)},
        {u"event max ms"_s, milliseconds(application.events(), 1)},
        {u"frame p99 ms"_s, milliseconds(application.frames(), 0.99)},
        {u"frame max ms"_s, milliseconds(application.frames(), 1)},
        {u"frames/s"_s, double(application.frames().size()) / seconds},
    };
    if (load != u"threads")
        figures.insert(u"million jobs/s"_s, rate);
    std::puts(QJsonDocument(figures).toJson(QJsonDocument::Compact).constData());
    return 0;
}
