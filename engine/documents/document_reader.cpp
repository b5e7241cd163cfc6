// SPDX-License-Identifier: Apache-2.0
#include "engine/document.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/documents/document_assembler.h"
#include "engine/documents/document_errors.h"
#include "engine/documents/document_type.h"
#include "engine/documents/helper_process.h"
#include "engine/documents/helper_protocol.h"
#include "engine/documents/sha256.h"
#include "engine/documents/text_clean.h"
#include "engine/documents/text_split.h"
#include "engine/log.h"
#include "engine/text/utf8.h"

namespace engine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kReadBytes = 256 << 10;
constexpr int kPollMs = 20;      // how soon a cancel is noticed while the helper is silent
constexpr int kEndingMs = 2000;  // for a helper that has closed its answer to end

struct InputFile {
  FileDescriptor fd;
  int64_t bytes = 0;
};

// In all that follows `name` is what errors call the file; it ends as the file's name does.
InputFile open_input(const std::string& path, const std::string& name,
                     const DocumentLimits& limits) {
  const std::string file = "'" + name + "'";
  if (path.find('\0') != std::string::npos)
    throw Error(ErrorCode::NotFound, file + " was not found.");
  // O_NONBLOCK: opening a pipe must not wait for somebody to write to it.
  FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd.is_open()) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG || errno == ELOOP)
      throw Error(ErrorCode::NotFound, file + " was not found. It may have been moved or renamed.");
    if (errno == ENXIO)
      throw Error(ErrorCode::Unsupported, file + " is a socket or device, not a file.");
    throw Error(ErrorCode::Io,
                file + " cannot be opened: " + std::strerror(errno) + ". Check its permissions.");
  }
  struct stat status {};
  if (fstat(fd.get(), &status) != 0)
    throw Error(ErrorCode::Io, file + " cannot be examined: " + std::strerror(errno) + ".");
  if (S_ISDIR(status.st_mode))
    throw Error(ErrorCode::Unsupported, file + " is a folder. Add the files in it instead.");
  if (!S_ISREG(status.st_mode))
    throw Error(ErrorCode::Unsupported,
                file + " is a pipe or device, not a file. Save its content to a file first.");
  if (status.st_size == 0)
    throw Error(ErrorCode::InvalidFile, file + " is empty (0 bytes). Download or copy it again.");
  if (status.st_size > limits.max_file_bytes)
    throw too_large_error(name, static_cast<uint64_t>(status.st_size), limits);
  return {std::move(fd), status.st_size};
}

std::string make_request(const std::string& name, const std::string& password,
                         const DocumentLimits& limits) {
  if (password.size() > helper::kMaxPasswordBytes)
    throw Error(ErrorCode::PasswordRequired,
                "The password for '" + name + "' is too long to be one. Enter it again.");
  helper::Request request;
  request.parent_pid = static_cast<uint32_t>(getpid());
  request.cpu_seconds = static_cast<uint32_t>(std::clamp(limits.timeout_s, 1, 24 * 3600));
  request.max_pages = static_cast<uint32_t>(std::max(limits.max_pages, 0));
  request.expect_pdf = has_pdf_name(name) ? 1 : 0;
  request.max_text_bytes = static_cast<uint64_t>(std::max<int64_t>(limits.max_text_bytes, 0));
  request.password_bytes = static_cast<uint32_t>(password.size());
  std::string bytes(reinterpret_cast<const char*>(&request), sizeof(request));
  return bytes + password;
}

Error changed_error(const std::string& name) {
  return Error(ErrorCode::Io,
               "'" + name + "' was changed while it was read. Add it again when it is complete.");
}

// The hash of the file, a piece at a time, in the pauses of the helper.
class FileHasher {
 public:
  FileHasher(int fd, int64_t bytes, const std::string& name)
      : fd_(fd), bytes_(bytes), name_(name), buffer_(kReadBytes) {}

  bool finished() const { return position_ >= bytes_; }

  void advance() {
    const auto wanted = static_cast<size_t>(std::min<int64_t>(bytes_ - position_, kReadBytes));
    const ssize_t got = pread(fd_, buffer_.data(), wanted, position_);
    if (got < 0 && errno == EINTR) return;
    if (got < 0)
      throw Error(ErrorCode::Io, "'" + name_ + "' cannot be read: " + std::strerror(errno) +
                                     ". Check the disk it is on.");
    if (got == 0) throw changed_error(name_);
    sha_.update(std::string_view(buffer_.data(), static_cast<size_t>(got)));
    position_ += got;
  }

  std::string finish() { return sha_.finish(); }

  // The reader maps the file: what is cut off while it reads ends it.
  bool became_shorter() const {
    struct stat status {};
    return fstat(fd_, &status) == 0 && status.st_size < bytes_;
  }

 private:
  int fd_;
  int64_t bytes_, position_ = 0;
  const std::string& name_;
  std::vector<char> buffer_;
  Sha256 sha_;
};

void check_time(Clock::time_point deadline, const std::string& name, const DocumentLimits& limits,
                const std::stop_token& stop) {
  if (stop.stop_requested())
    throw Error(ErrorCode::Cancelled, "Reading '" + name + "' was cancelled.");
  if (Clock::now() >= deadline)
    throw unsafe_error(
        name, "reading it took longer than " + std::to_string(limits.timeout_s) + " seconds");
}

std::string missing_layers(uint32_t layers) {
  std::string missing;
  const auto add = [&](uint32_t layer, const char* words) {
    if ((layers & layer) == 0) missing += (missing.empty() ? "" : ", ") + std::string(words);
  };
  add(helper::kLayerSeccomp, "seccomp");
  add(helper::kLayerLandlock, "Landlock (Linux 5.13 and newer have it)");
  add(helper::kLayerLimits, "resource limits");
#ifndef FIRESIDE_SANITIZED  // where there is none, see helper/sandbox.h
  add(helper::kLayerAddressSpace, "a memory limit");
#endif
  return missing;
}

