// SPDX-License-Identifier: GPL-2.0-or-later
// fireside-document-helper: bytes of one file in, its text out, inside a sandbox. Started by
// Fireside, never by hand; engine/documents/helper_protocol.h says what it expects and answers.
//
// Everything that has to be loaded from disk is loaded first, on data of our own; then the sandbox
// closes; only then is the file looked at. It ends with _exit(): destructors of a library that an
// attacker may have taken over do not run.
#include <fcntl.h>
#include <iconv.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include "engine/documents/helper/frame_writer.h"
#include "engine/documents/helper/pdf_text.h"
#include "engine/documents/helper/sandbox.h"
#include "engine/documents/text_encoding.h"

namespace document_helper {
namespace {

using namespace engine::helper;

// GB18030 through the C library, whose converter module must be in memory before the sandbox
// closes.
class GbDecoder {
 public:
  GbDecoder() : converter_(iconv_open("UTF-8", "GB18030")) {
    if (available()) decode("\xc4\xe3\x81\x30\x81\x30", [](std::string_view) { return true; });
  }

  bool available() const { return converter_ != reinterpret_cast<iconv_t>(-1); }

  bool decode(std::string_view bytes, const engine::TextSink& sink) {
    char* in = const_cast<char*>(bytes.data());  // iconv() does not write to it
    size_t in_left = bytes.size();
    std::string out(bytes.size() * 3 + 16, '\0');
    char* next = out.data();
    size_t out_left = out.size();
    iconv(converter_, nullptr, nullptr, nullptr, nullptr);
    while (in_left > 0 &&
           iconv(converter_, &in, &in_left, &next, &out_left) == static_cast<size_t>(-1)) {
      if ((errno != EILSEQ && errno != EINVAL) || out_left < 3) break;
      for (const char byte : {'\xef', '\xbf', '\xbd'}) *next++ = byte;  // U+FFFD
      out_left -= 3;
      ++in;
      --in_left;
    }
    return sink(std::string_view(out.data(), out.size() - out_left));
  }

 private:
  iconv_t converter_;
};

bool is_byte_text(const engine::TextGuess& guess) {
  if (guess.verdict != engine::TextGuess::Verdict::Text) return false;
  return guess.encoding == Encoding::Utf8 || guess.encoding == Encoding::Gb18030 ||
         guess.encoding == Encoding::Latin1 || guess.encoding == Encoding::Windows1252;
}

void extract_text(std::string_view bytes, const Request& request, GbDecoder& gb,
                  FrameWriter& writer) {
  // Known at once for what is not UTF-16 or UTF-32: it does not get shorter as UTF-8.
  constexpr size_t kSampleBytes = 1 << 20;
  if (bytes.size() > request.max_text_bytes &&
      is_byte_text(engine::guess_encoding(bytes.substr(0, kSampleBytes))))
    throw Failed{FailureCode::TooMuchText, bytes.size()};
  const engine::TextGuess guess = engine::guess_encoding(bytes);
  if (guess.verdict == engine::TextGuess::Verdict::Binary)
    throw Failed{FailureCode::Binary, static_cast<uint64_t>(guess.kind)};
  if (guess.verdict == engine::TextGuess::Verdict::UnknownEncoding)
    throw Failed{FailureCode::UnknownEncoding};
  if (guess.encoding == Encoding::Gb18030 && !gb.available())
    throw Failed{FailureCode::ConverterMissing};
  writer.begin(DocumentKind::Text, 0, guess.encoding);
  engine::decode_text(
      bytes, guess,
      [&](std::string_view piece, const engine::TextSink& sink) { return gb.decode(piece, sink); },
      [&](std::string_view utf8) {
        writer.text(utf8);
        return true;
      });
}

void extract(const Request& request, const std::string& password, GbDecoder& gb,
             FrameWriter& writer) {
  struct stat status {};
  if (fstat(STDIN_FILENO, &status) != 0)
    throw Failed{FailureCode::ReadFailed, static_cast<uint64_t>(errno)};
  const auto size = static_cast<size_t>(status.st_size);
  std::string_view bytes;
  if (size > 0) {
    void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
    if (data == MAP_FAILED) {
      if (errno == ENOMEM) throw Failed{FailureCode::OutOfMemory};
      throw Failed{FailureCode::ReadFailed, static_cast<uint64_t>(errno)};
    }
    bytes = std::string_view(static_cast<const char*>(data), size);
  }
  if (is_pdf(bytes, request.expect_pdf != 0)) {
    extract_pdf(bytes, password, request.max_pages, writer);
  } else if (request.expect_pdf != 0) {
    throw Failed{FailureCode::NotPdf};
  } else {
    extract_text(bytes, request, gb, writer);
  }
}

int run() {
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  Request request;
  std::string password;
  if (!read_request(request, password)) return 2;
  if (static_cast<uint32_t>(getppid()) != request.parent_pid) return 3;
  GbDecoder gb;
  const std::shared_ptr<void> primed = prime_pdf();
  FrameWriter writer(request.max_text_bytes);
  const SandboxState sandbox =
      enter_sandbox({.readable_folders = {kPopplerDataFolder}, .cpu_seconds = request.cpu_seconds});
  writer.hello(sandbox.layers);
  try {
    if (sandbox.seccomp_error != 0)
      throw Failed{FailureCode::NoSandbox, static_cast<uint64_t>(sandbox.seccomp_error)};
    extract(request, password, gb, writer);
    writer.done();
  } catch (const Failed& failed) {
    writer.failure(failed);
  } catch (const std::bad_alloc&) {
    writer.failure({FailureCode::OutOfMemory});
  }
  return 0;
}

}  // namespace
}  // namespace document_helper

int main() { _exit(document_helper::run()); }
