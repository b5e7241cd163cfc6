// SPDX-License-Identifier: Apache-2.0
#include "engine/log.h"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include "engine/base/user_folders.h"
#include "engine/error.h"

namespace engine {
namespace {

constexpr size_t kMaxFileBytes = 5 << 20;
constexpr size_t kMaxFiles = 3;
constexpr size_t kMaxPrintableBytes = 200;  // without the dots
constexpr size_t kPrintableHeadBytes = 80;

// Controls, and marks that turn the direction of text: they would lie about what stands in a log.
bool is_control(uint32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

// Bytes of the character that `text` starts with; 0 for a control character or broken UTF-8.
size_t visible_length(std::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const size_t length = byte(0) < 0x80   ? 1
                        : byte(0) < 0xc2 ? 0
                        : byte(0) < 0xe0 ? 2
                        : byte(0) < 0xf0 ? 3
                        : byte(0) < 0xf5 ? 4
                                         : 0;
  if (length == 0 || length > text.size()) return 0;
  uint32_t character = length == 1 ? byte(0) : byte(0) & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    character = character << 6 | (byte(i) & 0x3f);
  }
  const bool overlong = (length == 3 && character < 0x800) || (length == 4 && character < 0x10000);
  const bool surrogate = character >= 0xd800 && character < 0xe000;
  return overlong || surrogate || character > 0x10ffff || is_control(character) ? 0 : length;
}

// Why there is no file, and what to do; empty when there is one.
std::string add_file(std::vector<spdlog::sink_ptr>* sinks) {
  const std::string folder = log_directory();
  if (folder.empty()) return "HOME names no folder; set it, or XDG_STATE_HOME, to one of your own";
  try {
    sinks->push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
        folder + "/fireside.log", kMaxFileBytes, kMaxFiles));
    sinks->back()->set_pattern("%Y-%m-%d %H:%M:%S.%e [%t] %l: %v");
    return "";
  } catch (const spdlog::spdlog_ex& problem) {
    // The reason, where it is the folder: the library only knows that the file is not there.
    std::error_code failed;
    if (!std::filesystem::create_directories(folder, failed) && failed)
      return "the folder " + printable(folder) + " cannot be made: " + failed.message() +
             "; set XDG_STATE_HOME to one that can be written";
    return problem.what();
  }
}

}  // namespace

std::string log_directory() {
  // Without one there is none: in a folder that all users share another could have put a link.
  const auto folder = state_folder();
  if (!folder) return "";
  std::error_code ignored;  // the caller finds out when it opens a file there
  std::filesystem::create_directories(*folder, ignored);
  return folder->string();
}

void init_logging(const std::string& level, bool log_to_stderr) {
  const auto parsed = spdlog::level::from_str(level);
  if (parsed == spdlog::level::off && level != "off")
    throw Error(ErrorCode::InvalidArgument,
                "log level '" + printable(level) +
                    "' is not known; use trace, debug, info, warn, error or off");
  std::vector<spdlog::sink_ptr> sinks;
  if (log_to_stderr) {
    sinks.push_back(std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    sinks.back()->set_level(spdlog::level::warn);
    sinks.back()->set_pattern("%^%l%$: %v");
  }
  const std::string file_problem = add_file(&sinks);
  auto logger = std::make_shared<spdlog::logger>("fireside", sinks.begin(), sinks.end());
  logger->set_level(parsed);
  logger->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(std::move(logger));
  if (!file_problem.empty()) spdlog::warn("no log file: {}", file_problem);
}

std::string printable(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const size_t length = visible_length(std::string_view(text).substr(i));
    if (length == 0) {
      static const char* digits = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(text[i++]);
      out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    } else {
      out.append(text, i, length);
      i += length;
    }
  }
  // The middle goes: of a long path the end says which file it is.
  if (out.size() > kMaxPrintableBytes) {
    const auto is_inside = [&out](size_t at) {
      return (static_cast<unsigned char>(out[at]) & 0xc0) == 0x80;
    };
    size_t head = kPrintableHeadBytes;
    size_t tail = out.size() - (kMaxPrintableBytes - kPrintableHeadBytes);
    while (head > 0 && is_inside(head)) --head;
    while (tail < out.size() && is_inside(tail)) ++tail;
    out = out.substr(0, head) + "..." + out.substr(tail);
  }
  return out;
}

}  // namespace engine
