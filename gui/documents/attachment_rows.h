// SPDX-License-Identifier: Apache-2.0
// A document as the engine reads it and as the store keeps it. Long documents take time: pool
// threads.
#pragma once

#include "engine/document.h"
#include "gui/store/rows.h"

namespace gui {

AttachmentRow toRow(const engine::Document& document);
// `row` with its pages.
engine::Document toDocument(const AttachmentRow& row);

}  // namespace gui
