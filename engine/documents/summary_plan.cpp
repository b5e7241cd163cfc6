// SPDX-License-Identifier: Apache-2.0
// From pages to sections. The steps: cut pages at their headings into atoms and count each once;
// when all of them fit one prompt, that is the plan; otherwise split the atoms that are too long
// alone, and pack neighbours into sections of about equal size, ending each before a heading when
// one is near.
#include "engine/summary.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/documents/headings.h"
#include "engine/documents/render.h"
#include "engine/documents/summary_text.h"
#include "engine/documents/text_split.h"
#include "engine/error.h"

namespace engine {
namespace {

constexpr int kMinContextTokens = 512;
constexpr int kMinSectionTokens = 96;
// Sections are kept well below large contexts: many of them run together in one batch, attention
// costs grow with the square of the length, and a summary of a few thousand tokens keeps details
// that one of a hundred thousand loses.
constexpr int kMaxSectionTokens = 8192;
constexpr int kPartMarkTokens = 24;        // "[page 12345, part 123 of 456]\n"
constexpr size_t kMinFragmentBytes = 400;  // do not cut a page into crumbs
constexpr int kStrongestWeakLevel = 3;     // headings from here on do not cut pages

// A page, a piece of it between two headings, or a numbered part of a page too long for one
// section.
struct Atom {
  int page = 1;
  std::string mark;  // "[page 7]\n" or "[page 7, part 2 of 5]\n"
  std::string_view text;
  bool is_part = false;
  int heading_level = 0;  // of a heading at its beginning; 0: none
  std::string title;      // of that heading, else of the last one before it
  int tokens = 0;
};

std::string atom_text(const Atom& atom) {
  std::string out = atom.mark;
  out += atom.text;
  if (!atom.text.empty() && atom.text.back() != '\n') out += '\n';
  return out;
}

// Cuts every page before its strong headings. Nothing but views into the document.
std::vector<Atom> make_atoms(const Document& document) {
  const std::vector<Heading> headings = find_headings(document);
  std::vector<Atom> atoms;
  std::string running_title;
  size_t next = 0;
  for (size_t page = 0; page < document.pages.size(); ++page) {
    const std::string_view text = document.pages[page];
    const int number = static_cast<int>(page) + 1;
    size_t begin = 0;
    Atom atom{number, page_mark(number), {}, false, 0, running_title, 0};
    for (; next < headings.size() && headings[next].page == page; ++next) {
      const Heading& heading = headings[next];
      const bool at_begin = text.substr(begin, heading.offset - begin).find_first_not_of(" \t\n") ==
                            std::string_view::npos;
      if (at_begin) {
        if (atom.heading_level == 0) {
          atom.heading_level = heading.level;
          atom.title = heading.title;
        }
      } else if (heading.level < kStrongestWeakLevel &&
                 heading.offset - begin >= kMinFragmentBytes) {
        atom.text = text.substr(begin, heading.offset - begin);
        atoms.push_back(atom);
        begin = heading.offset;
        atom = {number, page_mark(number), {}, false, heading.level, heading.title, 0};
      }
      running_title = heading.title;
    }
    atom.text = text.substr(begin);
    atoms.push_back(std::move(atom));
  }
  return atoms;
}

// Pieces of at most `limit` tokens each. The density found in one piece sizes the next, so that
// nearly every byte is counted once.
std::vector<std::pair<std::string_view, int>> split_by_tokens(std::string_view text, int tokens,
                                                              int limit,
                                                              const TokenCounter& count_tokens) {
  std::vector<std::pair<std::string_view, int>> pieces;
  const auto fitting_bytes = [&](size_t bytes, int counted) {
    return std::max<size_t>(
        4, static_cast<size_t>(0.9 * static_cast<double>(bytes) * limit / std::max(counted, 1)));
  };
  size_t target = fitting_bytes(text.size(), tokens);
  while (!text.empty()) {
    const size_t size = find_cut(text, target);
    const int counted = count_tokens(text.substr(0, size));
    // Four bytes are one character at most: smaller it cannot get, whatever the counter says.
    if (counted > limit && size > 4) {
      target = std::min(fitting_bytes(size, counted), std::max<size_t>(4, size / 2));
      continue;
    }
    pieces.emplace_back(text.substr(0, size), counted);
    text.remove_prefix(size);
    target = std::min(fitting_bytes(size, counted), 4 * std::max(target, size));
  }
  return pieces;
}

std::vector<Atom> split_long_atoms(std::vector<Atom> atoms, int limit,
                                   const TokenCounter& count_tokens) {
  std::vector<Atom> out;
  out.reserve(atoms.size());
  for (Atom& atom : atoms) {
    if (atom.tokens <= limit) {
      out.push_back(std::move(atom));
      continue;
    }
    const auto pieces =
        split_by_tokens(atom.text, atom.tokens, std::max(limit - kPartMarkTokens, 8), count_tokens);
    for (size_t i = 0; i < pieces.size(); ++i) {
      Atom part = atom;
      part.text = pieces[i].first;
      part.tokens = pieces[i].second + kPartMarkTokens;
      part.is_part = true;
      part.mark = "[page " + std::to_string(atom.page) + ", part " + std::to_string(i + 1) +
                  " of " + std::to_string(pieces.size()) + "]\n";
      if (i > 0) part.heading_level = 0;
      out.push_back(std::move(part));
    }
  }
  return out;
}

SummarySection make_section(const std::vector<Atom>& atoms, size_t begin, size_t end,
                            const TokenCounter& count_tokens) {
  SummarySection section;
  section.title = atoms[begin].title;
  section.first_page = atoms[begin].page;
  section.last_page = atoms[end - 1].page;
  for (size_t i = begin; i < end; ++i) {
    // The mark stands once a page: pieces between two headings join up again.
    const bool continues = i > begin && atoms[i].page == atoms[i - 1].page && !atoms[i].is_part &&
                           !atoms[i - 1].is_part;
    const std::string text = atom_text(atoms[i]);
    section.text.append(text, continues ? atoms[i].mark.size() : 0);
  }
  section.num_tokens = count_tokens(section.text);
  return section;
}

// End of the section that begins at `begin`: at a heading when one is near the wanted size, else at
// the wanted size.
size_t section_end(const std::vector<Atom>& atoms, size_t begin, double wanted, int limit) {
  const double most = std::min<double>(limit, 1.25 * wanted);
  double sum = atoms[begin].tokens;
  size_t end = begin + 1, at_heading = 0, at_wanted = 0;
  int best_level = 0;
  for (; end < atoms.size() && sum + atoms[end].tokens <= most; ++end) {
    const int level = atoms[end].heading_level;
    if (level > 0 && sum >= 0.6 * wanted && (at_heading == 0 || level <= best_level)) {
      at_heading = end;
      best_level = level;
    }
    if (at_wanted == 0 && sum >= wanted) at_wanted = end;
    sum += atoms[end].tokens;
  }
  if (end == atoms.size() && sum <= 1.1 * wanted) return end;
  if (at_heading > 0) return at_heading;
  return at_wanted > 0 ? at_wanted : end;
}

// A count of joined atoms above the sum of their counts is rare, and then small; such a section is
// halved.
void add_section(const std::vector<Atom>& atoms, size_t begin, size_t end, int limit,
                 const TokenCounter& count_tokens, std::vector<SummarySection>& sections) {
  SummarySection section = make_section(atoms, begin, end, count_tokens);
  if (section.num_tokens <= limit || end - begin == 1) {
    sections.push_back(std::move(section));
    return;
  }
  const size_t middle = begin + (end - begin) / 2;
  add_section(atoms, begin, middle, limit, count_tokens, sections);
  add_section(atoms, middle, end, limit, count_tokens, sections);
}

// Tokens that a prompt takes besides the text of the document, for each kind of request.
struct Overheads {
  int section = 0, reduce = 0;
};

int room_for_text(int context_tokens, const Overheads& overheads) {
  return context_tokens - summary_answer_tokens(context_tokens) - overheads.section;
}

bool has_room_for_sections(int context_tokens, const Overheads& overheads) {
  const int answer = summary_answer_tokens(context_tokens);
  // Two summaries must fit one reduce prompt, or reducing would never end.
  return context_tokens >= kMinContextTokens &&
         room_for_text(context_tokens, overheads) >= kMinSectionTokens &&
         context_tokens - answer - overheads.reduce >= 2 * (answer + kSummaryFrameTokens);
}

// From this size on every context has room: answers grow by a token for each 8 tokens of context,
// so the room grows from one multiple of 8 to the next and, between two, with every token.
int smallest_context(const Overheads& overheads) {
  int low = kMinContextTokens / 8 - 1, high = low + 1;  // in units of 8; `low` is too small
  while (!has_room_for_sections(high * 8, overheads)) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    (has_room_for_sections(middle * 8, overheads) ? high : low) = middle;
  }
  return high * 8;
}

[[noreturn]] void context_too_small(int context_tokens, int document_tokens,
                                    const Overheads& overheads, bool has_role) {
  throw Error(ErrorCode::ContextTooLong,
              "a context of " + std::to_string(context_tokens) +
                  " tokens is too small to summarise this document of " +
                  std::to_string(document_tokens) + " tokens: instructions" +
                  (has_role ? " and role" : "") + " take " +
                  std::to_string(std::max(overheads.section, overheads.reduce)) + ", an answer " +
                  std::to_string(summary_answer_tokens(context_tokens)) +
                  ", and two summaries of parts must fit beside them. Use a context of at least " +
                  std::to_string(smallest_context(overheads)) + " tokens" +
                  (has_role ? " or a role with a shorter prompt." : "."));
}

}  // namespace

