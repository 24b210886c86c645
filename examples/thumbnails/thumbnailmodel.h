// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "thumbnailworker.h"

#include <Millwright/Factory>

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qcache.h>
#include <QtCore/qfuture.h>
#include <QtCore/qurl.h>
#include <QtQml/qqmlregistration.h>

//! The pictures of a folder, each with its thumbnail as soon as there is one.
//!
//! Thumbnails of a big folder are more than should stay in memory: those that were not looked at for
//! the longest time go, and are made again when they come into view.
class ThumbnailModel : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("It is made with the options of the command line.")

    //! The folder as it is to be read. Setting it scans it.
    Q_PROPERTY(QString folder READ folder WRITE setFolder NOTIFY folderChanged FINAL)
    //! Why the folder cannot be shown; empty when it can.
    Q_PROPERTY(QString folderError READ folderError NOTIFY folderChanged FINAL)
    //! The factory that makes the thumbnails.
    Q_PROPERTY(Millwright::FactoryBase *factory READ factory CONSTANT FINAL)
    Q_PROPERTY(int thumbnailSize READ thumbnailSize CONSTANT FINAL)
    Q_PROPERTY(int count READ count NOTIFY folderChanged FINAL)
    //! Pictures that have a thumbnail, or never will.
    Q_PROPERTY(int doneCount READ doneCount NOTIFY doneCountChanged FINAL)
    Q_PROPERTY(int failedCount READ failedCount NOTIFY doneCountChanged FINAL)

public:
    enum Status { Waiting, Ready, Failed };
    Q_ENUM(Status)

    enum Role {
        FileNameRole = Qt::UserRole,
        StatusRole,
        ThumbnailRole, //!< QImage, null while there is none
        ReasonRole, //!< why there is no thumbnail
    };

    struct Options
    {
        int workerCount = 4;
        int thumbnailSize = 256;
        QString outputFolder = {}; //!< empty for none
    };

    explicit ThumbnailModel(const Options &options, QObject *parent = nullptr);
    ~ThumbnailModel() override;

    [[nodiscard]] QString folder() const { return m_folder; }
    void setFolder(const QString &folder);
    [[nodiscard]] QString folderError() const { return m_folderError; }
    [[nodiscard]] Millwright::FactoryBase *factory() { return &m_factory; }
    [[nodiscard]] int thumbnailSize() const { return m_options.thumbnailSize; }

    [[nodiscard]] int count() const { return int(m_pictures.size()); }
    [[nodiscard]] int doneCount() const { return m_doneCount; }
    [[nodiscard]] int failedCount() const { return m_failedCount; }
    [[nodiscard]] bool isDone() const { return m_doneCount == count(); }

    //! Reads the folder anew.
    Q_INVOKABLE void rescan();
    //! Shows the folder of a URL, or the folder of the file of the URL.
    Q_INVOKABLE void open(const QUrl &url);
    //! Says that these rows are looked at: what they lack is made before all else.
    Q_INVOKABLE void want(int firstRow, int lastRow);
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void folderChanged();
    void doneCountChanged();
    //! A picture has its thumbnail (an empty reason), or never will.
    void pictureDone(const QString &fileName, const QString &reason);

private:
    struct Picture
    {
        QString fileName;
        QString reason = {};
        QFuture<QImage> future = {};
        Status status = Waiting;
        bool isWanted = false; // its job, if any, is one of high priority
    };

    void cancel();
    void submit(int row, Millwright::Priority priority);
    void onDone(int row, QFuture<QImage> future);
    void onReady(int row, const QImage &image);
    void onFailed(int row, const QString &reason);
    void finish(int row, Status status);

    const Options m_options;
    QString m_folder;
    QString m_folderError;
    QList<Picture> m_pictures;
    QCache<int, QImage> m_images; // by row
    int m_generation = 0; // of the rows; what comes for an earlier one is not wanted
    int m_doneCount = 0;
    int m_failedCount = 0;
    // The last member, and so the first that goes: its jobs end while there is still a model to tell.
    Millwright::Factory<ThumbnailWorker> m_factory;
};
