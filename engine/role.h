// SPDX-License-Identifier: Apache-2.0
// Role templates: who answers, in what manner. Built-in ones are resources/roles/*.json; people add their own.
//
// A role file: {"id", "icon", "order", "sampling": {"temperature", ...}, "en": {"name", "description",
// "system_prompt", "greeting", "starters": [...]}, "zh_CN": {...}}. Unknown keys are refused by name.
#pragma once

#include <string>
#include <vector>

#include "engine/request.h"

namespace engine {

struct Role {
  std::string id;             // "assistant", "summarizer", ...; own roles: "user-<n>"
  std::string name;           // in the language asked for
  std::string description;    // one line
  std::string icon;           // name of an icon in resources/icons, without .svg
  std::string system_prompt;  // may be empty
  std::string greeting;
  std::vector<std::string> starters;  // at most four
  SamplingParams sampling;            // only what the role sets
  bool built_in = true;
};

// Parses one role file; `where` names it in errors. Throws Error{InvalidFile}.
Role parse_role(const std::string& json, const std::string& language, const std::string& where);

// All built-in roles in their order. language: "en" or "zh_CN". Throws Error{NotFound, InvalidFile}.
std::vector<Role> built_in_roles(const std::string& language);

}  // namespace engine
