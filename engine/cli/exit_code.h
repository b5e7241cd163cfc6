// SPDX-License-Identifier: Apache-2.0
// What fireside-cli returns to the shell. Documented in --help; scripts may rely on it.
#pragma once

#include "engine/error.h"

namespace engine::cli {

enum ExitCode : int {
  kDone = 0,
  kFailed = 1,        // the work itself failed: device, input or output, a fault of ours
  kUsage = 2,         // the command line is wrong
  kNotUsable = 3,     // a model, file or role is missing, broken or not supported
  kDoesNotFit = 4,    // prompt against context, or model against memory
  kInterrupted = 130  // Ctrl+C; what was said until then has been printed
};

inline ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidArgument:
      return kUsage;
    case ErrorCode::NotFound:
    case ErrorCode::InvalidFile:
    case ErrorCode::Unsupported:
    case ErrorCode::PasswordRequired:
      return kNotUsable;
    case ErrorCode::OutOfMemory:
    case ErrorCode::ContextTooLong:
      return kDoesNotFit;
    case ErrorCode::Cancelled:
      return kInterrupted;
    default:
      return kFailed;
  }
}

}  // namespace engine::cli
