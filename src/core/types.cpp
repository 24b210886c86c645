// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "types.h"

#include <QtCore/qmetaobject.h>

namespace Millwright {

namespace {

template<typename Enum>
QString enumeratorName(Enum value)
{
    return QString::fromLatin1(QMetaEnum::fromType<Enum>().valueToKey(int(value)));
}

} // namespace

QString toString(Outcome outcome)
{
    return enumeratorName(outcome);
}

QString toString(DiscardReason reason)
{
    return enumeratorName(reason);
}

QString toString(FactoryState state)
{
    return enumeratorName(state);
}

QString toString(WorkerState state)
{
    return enumeratorName(state);
}

} // namespace Millwright
