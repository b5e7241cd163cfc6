// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/backend.h"

namespace gui {

void Backend::setState(BackendState state) {
  state_ = std::move(state);
  emit stateChanged();
}

void Backend::setLoadProgress(const QString& stage, double progress) {
  stage_ = stage;
  progress_ = progress;
  emit loadProgressChanged();
}

void Backend::setStats(const engine::EngineStats& stats) {
  stats_ = stats;
  emit statsChanged();
}

}  // namespace gui
