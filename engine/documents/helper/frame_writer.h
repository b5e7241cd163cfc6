// SPDX-License-Identifier: Apache-2.0
// The helper's side of helper_protocol.h: the request in, frames out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/documents/helper_protocol.h"

namespace document_helper {

// Ends the extraction with a Failure frame; caught in main().
struct Failed {
  engine::helper::FailureCode code;
  uint64_t figure = 0;
};

// Reads fd 3 to its end and closes it. False when it is not a request of this version.
bool read_request(engine::helper::Request& request, std::string& password);

// Writes to fd 1 and gives up the process when nobody reads any more.
class FrameWriter {
 public:
  explicit FrameWriter(uint64_t max_text_bytes) : max_text_bytes_(max_text_bytes) {}

  void hello(uint32_t layers);
  void begin(engine::helper::DocumentKind kind, uint32_t pages, engine::helper::Encoding encoding);
  void text(std::string_view utf8);  // any length; throws Failed{TooMuchText}
  void page_end();
  void done();
  void failure(const Failed& failed);

 private:
  void frame(engine::helper::FrameType type, std::string_view payload);

  uint64_t max_text_bytes_;
  uint64_t text_bytes_ = 0;
  uint32_t pages_ = 0;
};

}  // namespace document_helper
