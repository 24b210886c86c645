// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "qmlexport.h"

#include "chartitem.h"

#include "../src/charts/chartspicture.h"

#include <Millwright/ChromeTrace>
#include <Millwright/Metrics>

#include <QtCore/qjsondocument.h>
#include <QtCore/qsavefile.h>
#include <QtCore/qurl.h>
#include <QtGui/qclipboard.h>
#include <QtGui/qguiapplication.h>

namespace Millwright {

namespace {

QString pathOf(const QString &file)
{
    const QUrl url(file);
    return url.isLocalFile() ? url.toLocalFile() : file;
}

QImage pictureOf(const QList<QObject *> &objects)
{
    QList<const ChartItem *> charts;
    for (QObject *object : objects) {
        if (const auto *chart = qobject_cast<ChartItem *>(object))
            charts.append(chart);
    }
    return chartsPicture(charts.size(),
                         [&](qsizetype chart, const QSize &size, double devicePixelRatio) {
                             return charts.at(chart)->toImage(size, devicePixelRatio);
                         });
}

} // namespace

QString QmlExport::json(const FactoryBase *factory)
{
    return factory ? QString::fromUtf8(QJsonDocument(toJson(*factory)).toJson()) : QString();
}

QString QmlExport::prometheus(const FactoryBase *factory)
{
    return factory ? QString::fromUtf8(prometheusText({factory})) : QString();
}

QString QmlExport::chromeTrace(const FactoryBase *factory)
{
    return factory ? QString::fromUtf8(Millwright::chromeTrace(*factory)) : QString();
}

void QmlExport::copy(const QString &text)
{
    QGuiApplication::clipboard()->setText(text);
}

bool QmlExport::save(const QString &file, const QString &text)
{
    QSaveFile target(pathOf(file));
    return target.open(QSaveFile::WriteOnly) && target.write(text.toUtf8()) >= 0 && target.commit();
}

void QmlExport::copyCharts(const QList<QObject *> &charts)
{
    QGuiApplication::clipboard()->setImage(pictureOf(charts));
}

bool QmlExport::saveCharts(const QString &file, const QList<QObject *> &charts)
{
    return pictureOf(charts).save(pathOf(file));
}

} // namespace Millwright
