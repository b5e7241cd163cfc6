// SPDX-License-Identifier: Apache-2.0
// A helper that has been taken over. What it does stands in the "document":
//
//   raw\n<bytes>              answers with these bytes and ends
//   hang\n<bytes>             answers with these bytes and stays
//   flood\n                   never stops answering
//   look\n                    checks what it was started with
//   attack <name> <layers>\n  enters the real sandbox with these layers (a number) and attacks
//
// An attack that works is answered with a document that says ESCAPED; one that is refused ends
// without an answer.
#include <fcntl.h>
#include <grp.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>
#include <string_view>

#include "engine/documents/helper/frame_writer.h"
#include "engine/documents/helper/sandbox.h"
#include "tests/engine/documents/attacks.h"

namespace {

using namespace engine::helper;

void answer(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written <= 0) _exit(1);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

std::string read_input() {
  std::string content;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(STDIN_FILENO, buffer, sizeof(buffer))) > 0;)
    content.append(buffer, static_cast<size_t>(got));
  return content;
}

void escaped(document_helper::FrameWriter& writer, std::string_view how) {
  writer.begin(DocumentKind::Text, 0, Encoding::Utf8);
  writer.text("ESCAPED: " + std::string(how));
  writer.done();
}

// Empty when nothing was inherited but what the protocol names.
std::string what_was_inherited() {
  std::string found;
  for (int fd = 4; fd < 256; ++fd)
    if (fcntl(fd, F_GETFD) != -1) found += "descriptor " + std::to_string(fd) + " ";
  if (fcntl(STDIN_FILENO, F_GETFL) != -1 && (fcntl(STDIN_FILENO, F_GETFL) & O_ACCMODE) != O_RDONLY)
    found += "a writable file ";
  for (char** variable = environ; *variable != nullptr; ++variable)
    found += std::string(*variable) + " ";
  return found;
}

void flood(document_helper::FrameWriter& writer) {
  writer.begin(DocumentKind::Text, 0, Encoding::Utf8);
  const std::string piece(32 << 10, 'a');
  for (;;) writer.text(piece);
}

void run_attack(std::istringstream& words, document_helper::FrameWriter& writer) {
  std::string name;
  uint32_t layers = 0;
  words >> name >> layers;
  // Root is exempt from the limit on processes; the helper of a user is not root.
  if (name == "fork_bomb" && getuid() == 0 &&
      (setgroups(0, nullptr) != 0 || setresuid(65534, 65534, 65534) != 0)) {
    writer.hello(0);
    escaped(writer, "the test could not stop being root");
  }
  const auto state =
      document_helper::enter_sandbox({.readable_folders = {}, .cpu_seconds = 1, .layers = layers});
  writer.hello(state.layers);
  if (attack(name)) escaped(writer, name);
  _exit(9);
}

}  // namespace

int main() {
  Request request;
  std::string password;
  if (!document_helper::read_request(request, password)) return 2;
  const std::string content = read_input();
  const size_t line = content.find('\n');
  const std::string rest = line == std::string::npos ? "" : content.substr(line + 1);
  std::istringstream words(content.substr(0, line));
  std::string command;
  words >> command;
  document_helper::FrameWriter writer(UINT64_MAX);
  if (command == "raw" || command == "hang") {
    answer(rest);
    if (command == "hang")
      for (;;) pause();
    return 0;
  }
  if (command == "attack") {
    run_attack(words, writer);
  } else if (command == "flood") {
    writer.hello(document_helper::kAllLayers);
    flood(writer);
  } else if (command == "look") {
    const std::string found = what_was_inherited();
    writer.hello(document_helper::kAllLayers);
    if (!found.empty()) escaped(writer, found);
    return found.empty() ? 9 : 0;
  }
  return 7;
}
