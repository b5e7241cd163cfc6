// SPDX-License-Identifier: Apache-2.0
// CHECK(condition, "what is broken"): aborts in every build with file and line. For bugs, never for bad input.
#pragma once

#include <cstdio>
#include <cstdlib>

#define CHECK(condition, message)                                                                     \
  do {                                                                                                \
    if (!(condition)) {                                                                               \
      std::fprintf(stderr, "%s:%d: check failed: %s (%s)\n", __FILE__, __LINE__, #condition, message); \
      std::abort();                                                                                   \
    }                                                                                                 \
  } while (false)
