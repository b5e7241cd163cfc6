// SPDX-License-Identifier: Apache-2.0
// What somebody who has taken over the helper would try.
#pragma once

#include <string>

// Runs one attack by name. True when it worked: the sandbox has a hole. Many end the process
// instead of returning. An unknown name counts as a success, so that a misspelt test fails.
bool attack(const std::string& name);
