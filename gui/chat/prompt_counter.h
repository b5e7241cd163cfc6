// SPDX-License-Identifier: Apache-2.0
// Counts the tokens of the loaded model. Immutable; any thread. Counting a long document takes
// time: pool threads.
#pragma once

#include <string_view>

#include "engine/request.h"

namespace gui {

class PromptCounter {
 public:
  virtual ~PromptCounter() = default;

  // Tokens that this content adds to a prompt.
  virtual int count(std::string_view content) const = 0;
  // Tokens of the whole prompt, template included: what the engine will compute.
  virtual int countPrompt(const engine::ChatRequest& request) const = 0;
};

}  // namespace gui
