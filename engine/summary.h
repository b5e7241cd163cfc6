// SPDX-License-Identifier: Apache-2.0
// Summaries that read every page.
//
// plan_summary() decides: whole document in one prompt when it fits the context, otherwise sections
// along headings and pages, each within the context, then a reduce over the section summaries (in
// several levels when they do not fit together). Every page belongs to a section; a page too long
// for one section is split at paragraph ends and its parts are named. The caller submits all
// section requests together, so that they share the engine's batches. Pure but for the token
// counts; any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/document.h"
#include "engine/request.h"

namespace engine {

struct SummarySection {
  std::string title;  // heading found, else empty
  int first_page = 1, last_page = 1;
  std::string text;  // with [page N] marks, as render_document writes them
  int num_tokens = 0;
};

struct SummaryPlan {
  bool whole_document = true;
  std::vector<SummarySection> sections;  // one when whole_document
  int num_pages = 0;
  int context_tokens = 0;     // what one prompt may hold
  int max_answer_tokens = 0;  // of each section and of the result
};

using TokenCounter = std::function<int(std::string_view)>;

// Throws Error{ContextTooLong} with figures when the document does not fit whole and the context is
// too small for sections; the message names a size from which on every context is large enough.
SummaryPlan plan_summary(const Document& document, int context_tokens,
                         const std::string& system_prompt, const TokenCounter& count_tokens);

// The user's text behind a whole document. language: "en" or "zh_CN" picks the instruction's
// language, here and below.
std::string summary_instruction(const std::string& language);

// For a plan with whole_document: the document as a chat renders it, so that questions after the
// summary find its blocks in the prefix cache, then summary_instruction().
std::vector<ChatMessage> whole_request(const Document& document, const std::string& system_prompt,
                                       const std::string& language);

// For any other plan: section `section`, counted from 0. Throws Error{InvalidArgument} when the
// plan has no such section, or holds the whole document.
std::vector<ChatMessage> section_request(const SummaryPlan& plan, int section,
                                         const Document& document, const std::string& system_prompt,
                                         const std::string& language);

// Reduces `summaries` (one per section, in order) to groups that each fit one prompt; one group
// means the last level.
std::vector<std::vector<ChatMessage>> reduce_requests(const SummaryPlan& plan,
                                                      const std::vector<std::string>& summaries,
                                                      const Document& document,
                                                      const std::string& system_prompt,
                                                      const std::string& language,
                                                      const TokenCounter& count_tokens);

// Before another level of groups is asked for: throws Error{ContextTooLong} when several levels in a
// row left as many texts as they were given. *rounds counts them, from 0.
void check_progress(size_t num_summaries, size_t num_groups, int* rounds);

// One finished section, as a conversation keeps it.
struct SectionSummary {
  std::string title;
  int first_page = 1, last_page = 1;
  std::string text;
};

// What stands for a document in later prompts when it was summarised by sections because it does
// not fit: the section summaries with their real pages, what is missing (num_pages: of the
// document, 0 when not known), and that these are summaries, so that an answer can say so. Ends
// with an empty line, before the person's question.
std::string render_section_summaries(const std::string& name, int num_pages,
                                     const std::vector<SectionSummary>& sections);

}  // namespace engine
