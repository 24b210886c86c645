// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../millwright_global.h"

#include <QtCore/qfuture.h>

#include <functional>
#include <memory>
#include <optional>

namespace Millwright {

class AbstractJob;

//! Waits for the end of a job that goes on after `process()` has returned. Lives on the worker's
//! thread; destroyed earlier, it waits no longer.
class MILLWRIGHT_CORE_EXPORT Suspension
{
public:
    virtual ~Suspension();

    //! Calls `ended` on this thread, from its event loop, when `inner` has ended. Meanwhile, once
    //! `outer` is canceled so is `inner`, and the progress of `inner` is that of the job.
    [[nodiscard]] static std::unique_ptr<Suspension> until(AbstractJob &job, QFuture<void> inner,
                                                           std::optional<QFuture<void>> outer,
                                                           std::function<void()> ended);

protected:
    Suspension();

private:
    Q_DISABLE_COPY_MOVE(Suspension)
};

} // namespace Millwright
