// SPDX-License-Identifier: Apache-2.0
#include "engine/documents/helper/frame_writer.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace document_helper {
namespace {

using namespace engine::helper;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "frames are little-endian");

template <typename T>
void append(std::string& out, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

void write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(1);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

bool read_request(Request& request, std::string& password) {
  std::string bytes;
  char buffer[2048];
  ssize_t got = 0;
  while ((got = read(kRequestFd, buffer, sizeof(buffer))) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || bytes.size() > sizeof(Request) + kMaxPasswordBytes) return false;
    bytes.append(buffer, static_cast<size_t>(got));
  }
  close(kRequestFd);
  if (bytes.size() < sizeof(Request)) return false;
  std::memcpy(&request, bytes.data(), sizeof(Request));
  if (request.magic != kRequestMagic || request.version != kProtocolVersion ||
      request.password_bytes != bytes.size() - sizeof(Request))
    return false;
  password = bytes.substr(sizeof(Request));
  return true;
}

void FrameWriter::frame(FrameType type, std::string_view payload) {
  std::string bytes;
  bytes.reserve(kFrameHeaderBytes + payload.size());
  append(bytes, static_cast<uint32_t>(type));
  append(bytes, static_cast<uint32_t>(payload.size()));
  bytes += payload;
  write_all(bytes);
}

void FrameWriter::hello(uint32_t layers) {
  std::string payload;
  append(payload, kProtocolVersion);
  append(payload, layers);
  frame(FrameType::Hello, payload);
}

void FrameWriter::begin(DocumentKind kind, uint32_t pages, Encoding encoding) {
  std::string payload;
  append(payload, static_cast<uint32_t>(kind));
  append(payload, pages);
  append(payload, static_cast<uint32_t>(encoding));
  frame(FrameType::Begin, payload);
}

void FrameWriter::text(std::string_view utf8) {
  text_bytes_ += utf8.size();
  if (text_bytes_ > max_text_bytes_) throw Failed{FailureCode::TooMuchText, text_bytes_};
  while (!utf8.empty()) {
    const std::string_view piece = utf8.substr(0, kMaxFrameBytes);
    frame(FrameType::Text, piece);
    utf8.remove_prefix(piece.size());
  }
}

void FrameWriter::page_end() {
  std::string payload;
  append(payload, ++pages_);
  frame(FrameType::PageEnd, payload);
}

void FrameWriter::done() {
  std::string payload;
  append(payload, pages_);
  append(payload, text_bytes_);
  frame(FrameType::Done, payload);
}

void FrameWriter::failure(const Failed& failed) {
  std::string payload;
  append(payload, static_cast<uint32_t>(failed.code));
  append(payload, failed.figure);
  frame(FrameType::Failure, payload);
}

}  // namespace document_helper
