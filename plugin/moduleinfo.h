// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qobject.h>
#include <QtQml/qqmlregistration.h>

namespace Millwright {

//! The QML singleton `Millwright`: facts about the library, as in `Millwright.version`.
class ModuleInfo : public QObject
{
    Q_OBJECT
    QML_NAMED_ELEMENT(Millwright)
    QML_SINGLETON

    //! The version of the library, as in "1.0.0".
    Q_PROPERTY(QString version READ version CONSTANT FINAL)

public:
    using QObject::QObject;

    [[nodiscard]] QString version() const;
};

} // namespace Millwright
