// SPDX-License-Identifier: Apache-2.0
// The helper's answer, byte by byte, to a Document. Treats every byte as hostile: frame sizes,
// order, page numbers, counts and UTF-8 are checked, and the text is cleaned here, in Fireside,
// whatever the helper did. Needs no process: feed() it anything. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/document.h"

namespace engine {

class DocumentAssembler {
 public:
  // `name` is what messages and the document call the file. `limits` stays the caller's.
  DocumentAssembler(std::string name, const DocumentLimits& limits);

  // Takes the next bytes of the answer. Throws the Error that a Failure frame stands for, or
  // Error{InvalidFile} for an answer that breaks the protocol; the object is of no use afterwards.
  void feed(std::string_view bytes);

  bool is_done() const { return done_; }
  int pages_done() const { return static_cast<int>(document_.pages.size()); }
  int num_pages() const { return static_cast<int>(num_pages_); }  // 0 until known
  uint32_t sandbox_layers() const {
    return sandbox_layers_;
  }  // helper::SandboxLayer; valid once has_hello()
  bool has_hello() const { return has_hello_; }

  // After is_done(). Throws Error{Unsupported} when there is no text in it.
  Document take();

 private:
  void handle(uint32_t type, std::string_view payload);
  void handle_begin(std::string_view payload);
  void handle_text(std::string_view payload);
  void handle_page_end(std::string_view payload);
  void handle_done(std::string_view payload);
  void finish_text();
  [[noreturn]] void break_off() const;

  Document document_;
  DocumentLimits limits_;
  std::string buffer_;  // an incomplete frame
  std::string text_;    // of the current page, or of the whole text document
  uint64_t text_bytes_ = 0;
  uint32_t num_pages_ = 0;
  uint32_t sandbox_layers_ = 0;
  bool has_hello_ = false, has_begun_ = false, done_ = false;
};

}  // namespace engine
