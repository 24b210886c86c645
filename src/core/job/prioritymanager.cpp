// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "job/prioritymanager.h"

#include "job/errors.h"
#include "logging.h"

namespace Millwright::Detail {

void warnOfPriorityManager(const QString &factoryName)
{
    qCWarning(lcMillwright,
              "The priority manager of factory \"%s\" threw \"%s\"; the job has the default "
              "priority. Priority managers must not throw.",
              qUtf8Printable(factoryName), qUtf8Printable(errorText(std::current_exception())));
}

} // namespace Millwright::Detail
