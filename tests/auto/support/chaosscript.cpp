// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "chaosscript.h"

#include "dice.h"

#include <algorithm>

namespace Chaos {

using namespace Qt::StringLiterals;
using Support::Dice;

namespace {

struct Form
{
    Kind kind;
    const char *name;
    std::vector<const char *> values;
};

const Form &formOf(Kind kind)
{
    static const std::vector<Form> forms = {
        {Kind::Factory,
         "factory",
         {"threads", "router", "queue", "hooks", "restarts", "within", "backoff"}},
        {Kind::Start, "start", {}},
        {Kind::Submit,
         "submit",
         {"key", "ms", "priority", "kept", "ttl", "throws", "attempts", "backoff", "on", "future",
          "async", "cancelsItself", "heeds", "moveOnly"}},
        {Kind::Step, "step", {"choice"}},
        {Kind::Time, "time", {"ms"}},
        {Kind::Settle, "settle", {}},
        {Kind::Pass, "pass", {"ms"}},
        {Kind::Cancel, "cancel", {"job"}},
        {Kind::End, "end", {"job"}},
        {Kind::Beat, "beat", {"job"}},
        {Kind::Lose, "lose", {"worker"}},
        {Kind::Workers, "workers", {"count"}},
        {Kind::Limit, "limit", {"limit"}},
        {Kind::Mode, "mode", {"oldest"}},
        {Kind::OnFailure, "onFailure", {"keep"}},
        {Kind::Retry, "retry", {"attempts", "backoff", "on"}},
        {Kind::RateLimit, "rateLimit", {"refill", "us", "maximum", "initial", "delay"}},
        {Kind::Limiter, "limiter", {"delay"}},
        {Kind::Switch, "switch", {"ms", "log", "grace", "condemned"}},
        {Kind::Letters, "letters", {"limit"}},
        {Kind::RetryLetter, "retryLetter", {"index"}},
        {Kind::DropLetter, "dropLetter", {"index"}},
        {Kind::Pause, "pause", {}},
        {Kind::Resume, "resume", {}},
        {Kind::Drain, "drain", {}},
        {Kind::Stop, "stop", {}},
        {Kind::FailBuilds, "failBuilds", {"count"}},
        {Kind::Break, "break", {"worker"}},
        {Kind::Repair, "repair", {"worker"}},
        {Kind::HangBuilds, "hangBuilds", {"count"}},
        {Kind::HangEnds, "hangEnds", {"count"}},
        {Kind::EndHangs, "endHangs", {}},
        {Kind::Deafen, "deafen", {"thread"}},
    };
    return *std::find_if(forms.begin(), forms.end(),
                         [&](const Form &form) { return form.kind == kind; });
}

// What most jobs are in a factory that has much to do: short, and nobody waits for them.
Operation plainSubmission(Dice &dice)
{
    Operation job{Kind::Submit, {}};
    job.values[0] = dice.below(20);
    job.values[1] = dice.oneIn(20) ? dice.below(8) : 0;
    job.values[2] = dice.below(5);
    job.values[5] = dice.oneIn(12) ? 1 + dice.below(3) : 0;
    job.values[9] = dice.oneIn(12);
    return job;
}

Operation submission(Dice &dice)
{
    Operation job{Kind::Submit, {}};
    auto &[key, ms, priority, kept, ttl, throws, attempts, backoff, on, future, async,
           cancelsItself, heeds, moveOnly]
        = job.values;
    key = dice.below(12);
    ms = dice.oneIn(2) ? 0 : dice.below(8);
    if (dice.oneIn(40))
        ms = -1; // for ever
    priority = dice.below(5);
    kept = dice.oneIn(5);
    ttl = dice.oneIn(4) ? 1 + dice.below(12) : 0;
    throws = dice.oneIn(6) ? 1 + dice.below(3) : 0;
    if (dice.oneIn(4)) {
        attempts = 1 + dice.below(4);
        backoff = dice.below(5);
        on = dice.below(8);
    }
    future = !dice.oneIn(3);
    async = dice.oneIn(4);
    cancelsItself = async && dice.oneIn(6);
    heeds = dice.oneIn(2);
    moveOnly = dice.oneIn(4);
    return job;
}

// Most factories are spared what makes it hard to tell what must happen.
struct Mood
{
    bool hangs;
    bool isLimitedByRate;
    bool resizes;
    bool isPlain; // jobs as they are in a factory that has much to do
};

Operation operation(Dice &dice, const Mood &mood, bool mayEnd)
{
    for (;;) {
        const int choice = dice.below(108);
        if (choice < 35)
            return mood.isPlain ? plainSubmission(dice) : submission(dice);
        if (choice < 70)
            return {Kind::Step, {dice.below(1000)}};
        if (choice < 78)
            return {Kind::Time, {dice.below(6)}};
        if (choice < 81)
            return {Kind::Pass, {dice.below(40)}};
        if (choice < 84)
            return {Kind::Cancel, {dice.below(1000)}};
        if (choice < 86)
            return {dice.oneIn(3) ? Kind::Pause : Kind::Resume, {}};
        if (choice < 87)
            return {Kind::Settle, {}};
        if (choice < 89)
            return {dice.oneIn(4) ? Kind::DropLetter : Kind::RetryLetter, {dice.below(4)}};
        if (choice < 90)
            return {Kind::Limit, {dice.oneIn(2) ? -1 : dice.below(6)}};
        if (choice < 91)
            return {dice.oneIn(2) ? Kind::Mode : Kind::OnFailure, {dice.below(2)}};
        if (choice < 92)
            return {Kind::FailBuilds, {dice.below(3)}};
        if (choice < 93)
            return {dice.oneIn(2) ? Kind::Break : Kind::Repair, {dice.below(5)}};
        if (choice < 94 && dice.oneIn(3))
            return {Kind::Retry, {1 + dice.below(4), dice.below(4), dice.below(8)}};
        if (choice >= 94 && choice < 96 && mood.resizes)
            return {Kind::Workers, {dice.below(6)}};
        if (choice == 96 && mood.isLimitedByRate && dice.oneIn(3))
            return {Kind::Limiter, {dice.below(2)}};
        if (choice == 96 && mood.isLimitedByRate)
            return {Kind::RateLimit,
                    {dice.below(4), 1 + dice.below(4000), dice.below(5) - 1, dice.below(5) - 1,
                     dice.below(2)}};
        if (choice == 97 && mayEnd)
            return {dice.oneIn(2) ? Kind::Drain : Kind::Stop, {}};
        if (choice == 98)
            return {Kind::End, {dice.below(1000)}};
        if (choice < 99 || !mood.hangs)
            continue;
        if (choice < 101)
            return {Kind::Beat, {dice.below(1000)}};
        if (choice == 101)
            return {Kind::Lose, {dice.below(5)}};
        if (choice == 102)
            return {dice.oneIn(2) ? Kind::HangBuilds : Kind::HangEnds, {dice.below(2)}};
        if (choice == 103)
            return {Kind::EndHangs, {}};
        if (choice == 104)
            return {Kind::Deafen, {dice.below(8)}};
        if (choice == 105)
            return {Kind::Switch,
                    {dice.oneIn(3) ? 0 : 1 + dice.below(20), int(dice.oneIn(4)), dice.below(6),
                     dice.oneIn(2) ? dice.below(3) : 1000}};
    }
}

} // namespace

QString Operation::text() const
{
    const Form &form = formOf(kind);
    QString text = QLatin1String(form.name);
    for (std::size_t i = 0; i < form.values.size(); ++i) {
        if (values[i] != 0)
            text += u" %1=%2"_s.arg(QLatin1String(form.values[i])).arg(values[i]);
    }
    return text;
}

QStringList textOf(const Script &script)
{
    QStringList lines;
    for (const Operation &operation : script)
        lines += operation.text();
    return lines;
}

Script scriptOf(quint64 seed)
{
    Dice dice(seed);
    const Mood mood{.hangs = dice.oneIn(3),
                    .isLimitedByRate = dice.oneIn(4),
                    .resizes = dice.oneIn(2),
                    .isPlain = dice.oneIn(5)};
    Script script;
    script.push_back({Kind::Factory,
                      {dice.oneIn(2) ? 0 : 1 + dice.below(3), dice.below(9), dice.below(3),
                       dice.oneIn(8) ? 2 : dice.below(2), dice.below(5) - 1, 1 + dice.below(40),
                       1 + dice.below(4)}});
    script.push_back({Kind::Workers, {mood.resizes ? dice.below(5) : 1 + dice.below(4)}});
    script.push_back({Kind::Limit, {dice.oneIn(3) ? -1 : dice.below(8)}});
    script.push_back({Kind::Mode, {dice.below(2)}});
    script.push_back({Kind::OnFailure, {dice.below(2)}});
    script.push_back({Kind::Letters, {dice.below(5)}});
    if (dice.oneIn(2))
        script.push_back({Kind::Retry, {1 + dice.below(4), dice.below(4), dice.below(8)}});
    if (mood.hangs)
        script.push_back({Kind::Switch,
                          {1 + dice.below(20), int(dice.oneIn(4)), dice.below(6),
                           dice.oneIn(2) ? dice.below(3) : 1000}});
    const int length = 60 + dice.below(140);
    const int startAt = dice.oneIn(4) ? dice.below(20) : 0;
    for (int i = 0; i < length; ++i) {
        if (i == startAt)
            script.push_back({Kind::Start, {}});
        script.push_back(operation(dice, mood, i > length / 2));
    }
    if (dice.oneIn(2))
        script.push_back({Kind::Drain, {}});
    if (dice.oneIn(2))
        script.push_back({Kind::Resume, {}});
    for (int i = 0; i < 10; ++i)
        script.push_back({Kind::Pass, {1 + dice.below(80)}});
    return script;
}

Script shrunk(Script script, const std::function<bool(const Script &)> &isWrong)
{
    bool isShorter = true;
    const auto attempt = [&](const Script &candidate) {
        if (!isWrong(candidate))
            return false;
        script = candidate;
        return isShorter = true;
    };
    while (std::exchange(isShorter, false)) {
        for (std::size_t size = std::max<std::size_t>(1, script.size() / 2); size > 0; size /= 2) {
            for (std::size_t at = 0; at < script.size();) {
                Script candidate = script;
                const auto first = candidate.begin() + std::ptrdiff_t(at);
                candidate.erase(first, first + std::ptrdiff_t(std::min(size, script.size() - at)));
                if (!attempt(candidate))
                    at += size;
            }
        }
        for (std::size_t at = 0; at < script.size(); ++at) {
            for (std::size_t i = 0; i < Operation::MostValues; ++i) {
                for (const int plainer : {0, script[at].values[i] / 2, script[at].values[i] - 1}) {
                    const int value = script[at].values[i];
                    if (plainer < 0 || plainer >= value)
                        continue;
                    Script candidate = script;
                    candidate[at].values[i] = plainer;
                    if (attempt(candidate))
                        break;
                }
            }
        }
    }
    return script;
}

} // namespace Chaos
