// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "job/suspension.h"

#include <QtCore/qfuturewatcher.h>

#include <utility>

namespace Millwright {

namespace {

class FutureSuspension final : public Suspension
{
public:
    FutureSuspension(QFuture<void> inner, std::optional<QFuture<void>> outer,
                     std::function<void()> ended)
    {
        QObject::connect(&m_inner, &QFutureWatcherBase::finished, &m_inner, std::move(ended));
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

std::unique_ptr<Suspension> Suspension::until(QFuture<void> inner,
                                              std::optional<QFuture<void>> outer,
                                              std::function<void()> ended)
{
    return std::make_unique<FutureSuspension>(std::move(inner), std::move(outer), std::move(ended));
}

} // namespace Millwright
