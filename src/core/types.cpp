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

QString nameOf(Outcome outcome)
{
    return enumeratorName(outcome);
}

QString nameOf(DiscardReason reason)
{
    return enumeratorName(reason);
}

QString nameOf(FactoryState state)
{
    return enumeratorName(state);
}

QString nameOf(WorkerState state)
{
    return enumeratorName(state);
}

QString nameOf(JobState state)
{
    return enumeratorName(state);
}

QString nameOf(Priority priority)
{
    return enumeratorName(priority);
}

} // namespace Millwright