void log_missing_layers(uint32_t layers) {
  const std::string missing = missing_layers(layers);
  if (!missing.empty()) spdlog::warn("the document reader runs without {}", missing);
}

// Moves the helper's answer into the assembler until it is complete.
void receive(HelperProcess& process, DocumentAssembler& assembler, FileHasher& hasher,
             const std::string& name, const DocumentLimits& limits,
             const DocumentProgress& progress, const std::stop_token& stop) {
  const auto deadline = Clock::now() + std::chrono::seconds(std::max(limits.timeout_s, 0));
  std::vector<char> buffer(kReadBytes);
  int reported = -1;
  bool greeted = false;
  while (!assembler.is_done()) {
    check_time(deadline, name, limits, stop);
    const auto got = process.read(buffer.data(), buffer.size(), hasher.finished() ? kPollMs : 0);
    if (!got.has_value()) {
      if (!hasher.finished()) hasher.advance();
      continue;
    }
    if (*got == 0) {
      const int status = process.wait(kEndingMs);
      throw hasher.became_shorter() ? changed_error(name) : ended_error(name, status);
    }
    assembler.feed(std::string_view(buffer.data(), *got));
    if (!greeted && assembler.has_hello()) log_missing_layers(assembler.sandbox_layers());
    greeted = assembler.has_hello();
    if (progress && assembler.num_pages() > 0 && assembler.pages_done() != reported) {
      reported = assembler.pages_done();
      progress(reported, assembler.num_pages());
    }
  }
  while (!hasher.finished()) {
    check_time(deadline, name, limits, stop);
    hasher.advance();
  }
}

Document read_input(const InputFile& input, const std::string& name, const std::string& password,
                    const DocumentLimits& limits, const DocumentProgress& progress,
                    const std::stop_token& stop) {
  FileHasher hasher(input.fd.get(), input.bytes, name);
  DocumentAssembler assembler(name, limits);
  {
    HelperProcess process(document_helper_path(), input.fd.get(),
                          make_request(name, password, limits));
    receive(process, assembler, hasher, name, limits, progress, stop);
  }
  Document document = assembler.take();
  document.sha256 = hasher.finish();
  document.file_bytes = input.bytes;
  return document;
}

// A file in memory: what the self-check reads.
InputFile memory_file(std::string_view content) {
  FileDescriptor fd(memfd_create("fireside-check", MFD_CLOEXEC));
  if (!fd.is_open() ||
      write(fd.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()))
    throw Error(ErrorCode::Io,
                std::string("no memory file for the check: ") + std::strerror(errno));
  return {std::move(fd), static_cast<int64_t>(content.size())};
}

}  // namespace

Document read_document(const std::string& path, const std::string& password,
                       const DocumentLimits& limits, const DocumentProgress& progress,
                       std::stop_token stop, const std::string& called) {
  const std::string name = called.empty() ? display_name(path) : printable(called);
  const InputFile input = open_input(path, name, limits);
  Document document = read_input(input, name, password, limits, progress, stop);
  document.name = display_name(path);
  return document;
}

Document document_from_text(const std::string& name, const std::string& text) {
  Document document;
  document.name = display_name(name);
  document.type = text_type_of_name(document.name);
  document.encoding = "UTF-8";
  document.file_bytes = static_cast<int64_t>(text.size());
  Sha256 sha;
  sha.update(text);
  document.sha256 = sha.finish();
  std::string valid;
  if (append_lossy(text, valid) > 0) append_utf8(0xfffd, valid);
  document.pages = split_into_pages(clean_text(valid));
  for (size_t i = 0; i < document.pages.size(); ++i)
    if (is_blank(document.pages[i])) document.empty_pages.push_back(static_cast<int>(i) + 1);
  return document;
}

std::string document_helper_path() {
  namespace fs = std::filesystem;
  constexpr const char* kProgram = "fireside-document-helper";
  std::vector<fs::path> places;
  if (const char* chosen = std::getenv("FIRESIDE_DOCUMENT_HELPER");
      chosen != nullptr && *chosen != '\0') {
    places.emplace_back(chosen);
  } else {
    std::error_code unknown;
    const fs::path folder = fs::read_symlink("/proc/self/exe", unknown).parent_path();
    places = {folder / kProgram, folder.parent_path() / "libexec" / "fireside" / kProgram};
  }
  std::string tried;
  for (const fs::path& place : places) {
    if (access(place.c_str(), X_OK) == 0) return place.string();
    tried += (tried.empty() ? "" : ", ") + printable(place.string());
  }
  throw Error(ErrorCode::NotFound,
              "the document reader " + std::string(kProgram) + " is not installed (looked at " +
                  tried +
                  "). Install Fireside again, or set FIRESIDE_DOCUMENT_HELPER to its path.");
}

DocumentHelperStatus check_document_helper() {
  DocumentHelperStatus status;
  try {
    status.path = document_helper_path();
    const std::string content = "check\n";
    const InputFile input = memory_file(content);
    DocumentLimits limits;
    limits.timeout_s = 10;
    FileHasher hasher(input.fd.get(), input.bytes, content);
    DocumentAssembler assembler("check", limits);
    HelperProcess process(status.path, input.fd.get(), make_request("check", {}, limits));
    receive(process, assembler, hasher, "check", limits, {}, {});
    status.missing_layers = missing_layers(assembler.sandbox_layers());
  } catch (const Error& error) {
    status.problem = error.what();
  }
  return status;
}

}  // namespace engine
