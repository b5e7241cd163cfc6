// SPDX-License-Identifier: Apache-2.0
// From a plan to messages: one request a section, then the reduce over what came back.
#include <algorithm>
#include <string>
#include <utility>

#include "engine/documents/summary_text.h"
#include "engine/documents/text_split.h"
#include "engine/error.h"
#include "engine/prompt.h"
#include "engine/summary.h"

namespace engine {
namespace {

// One summary, or a piece of one that is longer than a prompt, in its frame.
struct Block {
  std::string text;
  int number = 1;  // of the summary, from 1
  int tokens = 0;
};

// Answers are limited to max_answer_tokens, so this is for summaries that came from elsewhere.
void add_pieces(std::string_view summary, int number, int total, const SummarySection* section,
                int limit, const TokenCounter& count_tokens, std::vector<Block>& blocks) {
  size_t target = std::max<size_t>(summary.size() / 2, 1);
  while (!summary.empty()) {
    const size_t size = find_cut(summary, target);
    Block block{summary_block(std::string(summary.substr(0, size)), number, total, section), number,
                0};
    block.tokens = count_tokens(block.text);
    if (block.tokens > limit && target > 4) {
      target /= 2;
      continue;
    }
    blocks.push_back(std::move(block));
    summary.remove_prefix(size);
  }
}

std::vector<Block> make_blocks(const SummaryPlan& plan, const std::vector<std::string>& summaries,
                               int limit, const TokenCounter& count_tokens) {
  // Later levels get the answers to groups, which no longer stand for one section each.
  const bool first_level = summaries.size() == plan.sections.size();
  const int total = static_cast<int>(summaries.size());
  std::vector<Block> blocks;
  for (int i = 0; i < total; ++i) {
    const auto index = static_cast<size_t>(i);
    const SummarySection* section = first_level ? &plan.sections[index] : nullptr;
    const std::string& summary = summaries[index];
    Block block{summary_block(summary.empty() ? "(no summary)" : summary, i + 1, total, section),
                i + 1, 0};
    block.tokens = count_tokens(block.text);
    if (block.tokens <= limit) {
      blocks.push_back(std::move(block));
    } else {
      add_pieces(summary, i + 1, total, section, limit, count_tokens, blocks);
    }
  }
  return blocks;
}

// Borders of the groups: each within the limit, and about equally large, so that no part is
// squeezed into a crumb.
std::vector<std::pair<size_t, size_t>> group_blocks(const std::vector<Block>& blocks, int limit) {
  int64_t total = 0;
  for (const Block& block : blocks) total += block.tokens;
  const int64_t num_groups = std::max<int64_t>(1, (total + limit - 1) / limit);
  const double wanted = static_cast<double>(total) / static_cast<double>(num_groups);
  std::vector<std::pair<size_t, size_t>> groups;
  for (size_t begin = 0; begin < blocks.size();) {
    size_t end = begin + 1;
    int64_t sum = blocks[begin].tokens;
    while (end < blocks.size() && sum + blocks[end].tokens <= limit &&
           (num_groups == 1 || end - begin < 2 || static_cast<double>(sum) < wanted)) {
      sum += blocks[end].tokens;
      ++end;
    }
    groups.emplace_back(begin, end);
    begin = end;
  }
  return groups;
}

}  // namespace

std::vector<ChatMessage> whole_request(const Document& document, const std::string& system_prompt,
                                       const std::string& language) {
  return build_messages(system_prompt, {{"user", summary_instruction(language), {&document}}});
}

std::vector<ChatMessage> section_request(const SummaryPlan& plan, int section,
                                         const Document& document, const std::string& system_prompt,
                                         const std::string& language) {
  if (plan.whole_document)
    throw Error(ErrorCode::InvalidArgument, "the plan holds the whole document, not sections");
  if (section < 0 || section >= static_cast<int>(plan.sections.size()))
    throw Error(ErrorCode::InvalidArgument, "section " + std::to_string(section) +
                                                " is not in the plan, which has " +
                                                std::to_string(plan.sections.size()) + " sections");
  const std::string text = section_text(plan, plan.sections[static_cast<size_t>(section)], section,
                                        static_cast<int>(plan.sections.size()), document, language);
  return build_messages(system_prompt, {{"user", text, {}}});
}

std::vector<std::vector<ChatMessage>> reduce_requests(const SummaryPlan& plan,
                                                      const std::vector<std::string>& summaries,
                                                      const Document& document,
                                                      const std::string& system_prompt,
                                                      const std::string& language,
                                                      const TokenCounter& count_tokens) {
  if (summaries.empty())
    throw Error(ErrorCode::InvalidArgument, "there are no summaries to put together");
  const int limit = plan.context_tokens - plan.max_answer_tokens -
                    reduce_overhead(document, system_prompt, count_tokens);
  if (limit < 2 * plan.max_answer_tokens)
    throw Error(ErrorCode::ContextTooLong, "a context of " + std::to_string(plan.context_tokens) +
                                               " tokens cannot hold two summaries; use a larger "
                                               "context or a role with a shorter prompt");
  const std::vector<Block> blocks = make_blocks(plan, summaries, limit, count_tokens);
  const auto groups = group_blocks(blocks, limit);
  const int total = static_cast<int>(summaries.size());
  std::vector<std::vector<ChatMessage>> requests;
  for (const auto& [begin, end] : groups) {
    std::string text;
    for (size_t i = begin; i < end; ++i) text += blocks[i].text;
    text = groups.size() == 1 ? final_text(text, total, document, plan.max_answer_tokens, language)
                              : group_text(text, blocks[begin].number, blocks[end - 1].number,
                                           total, plan.max_answer_tokens, language);
    requests.push_back(build_messages(system_prompt, {{"user", std::move(text), {}}}));
  }
  return requests;
}

void check_progress(size_t num_summaries, size_t num_groups, int* rounds) {
  constexpr int kMaxRounds = 3;  // a model may have written less by the next one
  *rounds = num_groups < num_summaries ? 0 : *rounds + 1;
  if (*rounds == kMaxRounds)
    throw Error(ErrorCode::ContextTooLong,
                "the summaries of the sections stay too long to be put together; use a larger "
                "context");
}

}  // namespace engine
