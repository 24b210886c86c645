// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../peer.h"

namespace Millwright {
class FactoryBase;
}

// One function for each peer. Those that are not here at build time say what is missing.

[[nodiscard]] PeerKind millwrightKind();
[[nodiscard]] PeerKind millwrightSubmitKind();
[[nodiscard]] PeerKind plainLoopKind();
[[nodiscard]] PeerKind mailboxKind();
[[nodiscard]] PeerKind threadPoolKind();
[[nodiscard]] PeerKind concurrentRunKind();
[[nodiscard]] PeerKind signalsKind();
[[nodiscard]] PeerKind tbbKind();
[[nodiscard]] PeerKind asioKind();
[[nodiscard]] PeerKind cafKind();
[[nodiscard]] PeerKind ractorKind();
[[nodiscard]] PeerKind ractorPinnedKind();

//! The factory of a peer of `millwrightKind()`.
[[nodiscard]] Millwright::FactoryBase &factoryOf(Peer &peer);