SummaryPlan plan_summary(const Document& document, int context_tokens,
                         const std::string& system_prompt, const TokenCounter& count_tokens) {
  if (document.pages.empty())
    throw Error(ErrorCode::InvalidArgument,
                "a document without pages cannot be summarised; read it again");
  SummaryPlan plan;
  plan.num_pages = static_cast<int>(document.pages.size());
  plan.context_tokens = context_tokens;
  plan.max_answer_tokens = summary_answer_tokens(context_tokens);
  const Overheads overheads{section_overhead(document, system_prompt, count_tokens),
                            reduce_overhead(document, system_prompt, count_tokens)};
  const int for_text = room_for_text(context_tokens, overheads);

  std::vector<Atom> atoms = make_atoms(document);
  int64_t total = 0;
  for (Atom& atom : atoms) total += atom.tokens = count_tokens(atom_text(atom));
  if (total <= for_text) {
    plan.sections.push_back(make_section(atoms, 0, atoms.size(), count_tokens));
    plan.sections.back().title.clear();
    if (plan.sections.back().num_tokens <= for_text) return plan;
    plan.sections.clear();
  }
  if (!has_room_for_sections(context_tokens, overheads))
    context_too_small(context_tokens, static_cast<int>(total), overheads, !system_prompt.empty());

  plan.whole_document = false;
  const int limit = std::min(for_text, kMaxSectionTokens);
  atoms = split_long_atoms(std::move(atoms), limit, count_tokens);
  total = 0;
  for (const Atom& atom : atoms) total += atom.tokens;
  const auto num_sections = std::max<int64_t>(2, (total + limit - 1) / limit);
  const double wanted = static_cast<double>(total) / static_cast<double>(num_sections);
  for (size_t begin = 0; begin < atoms.size();) {
    const size_t end = section_end(atoms, begin, wanted, limit);
    add_section(atoms, begin, end, limit, count_tokens, plan.sections);
    begin = end;
  }
  return plan;
}

}  // namespace engine
