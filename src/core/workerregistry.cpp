// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "workerregistry.h"

#include "logging.h"

#include <QtCore/qmap.h>
#include <QtCore/qmutex.h>

#include <variant>

namespace Millwright {

WorkerType::~WorkerType() = default;

// --- The registry -----------------------------------------------------------------------------

namespace {

struct Registry
{
    QMutex mutex;
    QMap<QString, std::shared_ptr<const WorkerType>> types;
};

Registry &registry()
{
    static Registry instance;
    return instance;
}

} // namespace

void WorkerRegistry::add(const QString &name, std::shared_ptr<const WorkerType> type)
{
    if (name.isEmpty() || !type) {
        qCWarning(lcMillwright, "A worker without a name was not registered; give it one.");
        return;
    }
    bool isTaken = false;
    {
        const QMutexLocker locker(&registry().mutex);
        std::shared_ptr<const WorkerType> &known = registry().types[name];
        isTaken = known != nullptr;
        known.swap(type);
    }
    if (isTaken) {
        qCWarning(lcMillwright,
                  "The worker \"%s\" was registered again; the name now means the new one.",
                  qUtf8Printable(name));
    }
}

std::shared_ptr<const WorkerType> WorkerRegistry::find(const QString &name)
{
    const QMutexLocker locker(&registry().mutex);
    return registry().types.value(name);
}

QStringList WorkerRegistry::names()
{
    const QMutexLocker locker(&registry().mutex);
    return registry().types.keys();
}

QString WorkerRegistry::unknownNameText(const QString &name)
{
    const QStringList known = names();
    const QString which = known.isEmpty() ? QStringLiteral("none is registered")
                                          : QStringLiteral("registered are \"%1\"")
                                                .arg(known.join(QStringLiteral("\", \"")));
    const QString what = name.isEmpty()
                             ? QStringLiteral("the name of a worker is missing")
                             : QStringLiteral("there is no worker named \"%1\"").arg(name);
    return QStringLiteral(
               "%1; %2. Call Millwright::registerWorker<YourWorker>(\"%3\") before the QML "
               "is loaded.")
        .arg(what, which, name.isEmpty() ? QStringLiteral("name") : name);
}

// --- Conversion -------------------------------------------------------------------------------

namespace {

QString describe(const QVariant &value)
{
    if (!value.isValid())
        return QStringLiteral("undefined");
    if (value.metaType() == QMetaType::fromType<std::nullptr_t>())
        return QStringLiteral("null");
    const QString type = QString::fromLatin1(value.typeName());
    if (!value.canConvert<QString>())
        return type;
    constexpr qsizetype Most = 40;
    QString text = value.toString();
    if (text.size() > Most)
        text = text.left(Most) + QStringLiteral("...");
    return QStringLiteral("'%1' (%2)").arg(text, type);
}

// The numbers of JavaScript are doubles; those that are meant as integers must be whole.
bool losesNumber(const QVariant &before, const QVariant &after)
{
    if (before.typeId() != QMetaType::Double && before.typeId() != QMetaType::Float)
        return false;
    switch (after.typeId()) {
    case QMetaType::Char:
    case QMetaType::SChar:
    case QMetaType::UChar:
    case QMetaType::Short:
    case QMetaType::UShort:
    case QMetaType::Int:
    case QMetaType::UInt:
    case QMetaType::Long:
    case QMetaType::ULong:
    case QMetaType::LongLong:
    case QMetaType::ULongLong:
        return after.toDouble() != before.toDouble();
    default:
        return false;
    }
}

} // namespace

void Detail::convertVariant(QVariant &value, QMetaType type, const char *part)
{
    if (type == QMetaType::fromType<std::monostate>()) { // says nothing, so anything will do
        value = QVariant(type);
        return;
    }
    QVariant converted = value;
    if (value.isValid() && converted.convert(type) && !losesNumber(value, converted)) {
        value = std::move(converted);
        return;
    }
    throw JobError(
        QStringLiteral("%1: cannot convert %2 to %3")
            .arg(QString::fromLatin1(part), describe(value), QString::fromLatin1(type.name())));
}

} // namespace Millwright
