// SPDX-License-Identifier: Apache-2.0
// A piece of a prompt and where it comes from.
//
// Only Template text may yield added tokens such as <|im_start|>. Content is whatever a person, a
// document, a file name, a role or an earlier answer holds: in it the same characters are text and
// nothing else.
#pragma once

#include <string>

namespace engine {

enum class Provenance { Template, Content };

struct Segment {
  std::string text;  // UTF-8
  Provenance provenance = Provenance::Content;
};

}  // namespace engine
