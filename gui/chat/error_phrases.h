// SPDX-License-Identifier: Apache-2.0
// What the engine says and people may meet, word for word as it says it; %1, %2, ... stand for
// names, figures and other phrases. Translated in the context "EngineWords".
#pragma once

#include <span>
#include <utility>

namespace gui {

// The first that fits a message is the right one: special ones stand before general ones.
std::span<const char* const> enginePhrases();

// Options as the engine and fireside-cli name them, and the English of the settings for them.
std::span<const std::pair<const char*, const char*>> settingNames();

}  // namespace gui
