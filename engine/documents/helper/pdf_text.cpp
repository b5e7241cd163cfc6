// SPDX-License-Identifier: GPL-2.0-or-later
#include "engine/documents/helper/pdf_text.h"

#include <poppler-document.h>
#include <poppler-global.h>
#include <poppler-page.h>

#include <algorithm>
#include <climits>
#include <memory>

#include "engine/documents/page_layout.h"
#include "engine/text/utf8.h"

namespace document_helper {
namespace {

using namespace engine::helper;

// One page with the word "a" in an unembedded font; poppler rebuilds the cross-reference table it
// lacks.
constexpr std::string_view kTinyPdf =
    "%PDF-1.4\n"
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 "
    "R/Resources<</Font<</F<</Type/Font"
    "/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
    "4 0 obj<</Length 29>>stream\nBT /F 9 Tf 9 9 Td (a) Tj ET  \nendstream endobj\n"
    "trailer<</Root 1 0 R>>\n%%EOF\n";

using DocumentPointer = std::unique_ptr<poppler::document>;

DocumentPointer load(std::string_view bytes, const std::string& password) {
  return DocumentPointer(poppler::document::load_from_raw_data(
      bytes.data(), static_cast<int>(bytes.size()), password, password));
}

// Passwords of older files are in a one-byte encoding, those of newer ones in UTF-8.
std::string to_latin1(const std::string& utf8) {
  std::string out;
  if (engine::find_invalid_utf8(utf8) != engine::kValidUtf8) return utf8;
  for (size_t i = 0; i < utf8.size();) {
    const engine::Utf8Step step = engine::decode_valid(utf8, i);
    if (step.code_point > 0xff) return utf8;
    out += static_cast<char>(step.code_point);
    i += step.size;
  }
  return out;
}

// A file that opens for everybody does so whatever password is given.
DocumentPointer load_unlocked(std::string_view bytes, const std::string& password) {
  DocumentPointer document;
  for (const std::string& candidate : {password, to_latin1(password), std::string()}) {
    document = load(bytes, candidate);
    if (document == nullptr || !document->is_locked()) break;
  }
  return document;
}

// A file without an end has lost pages, even where poppler can repair it: "%%EOF" belongs into the
// last kilobyte; some programs append blanks, zeros or a signature.
bool has_end(std::string_view bytes) {
  constexpr size_t kTail = 8 << 10;
  while (!bytes.empty() && (bytes.back() == '\0' || bytes.back() == '\n' || bytes.back() == '\r' ||
                            bytes.back() == ' '))
    bytes.remove_suffix(1);
  const std::string_view tail = bytes.substr(bytes.size() - std::min(bytes.size(), kTail));
  return tail.find("%%EOF") != std::string_view::npos ||
         tail.find("startxref") != std::string_view::npos;
}

// poppler's strings are UTF-16. Our own conversion: theirs asks the C library for a converter on
// every page.
std::string to_utf8(const poppler::ustring& text) {
  std::string out;
  out.reserve(text.size() + text.size() / 2);
  for (size_t i = 0; i < text.size(); ++i) {
    char32_t c = text[i];
    if (c >= 0xd800 && c < 0xe000) {
      const char32_t low = c < 0xdc00 && i + 1 < text.size() ? char32_t{text[i + 1]} : 0;
      if (low >= 0xdc00 && low < 0xe000) {
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        ++i;
      } else {
        c = 0xfffd;
      }
    }
    engine::append_utf8(c, out);
  }
  return out;
}

// As on paper, which keeps tables, code and headings in shape; columns one after the other.
std::string page_text(const poppler::document& document, int index) {
  const std::unique_ptr<poppler::page> page(document.create_page(index));
  if (page == nullptr) return {};
  std::string text = to_utf8(page->text(poppler::rectf(), poppler::page::physical_layout));
  if (engine::is_set_in_columns(text))
    text = to_utf8(page->text(poppler::rectf(), poppler::page::non_raw_non_physical_layout));
  return text;
}

}  // namespace

bool is_pdf(std::string_view bytes, bool named_pdf) {
  constexpr std::string_view kMagic = "%PDF-";
  return named_pdf ? bytes.substr(0, 1024).find(kMagic) != std::string_view::npos
                   : bytes.starts_with(kMagic);
}

std::shared_ptr<void> prime_pdf() {
  poppler::set_debug_error_function([](const std::string&, void*) {}, nullptr);
  DocumentPointer document = load(kTinyPdf, {});
  if (document != nullptr) page_text(*document, 0);
  return document;
}

void extract_pdf(std::string_view bytes, const std::string& password, uint32_t max_pages,
                 FrameWriter& writer) {
  if (bytes.size() > INT_MAX) throw Failed{FailureCode::TooMuchText, bytes.size()};
  if (!has_end(bytes)) throw Failed{FailureCode::TruncatedPdf};
  const DocumentPointer document = load_unlocked(bytes, password);
  if (document == nullptr) throw Failed{FailureCode::BrokenPdf};
  if (document->is_locked())
    throw Failed{password.empty() ? FailureCode::PasswordRequired : FailureCode::WrongPassword};
  const int pages = document->pages();
  if (pages <= 0) throw Failed{FailureCode::NoPages};
  const auto num_pages = static_cast<uint32_t>(pages);
  if (num_pages > max_pages) throw Failed{FailureCode::TooManyPages, num_pages};
  writer.begin(DocumentKind::Pdf, num_pages, Encoding::None);
  for (int i = 0; i < pages; ++i) {
    writer.text(page_text(*document, i));
    writer.page_end();
  }
}

}  // namespace document_helper
