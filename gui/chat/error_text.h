// SPDX-License-Identifier: Apache-2.0
// What the engine says, in the language of the window.
//
// The engine writes plain English, for the command line and logs too. An English window shows it as
// a sentence. A translated one shows the translation of messages that people often meet (the list
// is in error_text.cpp); any other gets a translated line for its kind, and the engine's words
// below it. GUI thread.
#pragma once

#include <QString>
#include <exception>

#include "engine/error.h"

namespace gui {

// Empty for an empty message. Sizes are in the number format of the window ("7.5 GiB").
QString errorText(engine::ErrorCode code, const QString& message);
// Whatever is no engine::Error counts as Internal.
QString errorText(const std::exception& error);

// Stages of loading ("Reading weights"), devices ("CPU, 8 threads, AVX2") and the name of the
// bundled model; as they are when they have no translation.
QString engineWords(const QString& words);

}  // namespace gui
