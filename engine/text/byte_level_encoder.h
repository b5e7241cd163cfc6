// SPDX-License-Identifier: Apache-2.0
// Byte-level BPE: normalised (NFC or not), split by the model's pattern, merged word by word.
#pragma once

#include "engine/text/text_encoder.h"
#include "engine/text/tokenizer_file.h"

namespace engine {

TokenizerParts make_byte_level_parts(TokenizerTables tables);

}  // namespace engine
