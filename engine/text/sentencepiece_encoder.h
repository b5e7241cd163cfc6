// SPDX-License-Identifier: Apache-2.0
// Text to ids through the sentencepiece library (BPE, byte fallback).
#pragma once

#include <string>

#include "engine/text/sentencepiece_file.h"
#include "engine/text/text_encoder.h"

namespace engine {

// Control and user-defined pieces become the added tokens. Throws Error{InvalidFile} with the
// library's words when it does not take the model.
TokenizerParts make_sentencepiece_parts(const SentencePieceModel& model, const std::string& where);

}  // namespace engine
