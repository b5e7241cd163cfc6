// SPDX-License-Identifier: Apache-2.0
// Text of documents, page by page, read in a sandboxed helper process.
//
// The caller opens nothing itself: read_document() opens the file read-only, hands the descriptor
// to fireside-document-helper (seccomp, Landlock, rlimits, no network, empty environment) and
// checks what comes back (length-limited UTF-8). A crash, bomb or timeout of the helper is one
// Error{InvalidFile} in words. Formats: PDF; plain text, Markdown, source code, CSV, JSON, logs in
// UTF-8, UTF-16, UTF-32, GB18030, Windows-1252, Latin-1.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace engine {

struct DocumentLimits {
  int64_t max_file_bytes = 512ll << 20;
  int64_t max_text_bytes = 64ll << 20;  // more text than this is refused, never cut
  int max_pages = 20000;
  int timeout_s = 120;
};

struct Document {
  std::string name;    // file name for people, UTF-8, control characters replaced
  std::string type;    // "pdf", "markdown", "csv", "json", "code", "log", "text"
  std::string sha256;  // of the file, lower-case hex
  int64_t file_bytes = 0;
  std::string encoding;  // "UTF-8", "UTF-16LE", "GB18030", "ISO-8859-1", ...; empty for PDF
  bool has_real_pages =
      false;  // PDF; otherwise pages are pieces of about 3,000 characters cut at line ends
  std::vector<std::string>
      pages;  // UTF-8, "\n" line ends, Kangxi radicals mapped to Han, no control characters
  std::vector<int>
      empty_pages;  // numbers (from 1) of pages without text, for instance scanned ones
};

// num_pages is 0 until known.
using DocumentProgress = std::function<void(int pages_done, int num_pages)>;

// Errors call the file `called`: a command line gives the path as it was typed; empty means its
// name, which is what a window shows. Blocks; call it from a pool thread. Throws Error{NotFound,
// InvalidFile, Unsupported (binary, folder, scanned PDF without any text), PasswordRequired,
// Cancelled, Io, OutOfMemory (over a limit)}.
Document read_document(const std::string& path, const std::string& password = {},
                       const DocumentLimits& limits = {}, const DocumentProgress& progress = {},
                       std::stop_token stop = {}, const std::string& called = {});

// The same for text that is already in memory (a long paste): split into pages, no helper needed.
Document document_from_text(const std::string& name, const std::string& text);

// Path of fireside-document-helper: $FIRESIDE_DOCUMENT_HELPER, else beside the executable, else
// <prefix>/libexec/fireside. Throws Error{NotFound}.
std::string document_helper_path();

// For `doctor`: reads a line of text through the helper.
struct DocumentHelperStatus {
  std::string path;
  std::string missing_layers;  // of the sandbox, in words; empty when all are in force
  std::string problem;         // empty when documents can be read
};
DocumentHelperStatus check_document_helper();  // never throws

}  // namespace engine
