// SPDX-License-Identifier: Apache-2.0
// Where a person puts a model so that it is found.
#pragma once

#include <string>

namespace engine {

// $XDG_DATA_HOME/fireside/models, or ~/.local/share/fireside/models: each folder in it that holds a
// model is found (find_models). It need not exist; empty without a home.
std::string models_folder();

}  // namespace engine
