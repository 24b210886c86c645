// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "qmlexport.h"

#include <Millwright/ChromeTrace>
#include <Millwright/Metrics>

#include <QtCore/qjsondocument.h>
#include <QtCore/qsavefile.h>
#include <QtCore/qurl.h>
#include <QtGui/qclipboard.h>
#include <QtGui/qguiapplication.h>

namespace Millwright {

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
    const QUrl url(file);
    QSaveFile target(url.isLocalFile() ? url.toLocalFile() : file);
    return target.open(QSaveFile::WriteOnly) && target.write(text.toUtf8()) >= 0 && target.commit();
}

} // namespace Millwright
