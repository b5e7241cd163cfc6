// SPDX-License-Identifier: Apache-2.0
// What the engine says and people may meet, word for word as it says it; %1, %2, ... stand for
// names, figures and other phrases. Translated in the context "EngineWords".
#pragma once

#include <span>

namespace gui {

// The first that fits a message is the right one: special ones stand before general ones.
std::span<const char* const> enginePhrases();

}  // namespace gui
