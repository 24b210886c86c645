// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "worker.h"

namespace Millwright {

WorkerLife::~WorkerLife() = default;

WorkerBase::WorkerBase() = default;

WorkerBase::~WorkerBase() = default;

void WorkerBase::starting() {}

void WorkerBase::stopping() {}

void WorkerBase::beginWorker(const WorkerContext &context)
{
    m_context = context;
    setObjectName(QStringLiteral("%1 %2").arg(context.factoryName).arg(context.id));
    starting();
}

void WorkerBase::endWorker()
{
    stopping();
}

} // namespace Millwright
