// SPDX-License-Identifier: Apache-2.0
// Small PDFs for tests, written by hand so that each holds exactly what its test is about.
//
// Fonts: /L Helvetica (Latin-1); /U two bytes a character, code = Unicode, with a ToUnicode map
// (what Qt and browsers write); /G STSong-Light with the predefined map UniGB-UCS2-H and no
// ToUnicode (needs poppler's tables on disk); /Z Helvetica whose ToUnicode map turns "Z" into
// U+0000.
#pragma once

#include <string>
#include <string_view>
#include <vector>

class PdfWriter {
 public:
  // Text of one line at (x, y) in points from the lower left corner.
  static std::string latin(double x, double y, double size, std::string_view text, char font = 'L');
  static std::string unicode(double x, double y, double size, std::u16string_view text,
                             char font = 'U');

  // Lines from the top of a column downwards.
  static std::string lines(double x, double top, double size,
                           const std::vector<std::string>& lines);

  // A grey picture that fills the page.
  static std::string picture();

  void add_page(std::string content) { pages_.push_back(std::move(content)); }

  std::string finish() const;

 private:
  std::vector<std::string> pages_;
};
