// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/section.h"
#include "job/errors.h"
#include "logging.h"
#include "statistics/telllayer.h"

#include <vector>

namespace Millwright {

namespace {

// A handler may dispatch, which may discard another job, whose handler dispatches ... So deep that
// happens on the stack; what comes on top waits until the thread has come back.
constexpr int DeepestNesting = 16;
thread_local int t_nesting = 0;

} // namespace

void Engine::setDiscardHandler(std::shared_ptr<const DiscardHandler> handler)
{
    if (isCalledByPolicy("setDiscardHandler"))
        return;
    Section section(*this);
    m_discardHandler.swap(handler); // the old one is destroyed after the lock was released
}

void Engine::setDiscardHandler(QObject *context, DiscardHandler::Function function)
{
    if (context) {
        setDiscardHandler(std::make_shared<const DiscardHandler>(context, std::move(function)));
        return;
    }
    qCWarning(lcMillwright,
              "Factory \"%s\": setDiscardHandler() was ignored, its context is null. Leave the "
              "context out to have the handler called on the thread that discards.",
              qUtf8Printable(m_name));
}

struct Engine::Untold
{
    std::shared_ptr<Engine> engine; // none if the job was refused
    std::unique_ptr<AbstractJob, AbstractJob::Release> job;
    DiscardReason reason;
    std::shared_ptr<const DiscardHandler> handler;

    static std::vector<Untold> &ofThisThread()
    {
        static thread_local std::vector<Untold> untold;
        return untold;
    }
};

// Tells the handler of a job that was refused, and ends its future. No lock held. The job is the
// caller's, and stays so; it may get further owners.
void Engine::reportRefused(AbstractJob &job, DiscardReason reason,
                           std::shared_ptr<const DiscardHandler> handler, StatisticsLayer *layer)
{
    tellLayer(layer, &StatisticsLayer::jobDiscarded, job, reason);
    const bool isDeep = t_nesting >= DeepestNesting;
    if (handler && handler->isReachable() && (isDeep || handler->isBound())) {
        job.m_handedOn = true;
        endDiscarded(job, reason);
        job.ref();
        if (handler->isBound())
            handler->post(std::unique_ptr<AbstractJob, AbstractJob::Release>(&job), reason);
        else
            Untold::ofThisThread().push_back(
                {nullptr, std::unique_ptr<AbstractJob, AbstractJob::Release>(&job), reason,
                 std::move(handler)});
        return;
    }
    ++t_nesting;
    if (handler && !handler->isBound())
        handler->call(job, reason);
    endDiscarded(job, reason);
    --t_nesting;
    tellUntold();
}

// The same for a job that the engine has accepted, and owned so far.
void Engine::reportDiscarded(AbstractJob &job, DiscardReason reason,
                             const std::shared_ptr<const DiscardHandler> &handler)
{
    std::unique_ptr<AbstractJob, AbstractJob::Release> owned(&job);
    if (t_nesting >= DeepestNesting) {
        ++m_telling; // the section that calls this counts, too
        Untold::ofThisThread().push_back({shared_from_this(), std::move(owned), reason, handler});
        return;
    }
    ++t_nesting;
    const bool isPosted = handler && handler->isBound() && handler->isReachable();
    if (handler && !handler->isBound())
        handler->call(job, reason);
    if (job.m_extras && job.m_extras->isExhausted)
        buryShed(job, !isPosted);
    endDiscarded(job, reason);
    if (isPosted)
        handler->post(std::move(owned), reason);
    --t_nesting;
    tellUntold();
}

void Engine::endDiscarded(AbstractJob &job, DiscardReason reason)
{
    job.reject(std::make_exception_ptr(JobDiscarded(reason)));
}

void Engine::tellUntold()
{
    static thread_local bool isTelling = false;
    if (t_nesting > 0 || isTelling)
        return; // the call at the bottom of the stack tells all
    isTelling = true;
    auto &untold = Untold::ofThisThread();
    while (!untold.empty()) {
        for (Untold &next : std::exchange(untold, {})) {
            if (next.engine) {
                next.engine->reportDiscarded(*next.job.release(), next.reason, next.handler);
                next.engine->told();
            } else {
                ++t_nesting;
                next.handler->call(*next.job, next.reason);
                --t_nesting;
            }
        }
    }
    isTelling = false;
}

// After somebody was told: the factory may have waited for that.
void Engine::told()
{
    if (--m_telling == 0 && m_ended) {
        Section last(*this);
        proceed(last);
    }
}

} // namespace Millwright
