// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <Millwright/FactoryBase>

#include <QtCore/qobject.h>
#include <QtQml/qqmlengine.h>

#include <memory>

//! The QML singleton `Bench` of the module `MillwrightTest`: holds the workers named "gated" back,
//! and has a factory that was made in C++.
class Bench : public QObject
{
    Q_OBJECT
    Q_PROPERTY(Millwright::FactoryBase *factory READ factory NOTIFY factoryChanged FINAL)

public:
    Bench();
    ~Bench() override;

    [[nodiscard]] Millwright::FactoryBase *factory() const;

    //! Lets so many "gated" jobs finish.
    Q_INVOKABLE void open(int jobs);
    //! How many "gated" jobs have been started since the program was.
    Q_INVOKABLE int startedCount() const;
    //! How many of them have seen that they were canceled.
    Q_INVOKABLE int canceledCount() const;

    [[nodiscard]] Q_INVOKABLE bool clipboardHasImage() const;

    //! Counts this object until it is destroyed.
    Q_INVOKABLE void watch(QObject *object);
    Q_INVOKABLE int watchedCount() const { return m_watchedCount; }

    Q_INVOKABLE void makeFactory(int workerCount);
    Q_INVOKABLE void dispatch(int jobs);
    Q_INVOKABLE void destroyFactory();
    //! Submits a job to the full factory made in C++ and is ready to wait for an hour.
    Q_INVOKABLE bool dispatchPatiently();

Q_SIGNALS:
    void factoryChanged();

private:
    struct Made;
    std::unique_ptr<Made> m_made;
    int m_watchedCount = 0;
};

//! What Qt Quick Test calls before it runs the tests.
class Setup : public QObject
{
    Q_OBJECT

public Q_SLOTS:
    void applicationAvailable();
    void qmlEngineAvailable(QQmlEngine *engine);
    void cleanupTestCase();

private:
    std::unique_ptr<Bench> m_bench;
};
