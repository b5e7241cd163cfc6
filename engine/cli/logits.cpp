// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/session.h"
#include "engine/cli/terminal.h"
#include "engine/error.h"
#include "engine/log.h"

namespace engine::cli {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the file is little-endian, and so is the memory");

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// Opened before anything is computed, emptied when there is something to write: a prompt that is
// refused leaves the file as it was.
std::FILE* open_output(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  return fd < 0 ? nullptr : fdopen(fd, "wb");
}

bool empty_file(std::FILE* file) {
  // A device or a pipe has no length (EINVAL), and needs none.
  return ftruncate(fileno(file), 0) == 0 || errno == EINVAL;
}

[[noreturn]] void fail(const std::string& path) {
  throw Error(ErrorCode::Io, "cannot write " + printable(path) + ": " + std::strerror(errno));
}

}  // namespace

int logits(std::span<const std::string> arguments) {
  OptionParser parser("logits --prompt-ids 1,2,3 --out FILE [options]",
                      "Writes the logits behind every prompt token: float32, little-endian, "
                      "[num_tokens, vocab_size].");
  CommonOptions common;
  std::vector<int> prompt_ids;
  std::string out;
  parser.list("--prompt-ids", "1,2,3", prompt_ids, "token ids of the prompt");
  parser.option("--out", "FILE", out, "file to write");
  common.add_to(parser);
  const auto positional = parser.parse(arguments);
  if (parser.help_requested()) return write_text(stdout, parser.help()), kDone;
  if (!positional.empty() || prompt_ids.empty() || out.empty())
    throw Error(ErrorCode::InvalidArgument,
                "logits needs --prompt-ids and --out, and nothing else besides options");

  const auto engine = load_engine(common);
  const std::unique_ptr<std::FILE, CloseFile> file(open_output(out));
  if (!file) fail(out);

  TokenRequest request;
  request.prompt_token_ids.assign(prompt_ids.begin(), prompt_ids.end());
  request.sampling.temperature = 0;
  request.sampling.max_tokens = 1;
  request.prompt_logits = true;
  int next_position = 0;
  bool failed = false;
  const int num_tokens = static_cast<int>(prompt_ids.size());
  request.on_logits = [&](int position, std::span<const float> row) {
    if (position != next_position || position >= num_tokens) return;
    if (position == 0) failed = !empty_file(file.get());
    failed = failed || std::fwrite(row.data(), sizeof(float), row.size(), file.get()) != row.size();
    ++next_position;
  };
  const RequestOutput output = run_request(*engine, std::move(request), {});
  if (failed || std::fflush(file.get()) != 0) fail(out);
  if (output.finish_reason == FinishReason::Abort) return kInterrupted;
  if (output.finish_reason == FinishReason::Error) throw Error(ErrorCode::Device, output.error);
  if (next_position != num_tokens)
    throw Error(ErrorCode::Internal, "the engine gave logits of " + std::to_string(next_position) +
                                         " tokens instead of " + std::to_string(num_tokens));
  return kDone;
}

}  // namespace engine::cli
