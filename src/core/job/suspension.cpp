// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "job/suspension.h"

#include "job/abstractjob.h"

#include <QtCore/qfuturewatcher.h>

#include <utility>

namespace Millwright {

namespace {

class FutureSuspension final : public Suspension
{
public:
    FutureSuspension(AbstractJob &job, QFuture<void> inner, std::optional<QFuture<void>> outer,
                     std::function<void()> ended)
    {
        QObject::connect(&m_inner, &QFutureWatcherBase::finished, &m_inner, std::move(ended));
        QObject::connect(&m_inner, &QFutureWatcherBase::progressRangeChanged, &m_inner,
                         [&job](int minimum, int maximum) {
                             if (maximum > minimum)
                                 job.setProgressRange(minimum, maximum);
                         });
        QObject::connect(
            &m_inner, &QFutureWatcherBase::progressValueChanged, &m_inner,
            [this, &job](int value) { job.setProgress(value, m_inner.progressText()); });
        m_inner.setFuture(inner);
        if (outer) {
            QObject::connect(&m_outer, &QFutureWatcherBase::canceled, &m_inner,
                             &QFutureWatcherBase::cancel);
            m_outer.setFuture(*outer);
            if (outer->isCanceled())
                inner.cancel();
        }
    }

private:
    QFutureWatcher<void> m_inner;
    QFutureWatcher<void> m_outer;
};

} // namespace

Suspension::Suspension() = default;

Suspension::~Suspension() = default;

std::unique_ptr<Suspension> Suspension::until(AbstractJob &job, QFuture<void> inner,
                                              std::optional<QFuture<void>> outer,
                                              std::function<void()> ended)
{
    return std::make_unique<FutureSuspension>(job, std::move(inner), std::move(outer),
                                              std::move(ended));
}

} // namespace Millwright
