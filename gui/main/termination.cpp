// SPDX-License-Identifier: Apache-2.0
#include "gui/main/termination.h"

#include <fcntl.h>
#include <unistd.h>
#include <QSocketNotifier>
#include <csignal>

namespace gui {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

// A signal handler may touch nothing else than this.
int pipe_ends[2] = {-1, -1};

void onSignal(int) {
  const char byte = 1;
  [[maybe_unused]] const ssize_t written = write(pipe_ends[1], &byte, 1);
}

}  // namespace

Termination::Termination(QObject* parent) : QObject(parent) {
  if (pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0) {
    return;
  }
  auto* notifier = new QSocketNotifier(pipe_ends[0], QSocketNotifier::Read, this);
  connect(notifier, &QSocketNotifier::activated, this, [this] {
    char bytes[16];
    [[maybe_unused]] const ssize_t taken = read(pipe_ends[0], bytes, sizeof(bytes));
    emit requested();
  });
  for (const int signal : kSignals) {
    std::signal(signal, onSignal);
  }
}

Termination::~Termination() {
  for (const int signal : kSignals) {
    std::signal(signal, SIG_DFL);
  }
  for (int& end : pipe_ends) {
    if (end >= 0) {
      close(end);
      end = -1;
    }
  }
}

}  // namespace gui
