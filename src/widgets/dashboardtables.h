// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "tablepart.h"

namespace Millwright {

class ActionGuard;
class FactoryMonitor;

//! The jobs of a factory that run or wait, to be looked for and canceled.
class JobsPart : public TablePart
{
    Q_OBJECT

public:
    JobsPart(FactoryMonitor *monitor, ActionGuard *guard, QWidget *parent);
};

//! The jobs whose last attempt has failed, to be tried again or dropped.
class DeadLettersPart : public TablePart
{
    Q_OBJECT

public:
    DeadLettersPart(FactoryMonitor *monitor, ActionGuard *guard, QWidget *parent);
};

//! What has happened in a factory of late.
class EventsPart : public TablePart
{
    Q_OBJECT

public:
    EventsPart(FactoryMonitor *monitor, QWidget *parent);
};

} // namespace Millwright
