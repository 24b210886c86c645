// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "engine/engine.h"

#include <deque>
#include <memory>

//! A factory's threads and its clock, played by one thread, so that the same happens in every run: what
//! remains is the work itself, and its instructions can be counted.
class Stage
{
public:
    Stage();
    ~Stage();

    [[nodiscard]] std::shared_ptr<Millwright::Clock> clock() const;
    [[nodiscard]] std::unique_ptr<Millwright::StationHost> host();

    //! Lets every station that was rung work, until all rest.
    void play();

private:
    class StageClock;
    class StageStation;
    class StageHost;

    std::shared_ptr<StageClock> m_clock;
    std::deque<StageStation *> m_rung;
};
