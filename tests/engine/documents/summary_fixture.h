// SPDX-License-Identifier: Apache-2.0
// Documents to summarise and a way to count their tokens without a model.
#pragma once

#include <QString>
#include <cctype>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/document.h"
#include "engine/request.h"

// Roughly how a tokenizer behaves: a word, a number, a mark or an ideograph is a token; long words
// are several.
inline int count_like_a_tokenizer(std::string_view text) {
  int tokens = 0, run = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      if (run++ % 6 == 0) ++tokens;
    } else {
      run = 0;
      if (byte >= 0xc0 || (byte < 0x80 && byte != ' ')) ++tokens;
    }
  }
  return tokens;
}

inline engine::Document document_of(std::vector<std::string> pages,
                                    const std::string& type = "pdf") {
  engine::Document document;
  document.name = "report.pdf";
  document.type = type;
  document.has_real_pages = type == "pdf";
  document.pages = std::move(pages);
  return document;
}

inline std::string paragraph(std::mt19937& random, size_t words) {
  static const char* const kWords[] = {"memory", "bandwidth", "of",   "the",   "model",
                                       "and",    "a",         "page", "reads", "42"};
  std::string out;
  for (size_t i = 0; i < words; ++i) {
    out += kWords[random() % 10];
    out += random() % 12 == 0 ? ". " : " ";
  }
  return out;
}

inline QString content_of(const std::vector<engine::ChatMessage>& messages) {
  return QString::fromStdString(messages.back().content);
}
