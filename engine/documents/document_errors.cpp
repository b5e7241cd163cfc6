// SPDX-License-Identifier: Apache-2.0
#include "engine/documents/document_errors.h"

#include <signal.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstring>

namespace engine {
namespace {

using helper::FailureCode;
using helper::FileKind;

std::string quoted(const std::string& name) { return "'" + name + "'"; }

std::string kind_words(FileKind kind) {
  switch (kind) {
    case FileKind::Zip:
      return "is a zip-based file (Word, OpenDocument, EPUB or an archive)";
    case FileKind::OldOffice:
      return "is an old Microsoft Office file";
    case FileKind::Image:
      return "is a picture";
    case FileKind::Rtf:
      return "is a rich-text (RTF) file";
    case FileKind::Program:
      return "is a program";
    case FileKind::Archive:
      return "is a compressed archive";
    case FileKind::Media:
      return "is a sound or video file";
    case FileKind::Database:
      return "is a database";
    default:
      return "holds binary data, not text";
  }
}

const char* kind_advice(FileKind kind) {
  switch (kind) {
    case FileKind::Zip:
    case FileKind::OldOffice:
    case FileKind::Rtf:
      return "export it as PDF or plain text and add that";
    case FileKind::Image:
      return "recognise its text first (OCR) and add the result";
    case FileKind::Archive:
      return "unpack it and add the files in it";
    default:
      return "Fireside reads PDF and text files";
  }
}

std::string ended_why(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    switch (WTERMSIG(wait_status)) {
      case SIGSYS:
        return "reading it led to an action that is not allowed (it may be made to attack)";
      case SIGXCPU:
        return "reading it took too much computing time";
      case SIGKILL:
        return "the reader was stopped by the system (out of time or memory)";
      case SIGABRT:  // of poppler, mostly when memory runs out
        break;
      default:
        return "its content crashed the reader (it is damaged, or made to attack)";
    }
  }
  return "the reader gave up (it is damaged, or needs too much memory)";
}

}  // namespace

std::string readable_bytes(uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
  static constexpr const char* kUnits[] = {"KB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  while (value >= 1023.95 && unit < 3) {
    value /= 1024;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof(text), value < 99.95 ? "%.1f" : "%.0f", value);
  std::string number = text;
  if (number.ends_with(".0")) number.resize(number.size() - 2);
  return number + " " + kUnits[unit];
}

Error unsafe_error(const std::string& name, const std::string& why) {
  return Error(
      ErrorCode::InvalidFile,
      quoted(name) + " could not be read safely: " + why +
          ". Open it in another program and save or print it as a new PDF, then add that.");
}

Error ended_error(const std::string& name, int wait_status) {
  return unsafe_error(name, ended_why(wait_status));
}

Error scanned_error(const std::string& name, int num_pages) {
  const std::string pages =
      num_pages == 1 ? "its one page looks" : "its " + std::to_string(num_pages) + " pages look";
  return Error(ErrorCode::Unsupported, quoted(name) + " has no text layer: " + pages +
                                           " scanned. Recognise its text first (OCR, for example "
                                           "with OCRmyPDF) and add the result.");
}

Error too_large_error(const std::string& name, uint64_t file_bytes, const DocumentLimits& limits) {
  return Error(ErrorCode::OutOfMemory,
               quoted(name) + " is " + readable_bytes(file_bytes) + ", larger than the " +
                   readable_bytes(static_cast<uint64_t>(limits.max_file_bytes)) +
                   " that Fireside reads. Split it and add the parts you need.");
}

Error failure_error(const std::string& name, FailureCode code, uint64_t figure,
                    const DocumentLimits& limits) {
  const std::string file = quoted(name);
  switch (code) {
    case FailureCode::PasswordRequired:
      return Error(ErrorCode::PasswordRequired,
                   file + " is encrypted. Enter its password to read it.");
    case FailureCode::WrongPassword:
      return Error(ErrorCode::PasswordRequired,
                   "The password for " + file + " is not right. Enter it again.");
    case FailureCode::BrokenPdf:
      return Error(
          ErrorCode::InvalidFile,
          file + " is not a readable PDF: its structure is broken. Download or export it again.");
    case FailureCode::TruncatedPdf:
      return Error(
          ErrorCode::InvalidFile,
          file + " is incomplete: the end of the PDF is missing. Download or copy it again.");
    case FailureCode::NotPdf:
      return Error(ErrorCode::InvalidFile, file +
                                               " is not a PDF, although its name says so. Download "
                                               "it again, or rename it to what it is.");
    case FailureCode::NoPages:
      return Error(ErrorCode::InvalidFile,
                   file + " is a PDF without pages. Download or export it again.");
    case FailureCode::TooManyPages:
      return Error(ErrorCode::OutOfMemory,
                   file + " has " + std::to_string(figure) + " pages, more than the " +
                       std::to_string(limits.max_pages) +
                       " that Fireside reads. Split it and add the parts you need.");
    case FailureCode::TooMuchText:
      return Error(ErrorCode::OutOfMemory,
                   file + " holds more than " +
                       readable_bytes(static_cast<uint64_t>(limits.max_text_bytes)) +
                       " of text, the most that Fireside reads from one file. Split it and " +
                       "add the parts you need.");
    case FailureCode::Binary: {
      if (figure >= static_cast<uint64_t>(FileKind::Count)) break;
      const auto kind = static_cast<FileKind>(figure);
      return Error(ErrorCode::Unsupported,
                   file + " " + kind_words(kind) + "; " + kind_advice(kind) + ".");
    }
    case FailureCode::UnknownEncoding:
      return Error(ErrorCode::Unsupported, file +
                                               " is text in an encoding that Fireside does not "
                                               "recognise. Save it as UTF-8 and add it again.");
    case FailureCode::ConverterMissing:
      return Error(ErrorCode::Unsupported,
                   file + " is in the encoding GB18030, for which this system has no converter. " +
                       "Save it as UTF-8, or install libc-bin and the gconv modules of glibc.");
    case FailureCode::OutOfMemory:
      return Error(ErrorCode::OutOfMemory,
                   file + " needs more than the 1 GB of memory that its reader may use. " +
                       "Split it and add the parts you need.");
    case FailureCode::ReadFailed:
      return Error(ErrorCode::Io,
                   file + " cannot be read: " + std::strerror(static_cast<int>(figure & 0xfff)) +
                       ". Check the disk it is on and copy it again.");
    case FailureCode::NoSandbox:
      return Error(
          ErrorCode::Unsupported,
          "Documents cannot be read safely on this system: the kernel offers no seccomp (" +
              std::string(std::strerror(static_cast<int>(figure & 0xfff))) +
              "). Run Fireside outside the container, or allow seccomp there.");
    case FailureCode::Count:
      break;
  }
  return unsafe_error(name, "the reader answered with invalid data");
}

}  // namespace engine
