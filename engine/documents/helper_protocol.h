// SPDX-License-Identifier: Apache-2.0
// The words between Fireside and fireside-document-helper. Included by both sides, so it holds no
// code of either.
//
// The helper starts with: fd 0 the file, open for reading; fd 1 a pipe it answers on; fd 3 a pipe
// that holds one request. It answers with frames: u32 type, u32 payload bytes, payload. All numbers
// are little-endian.
//
//   Hello    u32 protocol version, u32 sandbox layers in force (bits of SandboxLayer); always first
//   Begin    u32 DocumentKind, u32 pages (0 for text), u32 Encoding
//   Text     bytes of the current page, UTF-8; a character may be cut between two frames
//   PageEnd  u32 page, from 1; PDF only
//   Done     u32 pages, u64 bytes of text; always last
//   Failure  u32 FailureCode, u64 figure; instead of anything after Hello
//
// The reader believes none of it: see DocumentAssembler.
#pragma once

#include <cstddef>
#include <cstdint>

namespace engine::helper {

inline constexpr uint32_t kProtocolVersion = 1;
inline constexpr uint32_t kRequestMagic = 0x51525346;  // "FSRQ"
inline constexpr int kRequestFd = 3;
inline constexpr size_t kFrameHeaderBytes = 8;
inline constexpr size_t kMaxFrameBytes = 64 << 10;
inline constexpr size_t kMaxPasswordBytes = 1024;

// The request: this struct, then the password. Both sides are built together and run on one
// machine.
struct Request {
  uint32_t magic = kRequestMagic;
  uint32_t version = kProtocolVersion;
  uint32_t parent_pid = 0;  // the helper ends at once when its parent is already gone
  uint32_t cpu_seconds = 0;
  uint32_t max_pages = 0;
  uint32_t expect_pdf = 0;  // the file's name ends in .pdf
  uint64_t max_text_bytes = 0;
  uint32_t password_bytes = 0;
  uint32_t reserved = 0;
};
static_assert(sizeof(Request) == 40);

enum class FrameType : uint32_t { Hello = 1, Begin, Text, PageEnd, Done, Failure };
enum class DocumentKind : uint32_t { Pdf = 1, Text };
enum class Encoding : uint32_t {
  None,
  Utf8,
  Utf16Le,
  Utf16Be,
  Utf32Le,
  Utf32Be,
  Gb18030,
  Latin1,
  Windows1252,
  Count
};

enum class FailureCode : uint32_t {
  PasswordRequired = 1,
  WrongPassword,
  BrokenPdf,
  TruncatedPdf,
  NotPdf,  // named .pdf, but it is none
  NoPages,
  TooManyPages,  // figure: pages
  TooMuchText,   // figure: bytes reached
  Binary,        // figure: FileKind
  UnknownEncoding,
  ConverterMissing,  // the C library has no GB18030
  OutOfMemory,
  ReadFailed,  // figure: errno
  NoSandbox,   // figure: errno; no document is read without seccomp
  Count,
};

enum class FileKind : uint32_t {
  Unknown,
  Zip,
  OldOffice,
  Image,
  Rtf,
  Program,
  Archive,
  Media,
  Database,
  Count
};

// The layers of the sandbox. Seccomp is a must; the others are named in the log when the kernel
// lacks them.
enum SandboxLayer : uint32_t {
  kLayerSeccomp = 1,
  kLayerLandlock = 2,
  kLayerLimits = 4,        // resource limits
  kLayerAddressSpace = 8,  // RLIMIT_AS; not in builds with sanitizers, which map terabytes
};

}  // namespace engine::helper
