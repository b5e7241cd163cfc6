// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/documents/pdf_writer.h"

#include <cstdio>

namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f", value);
  return text;
}

std::string hex(unsigned value) {
  char text[8];
  std::snprintf(text, sizeof(text), "%04X", value);
  return text;
}

std::string show(double x, double y, double size, char font, const std::string& operand) {
  return std::string("BT /") + font + ' ' + number(size) + " Tf " + number(x) + ' ' + number(y) +
         " Td " + operand + " Tj ET\n";
}

std::string stream(const std::string& data) {
  return "<</Length " + std::to_string(data.size()) + ">>stream\n" + data + "\nendstream";
}

std::string to_unicode(const std::string& ranges, int code_bytes) {
  const std::string space = code_bytes == 2 ? "<0000> <FFFF>" : "<00> <FF>";
  return stream(
      "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 "
      "def\n"
      "1 begincodespacerange " +
      space + " endcodespacerange\n" + ranges +
      "endcmap CMapName currentdict /CMap defineresource pop end end");
}

// Every code is its own character; a range may not cross a row of 256.
std::string identity_ranges() {
  std::string out;
  for (unsigned row = 0; row < 256; ++row) {
    if (row % 64 == 0) out += "64 beginbfrange\n";
    const unsigned first = row << 8;
    for (const unsigned code : {first, first | 0xff, first})
      out.append("<").append(hex(code)).append("> ");
    out += '\n';
    if (row % 64 == 63) out += "endbfrange\n";
  }
  return out;
}

}  // namespace

std::string PdfWriter::latin(double x, double y, double size, std::string_view text, char font) {
  std::string operand = "(";
  for (const char c : text) {
    if (c == '(' || c == ')' || c == '\\') operand += '\\';
    operand += c;
  }
  return show(x, y, size, font, operand + ")");
}

std::string PdfWriter::unicode(double x, double y, double size, std::u16string_view text,
                               char font) {
  std::string operand = "<";
  for (const char16_t unit : text) operand += hex(unit);
  return show(x, y, size, font, operand + ">");
}

std::string PdfWriter::lines(double x, double top, double size,
                             const std::vector<std::string>& lines) {
  std::string out;
  for (size_t i = 0; i < lines.size(); ++i)
    out += latin(x, top - 1.2 * size * static_cast<double>(i), size, lines[i]);
  return out;
}

std::string PdfWriter::picture() {
  return "q 612 0 0 792 0 0 cm BI /W 2 /H 2 /CS /G /BPC 8 ID \x20\x80\x60\xf0 EI Q\n";
}

std::string PdfWriter::finish() const {
  std::vector<std::string> objects;
  std::string kids;
  constexpr size_t kFirstPage = 14;
  for (size_t i = 0; i < pages_.size(); ++i) kids += std::to_string(kFirstPage + 2 * i) + " 0 R ";
  const auto descendant = [](const char* name, const char* ordering, int descriptor) {
    return std::string("<</Type/Font/Subtype/CIDFontType2/BaseFont/") + name +
           "/CIDSystemInfo<</Registry(Adobe)/Ordering(" + ordering +
           ")/Supplement 0>>/DW 1000/FontDescriptor " + std::to_string(descriptor) + " 0 R>>";
  };
  const auto descriptor = [](const char* name) {
    return std::string("<</Type/FontDescriptor/FontName/") + name +
           "/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 900/Descent -200/CapHeight "
           "700/StemV 80>>";
  };
  objects.push_back("<</Type/Catalog/Pages 2 0 R>>");
  objects.push_back("<</Type/Pages/Count " + std::to_string(pages_.size()) + "/Kids[" + kids +
                    "]>>");
  objects.push_back("<</Font<</L 4 0 R/U 5 0 R/G 9 0 R/Z 12 0 R>>>>");
  objects.push_back("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>");
  objects.push_back(
      "<</Type/Font/Subtype/Type0/BaseFont/Any/Encoding/Identity-H/DescendantFonts[6 0 "
      "R]/ToUnicode 8 0 R>>");
  objects.push_back(descendant("Any", "Identity", 7));
  objects.push_back(descriptor("Any"));
  objects.push_back(to_unicode(identity_ranges(), 2));
  objects.push_back(
      "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[10 0 "
      "R]>>");
  objects.push_back(descendant("STSong-Light", "GB1", 11));
  objects.push_back(descriptor("STSong-Light"));
  objects.push_back(
      "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding/ToUnicode 13 0 R>>");
  objects.push_back(to_unicode("1 beginbfchar <5A> <0000> endbfchar\n", 1));
  for (size_t i = 0; i < pages_.size(); ++i) {
    objects.push_back("<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources 3 0 R/Contents " +
                      std::to_string(kFirstPage + 2 * i + 1) + " 0 R>>");
    objects.push_back(stream(pages_[i]));
  }
  std::string out = "%PDF-1.5\n";
  std::vector<size_t> offsets;
  for (size_t i = 0; i < objects.size(); ++i) {
    offsets.push_back(out.size());
    out += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  }
  const size_t table = out.size();
  out += "xref\n0 " + std::to_string(objects.size() + 1) + "\n0000000000 65535 f \n";
  for (const size_t offset : offsets) {
    char entry[32];
    std::snprintf(entry, sizeof(entry), "%010zu 00000 n \n", offset);
    out += entry;
  }
  return out + "trailer\n<</Size " + std::to_string(objects.size() + 1) +
         "/Root 1 0 R>>\nstartxref\n" + std::to_string(table) + "\n%%EOF\n";
}
