// SPDX-License-Identifier: Apache-2.0
// Time from a file to its text, through the sandboxed helper, and to a plan for its summary.
//   bench_documents [FILE...]
// Without files: a 300-page PDF, 60 MB of text and a refusal of 200 MB, all made here.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/document.h"
#include "engine/documents/sha256.h"
#include "engine/error.h"
#include "engine/summary.h"
#include "tests/engine/documents/pdf_writer.h"

namespace {

double seconds_of(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// About as many words as a book has on a page: 46 lines of 12 words.
std::string book(int pages) {
  static const char* const kWords[] = {"the",    "model", "reads", "every", "page",
                                       "of",     "a",     "long",  "book",  "before",
                                       "memory", "sends", "bytes", "again"};
  PdfWriter pdf;
  unsigned random = 1;
  for (int page = 1; page <= pages; ++page) {
    std::vector<std::string> lines = {std::to_string(page) + ".1 A heading on this page", ""};
    for (int line = 0; line < 46; ++line) {
      std::string text;
      for (int word = 0; word < 12; ++word) {
        random = random * 1664525 + 1013904223;
        text.append(kWords[random >> 16 & 7]).append(" ");
      }
      lines.push_back(text);
    }
    pdf.add_page(PdfWriter::lines(72, 750, 11, lines));
  }
  return pdf.finish();
}

void write_file(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// Best of three: other work on the machine only ever makes it slower.
void measure(const std::string& path) {
  engine::Document document;
  double best = 1e9, first = 0;
  try {
    for (int i = 0; i < 3; ++i) {
      const auto start = std::chrono::steady_clock::now();
      first = 0;
      best = std::min(
          best, seconds_of([&] {
            document = engine::read_document(path, {}, {}, [&](int, int) {
              if (first == 0)
                first =
                    std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            });
          }));
    }
  } catch (const engine::Error& error) {
    const double refused = seconds_of([&] {
      try {
        engine::read_document(path);
      } catch (const engine::Error&) {
        return;
      }
    });
    std::printf("refused in %.3f s: %s\n", refused, error.what());
    return;
  }
  size_t bytes = 0;
  for (const std::string& page : document.pages) bytes += page.size();
  engine::SummaryPlan plan;
  const double planning = seconds_of([&] {
    plan = engine::plan_summary(document, 32768, "Summarise.", [](std::string_view text) {
      return static_cast<int>(text.size() / 4 + 1);
    });
  });
  std::printf(
      "%-24s %6zu pages %9zu bytes of text  read %.3f s (first page after %.3f s)  plan %.3f s, "
      "%zu sections\n",
      document.name.c_str(), document.pages.size(), bytes, best, first, planning,
      plan.sections.size());
}

void measure_hash() {
  const std::string bytes(64 << 20, 'x');
  const double seconds = seconds_of([&] {
    engine::Sha256 sha;
    sha.update(bytes);
    if (sha.finish().size() != 64) std::abort();
  });
  std::printf("sha256: %.0f MB/s\n", 64 / seconds);
}

}  // namespace

int main(int argc, char** argv) {
  const auto status = engine::check_document_helper();
  if (!status.problem.empty()) {
    std::fprintf(stderr, "%s\n", status.problem.c_str());
    return 1;
  }
  std::printf("sandbox layers missing: %s\n",
              status.missing_layers.empty() ? "none" : status.missing_layers.c_str());
  if (argc > 1) {
    for (int i = 1; i < argc; ++i) measure(argv[i]);
    return 0;
  }
  const auto folder =
      std::filesystem::temp_directory_path() / ("fireside-bench-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  write_file(folder / "book300.pdf", book(300));
  std::string text;
  while (text.size() < 60u << 20)
    text += "A line of a log file that says what happened at some time of the day.\n";
  write_file(folder / "text60mb.log", text);
  while (text.size() < 200u << 20) text += text.substr(0, 20u << 20);
  write_file(folder / "text200mb.log", text);
  for (const char* name : {"book300.pdf", "text60mb.log", "text200mb.log"})
    measure((folder / name).string());
  measure_hash();
  std::filesystem::remove_all(folder);
  return 0;
}
