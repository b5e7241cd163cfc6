// SPDX-License-Identifier: Apache-2.0
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/session.h"
#include "engine/cli/terminal.h"
#include "engine/device_info.h"
#include "engine/document.h"
#include "engine/error.h"
#include "engine/log.h"
#include "engine/model_info.h"

namespace engine::cli {
namespace {

// One line of the report: a fact, and when something is wrong, what to do.
struct Finding {
  std::string topic, fact, problem;
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string gib(int64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f GiB", static_cast<double>(bytes) / (1 << 30));
  return text;
}

// First line a command prints; empty when it is not installed or fails. The command is one of ours,
// never input.
std::string first_line(const char* command) {
  std::string line;
  if (std::FILE* pipe = popen(command, "r")) {
    char buffer[512];
    if (std::fgets(buffer, sizeof buffer, pipe)) line = buffer;
    pclose(pipe);
  }
  while (!line.empty() && line.back() == '\n') line.pop_back();
  return line;
}

void add_devices(std::vector<Finding>& findings) {
  for (const DeviceInfo& device : list_devices()) {
    std::string fact = device.name;
    if (!device.features.empty()) fact += ", " + device.features;
    if (device.memory_total > 0)
      fact += ", memory " + gib(device.memory_total) + " (" + gib(device.memory_free) + " free)";
    findings.push_back({device.id, fact, device.problem});
  }
}

void add_models(std::vector<Finding>& findings) {
  int64_t free_bytes = 0;
  for (const DeviceInfo& device : list_devices())
    if (device.problem.empty()) free_bytes = std::max(free_bytes, device.memory_free);
  bool usable = false;
  for (const ModelInfo& model : find_models()) {
    Finding finding{"model", model.name + " (" + printable(model.path) + ")", model.unsupported};
    if (model.unsupported.empty()) {
      constexpr int kUsefulContext = 4096;
      const int context = std::min(model.max_context, kUsefulContext);
      finding.fact += ": " + model.dtype + ", " + gib(model.weight_bytes) + ", context " +
                      grouped(model.max_context);
      if (model.required_bytes(context) > free_bytes)
        finding.problem = "needs " + gib(model.required_bytes(context)) + " for a context of " +
                          grouped(context) + " tokens, " + gib(free_bytes) +
                          " is free; close other programs or choose a smaller model";
      else if (!model.bundled)
        usable = true;
    }
    findings.push_back(finding);
  }
  if (!usable)
    findings.push_back({"model", "only what comes with Fireside",
                        "put Qwen3-4B-Instruct-2507 (8.1 GB) into " + environment("HOME") +
                            "/.local/share/fireside/models, or set FIRESIDE_MODEL to its folder"});
}

void add_fonts(std::vector<Finding>& findings) {
  const std::string listed = first_line("fc-list :lang=zh-cn family 2>/dev/null");
  if (!listed.empty()) {
    findings.push_back({"fonts", "Chinese: " + listed.substr(0, listed.find(',')), ""});
    return;
  }
  namespace fs = std::filesystem;
  std::error_code ignored;
  for (const char* path : {"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
                           "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"}) {
    if (fs::exists(path, ignored)) {
      findings.push_back({"fonts", std::string("Chinese: ") + path, ""});
      return;
    }
  }
  findings.push_back(
      {"fonts", "no font for Chinese found",
       "Chinese text will show as boxes; install fonts-noto-cjk or fonts-wqy-microhei"});
}

void add_display(std::vector<Finding>& findings) {
  const std::string platform = environment("QT_QPA_PLATFORM");
  if (!platform.empty())
    findings.push_back({"display", "QT_QPA_PLATFORM=" + printable(platform), ""});
  else if (!environment("WAYLAND_DISPLAY").empty())
    findings.push_back(
        {"display", "Wayland (" + printable(environment("WAYLAND_DISPLAY")) + ")", ""});
  else if (!environment("DISPLAY").empty())
    findings.push_back({"display", "X11 (" + printable(environment("DISPLAY")) + ")", ""});
  else
    findings.push_back({"display", "none",
                        "the window cannot open: neither DISPLAY nor WAYLAND_DISPLAY is set; log "
                        "in to a desktop, or "
                        "use fireside-cli"});
}

void add_folders(std::vector<Finding>& findings) {
  namespace fs = std::filesystem;
  std::string base = environment("XDG_DATA_HOME");
  if (base.empty()) base = environment("HOME") + "/.local/share";
  fs::path data = fs::path(base) / "fireside";
  std::error_code ignored;
  fs::path existing = data;
  while (!existing.empty() && existing != existing.root_path() && !fs::exists(existing, ignored))
    existing = existing.parent_path();
  struct statvfs space = {};
  Finding finding{"data", printable(data.string()), ""};
  if (statvfs(existing.c_str(), &space) == 0) {
    const int64_t free_bytes =
        static_cast<int64_t>(space.f_bavail) * static_cast<int64_t>(space.f_frsize);
    finding.fact += ", " + gib(free_bytes) + " free on disk";
    if (free_bytes < (int64_t{256} << 20))
      finding.problem = "almost full: free some space, or conversations cannot be saved";
  }
  if (access(existing.c_str(), W_OK) != 0)
    finding.problem = "cannot be written; check the permissions of this folder";
  findings.push_back(finding);
  findings.push_back({"log", printable(log_directory()) + "/fireside.log", ""});
  try {
    findings.push_back({"helper", printable(document_helper_path()), ""});
  } catch (const Error& error) {
    findings.push_back({"helper", "missing", error.what()});
  }
}

}  // namespace

int doctor(std::span<const std::string> arguments) {
  OptionParser parser("doctor [--json]",
                      "What this machine has for Fireside; each problem with its fix.");
  bool json = false;
  parser.flag("--json", json, "print one object");
  const auto positional = parser.parse(arguments);
  if (parser.help_requested()) return write_text(stdout, parser.help()), kDone;
  if (!positional.empty()) throw Error(ErrorCode::InvalidArgument, "doctor takes options only");

  std::vector<Finding> findings;
  add_devices(findings);
  add_models(findings);
  add_fonts(findings);
  add_display(findings);
  add_folders(findings);

  if (json) {
    nlohmann::json list = nlohmann::json::array();
    int problems = 0;
    for (const Finding& finding : findings) {
      list.push_back(
          {{"topic", finding.topic}, {"fact", finding.fact}, {"problem", finding.problem}});
      problems += !finding.problem.empty();
    }
    write_text(
        stdout,
        nlohmann::json{{"version", FIRESIDE_VERSION}, {"problems", problems}, {"findings", list}}
                .dump(2, ' ', false, nlohmann::json::error_handler_t::replace) +
            "\n");
    return kDone;
  }
  write_text(stdout, "Fireside " FIRESIDE_VERSION "\n");
  for (const Finding& finding : findings) {
    std::string topic = finding.topic;
    topic.resize(std::max<size_t>(topic.size(), 9), ' ');
    write_text(stdout, topic + " " + finding.fact + "\n");
    if (!finding.problem.empty())
      write_text(stdout, std::string(10, ' ') + "! " + finding.problem + "\n");
  }
  return kDone;
}

}  // namespace engine::cli
