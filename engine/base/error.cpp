// SPDX-License-Identifier: Apache-2.0
#include "engine/error.h"

namespace engine {

const char* error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidArgument: return "invalid_argument";
    case ErrorCode::NotFound: return "not_found";
    case ErrorCode::InvalidFile: return "invalid_file";
    case ErrorCode::Unsupported: return "unsupported";
    case ErrorCode::OutOfMemory: return "out_of_memory";
    case ErrorCode::ContextTooLong: return "context_too_long";
    case ErrorCode::PasswordRequired: return "password_required";
    case ErrorCode::Device: return "device";
    case ErrorCode::DeviceLost: return "device_lost";
    case ErrorCode::Cancelled: return "cancelled";
    case ErrorCode::Io: return "io";
    case ErrorCode::Internal: return "internal";
  }
  return "internal";
}

}  // namespace engine
