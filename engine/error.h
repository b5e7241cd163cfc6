// SPDX-License-Identifier: Apache-2.0
// The one exception type of the engine.
//
// The message is shown to people as it is, so it says three things in plain words: what went wrong, where
// (file, key, tensor, value) and what to do. It never contains prompt or document text.
// Thrown inside the engine, caught at the edges only: the worker's slots, the command line, pool tasks.
#pragma once

#include <stdexcept>
#include <string>

namespace engine {

enum class ErrorCode {
  InvalidArgument,   // a value the caller gave is out of range or contradicts another
  NotFound,          // a file, folder, model or role is not there
  InvalidFile,       // a file is broken, truncated or lies about itself
  Unsupported,       // well-formed, but Fireside cannot do it (architecture, dtype, template, device)
  OutOfMemory,       // the plan does not fit; the message holds the figures
  ContextTooLong,    // the prompt does not fit the context; the message holds the figures
  PasswordRequired,  // an encrypted document; ask for the password and try again
  Device,            // the GPU or its driver failed
  DeviceLost,        // a fault has ended the GPU for this process: a new process may use it
  Cancelled,         // the caller asked to stop
  Io,                // reading or writing failed (disk full, permissions)
  Internal,          // a bug of ours
};

// "invalid_argument", "not_found", ...: the stable name used in JSON output and logs.
const char* error_code_name(ErrorCode code);

class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace engine
