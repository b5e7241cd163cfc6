// SPDX-License-Identifier: Apache-2.0
#include "engine/documents/document_assembler.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/documents/document_errors.h"
#include "engine/documents/document_type.h"
#include "engine/documents/helper_protocol.h"
#include "engine/documents/text_clean.h"
#include "engine/documents/text_split.h"
#include "engine/text/utf8.h"

namespace engine {
namespace {

using helper::FrameType;

// Takes numbers off the front of a payload; `good` stays false once one is missing.
class PayloadReader {
 public:
  explicit PayloadReader(std::string_view payload) : rest_(payload) {}

  template <typename T>
  T next() {
    T value{};
    if (rest_.size() < sizeof(T)) {
      good_ = false;
    } else {
      std::memcpy(&value, rest_.data(), sizeof(T));
      rest_.remove_prefix(sizeof(T));
    }
    return value;
  }

  bool complete() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

const char* encoding_name(helper::Encoding encoding) {
  switch (encoding) {
    case helper::Encoding::Utf16Le:
      return "UTF-16LE";
    case helper::Encoding::Utf16Be:
      return "UTF-16BE";
    case helper::Encoding::Utf32Le:
      return "UTF-32LE";
    case helper::Encoding::Utf32Be:
      return "UTF-32BE";
    case helper::Encoding::Gb18030:
      return "GB18030";
    case helper::Encoding::Latin1:
      return "ISO-8859-1";
    case helper::Encoding::Windows1252:
      return "Windows-1252";
    default:
      return "UTF-8";
  }
}

}  // namespace

DocumentAssembler::DocumentAssembler(std::string name, const DocumentLimits& limits)
    : limits_(limits) {
  document_.name = std::move(name);
}

void DocumentAssembler::break_off() const {
  throw unsafe_error(document_.name, "the reader answered with invalid data");
}

void DocumentAssembler::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (done_) break_off();
    size_t wanted = helper::kFrameHeaderBytes;
    uint32_t header[2] = {};
    if (buffer_.size() >= wanted) {
      std::memcpy(header, buffer_.data(), sizeof(header));
      if (header[1] > helper::kMaxFrameBytes) break_off();
      wanted += header[1];
    }
    const size_t take = std::min(bytes.size(), wanted - buffer_.size());
    buffer_.append(bytes, 0, take);
    bytes.remove_prefix(take);
    if (buffer_.size() < wanted) return;
    if (wanted == helper::kFrameHeaderBytes) {
      std::memcpy(header, buffer_.data(), sizeof(header));
      if (header[1] > 0) continue;
    }
    handle(header[0], std::string_view(buffer_).substr(helper::kFrameHeaderBytes));
    buffer_.clear();
  }
}

void DocumentAssembler::handle(uint32_t type, std::string_view payload) {
  const auto frame = static_cast<FrameType>(type);
  if (!has_hello_) {
    PayloadReader reader(payload);
    const auto version = reader.next<uint32_t>();
    sandbox_layers_ = reader.next<uint32_t>();
    if (frame != FrameType::Hello || !reader.complete() || version != helper::kProtocolVersion)
      break_off();
    has_hello_ = true;
    return;
  }
  if (frame == FrameType::Failure) {
    PayloadReader reader(payload);
    const auto code = reader.next<uint32_t>();
    const auto figure = reader.next<uint64_t>();
    if (!reader.complete() || code == 0 ||
        code >= static_cast<uint32_t>(helper::FailureCode::Count))
      break_off();
    throw failure_error(document_.name, static_cast<helper::FailureCode>(code), figure, limits_);
  }
  if (has_begun_ == (frame == FrameType::Begin)) break_off();
  switch (frame) {
    case FrameType::Begin:
      return handle_begin(payload);
    case FrameType::Text:
      return handle_text(payload);
    case FrameType::PageEnd:
      return handle_page_end(payload);
    case FrameType::Done:
      return handle_done(payload);
    default:
      break_off();
  }
}

void DocumentAssembler::handle_begin(std::string_view payload) {
  PayloadReader reader(payload);
  const auto kind = reader.next<uint32_t>();
  num_pages_ = reader.next<uint32_t>();
  const auto encoding = reader.next<uint32_t>();
  if (!reader.complete() || encoding >= static_cast<uint32_t>(helper::Encoding::Count)) break_off();
  if (kind == static_cast<uint32_t>(helper::DocumentKind::Pdf)) {
    if (num_pages_ == 0 || num_pages_ > static_cast<uint32_t>(std::max(limits_.max_pages, 0)) ||
        encoding != 0)
      break_off();
    document_.type = "pdf";
    document_.has_real_pages = true;
    document_.pages.reserve(num_pages_);
  } else {
    if (kind != static_cast<uint32_t>(helper::DocumentKind::Text) || num_pages_ != 0 ||
        encoding == 0)
      break_off();
    document_.type = text_type_of_name(document_.name);
    document_.encoding = encoding_name(static_cast<helper::Encoding>(encoding));
  }
  has_begun_ = true;
}

void DocumentAssembler::handle_text(std::string_view payload) {
  text_bytes_ += payload.size();
  if (text_bytes_ > static_cast<uint64_t>(std::max<int64_t>(limits_.max_text_bytes, 0)))
    break_off();
  text_ += payload;
}

void DocumentAssembler::handle_page_end(std::string_view payload) {
  PayloadReader reader(payload);
  const auto page = reader.next<uint32_t>();
  if (!reader.complete() || !document_.has_real_pages || page != document_.pages.size() + 1 ||
      page > num_pages_)
    break_off();
  if (find_invalid_utf8(text_) != kValidUtf8) break_off();
  document_.pages.push_back(tidy_layout(clean_text(text_)));
  text_.clear();
}

void DocumentAssembler::handle_done(std::string_view payload) {
  PayloadReader reader(payload);
  const auto pages = reader.next<uint32_t>();
  const auto text_bytes = reader.next<uint64_t>();
  if (!reader.complete() || pages != document_.pages.size() || pages != num_pages_ ||
      text_bytes != text_bytes_)
    break_off();
  if (!document_.has_real_pages) {
    finish_text();
  } else if (!text_.empty()) {
    break_off();  // text behind the last page
  }
  done_ = true;
}

void DocumentAssembler::finish_text() {
  if (find_invalid_utf8(text_) != kValidUtf8) break_off();
  document_.pages = split_into_pages(clean_text(text_));
  text_ = {};
}

Document DocumentAssembler::take() {
  for (size_t i = 0; i < document_.pages.size(); ++i)
    if (is_blank(document_.pages[i])) document_.empty_pages.push_back(static_cast<int>(i) + 1);
  if (document_.empty_pages.size() == document_.pages.size()) {
    if (document_.has_real_pages) throw scanned_error(document_.name, pages_done());
    throw Error(ErrorCode::Unsupported,
                "'" + document_.name +
                    "' holds no text, only blanks. Check that it is the file you meant.");
  }
  return std::move(document_);
}

}  // namespace engine
