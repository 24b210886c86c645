// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <Millwright/Factory>

#include <QtCore/qobject.h>

#include <memory>
#include <vector>

namespace Screenshots {

//! Factories in a state that is worth a picture. They are kept in it for as long as the scene lives.
class Scene : public QObject
{
    Q_OBJECT

public:
    //! "idle", "busy", "overloaded", "trouble", "wide" or "several"; nullptr for another name.
    [[nodiscard]] static std::unique_ptr<Scene> make(const QString &name);
    [[nodiscard]] static QStringList names();
    ~Scene() override;

    [[nodiscard]] QList<Millwright::FactoryBase *> factories() const;

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    struct Task
    {
        int milliseconds = 0;
        bool fails = false;
        bool hangs = false;
    };
    class Worker;
    struct Stream
    {
        Millwright::Factory<Worker> *factory;
        double jobsPerTick;
        int shortest;
        int longest;
        int failuresOfHundred;
        double due = 0;
    };

    Scene() = default;
    Millwright::Factory<Worker> &add(Millwright::FactorySettings settings, int firstBroken = -1);
    void feed(Stream stream);

    std::vector<std::unique_ptr<Millwright::Factory<Worker>>> m_factories;
    std::vector<Stream> m_streams;
    int m_jobs = 0;
};

} // namespace Screenshots
