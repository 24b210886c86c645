// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <Millwright/Factory>

namespace Support {

//! A factory whose engine can be reached.
template<typename W>
class OpenFactory final : public Millwright::FactoryBase
{
public:
    explicit OpenFactory(Millwright::FactorySettings settings)
        : FactoryBase(std::move(settings), Millwright::Detail::defaultBuilder<W>(), nullptr)
    {
    }
    using FactoryBase::engine;

    [[nodiscard]] QFuture<typename W::ResultType> submit(typename W::KeyType key,
                                                         typename W::MessageType message,
                                                         const Millwright::JobOptions &options = {})
    {
        auto job = Millwright::Detail::makeJob<Millwright::Detail::SubmittedJob<W>>(
            std::move(key), std::move(message), options);
        QFuture<typename W::ResultType> future = job->future();
        if (!engine().submit(*job))
            job.release(); // the factory's
        return future;
    }
};

} // namespace Support
