// SPDX-License-Identifier: Apache-2.0
// What a ChatSession works with. Owned by App, which outlives every session.
#pragma once

class QThreadPool;

namespace gui {

class Backend;
class RoleListModel;
class Settings;
class Store;

struct ChatServices {
  Store* store = nullptr;
  Backend* backend = nullptr;
  RoleListModel* roles = nullptr;
  Settings* settings = nullptr;
  QThreadPool* pool = nullptr;  // reading documents, counting tokens
};

}  // namespace gui
