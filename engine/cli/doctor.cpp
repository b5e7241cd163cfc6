// SPDX-License-Identifier: Apache-2.0
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "engine/base/user_folders.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/session.h"
#include "engine/cli/terminal.h"
#include "engine/core/loading.h"
#include "engine/core/model_folders.h"
#include "engine/device_info.h"
#include "engine/document.h"
#include "engine/engine.h"
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

std::string size_text(int64_t bytes) {
  constexpr int64_t kGiB = 1 << 30, kMiB = 1 << 20;
  const bool large = bytes >= kGiB;
  char text[32];
  std::snprintf(text, sizeof text, large ? "%.1f GiB" : "%.1f MiB",
                static_cast<double>(bytes) / static_cast<double>(large ? kGiB : kMiB));
  return text;
}

// In the units of the other lines; MemoryUse::description is for logs.
std::string plan_text(const MemoryUse& use) {
  std::string text =
      "weights " + size_text(use.weights) + " + workspace " + size_text(use.workspace);
  if (use.graphs > 0) text += " + graphs " + size_text(use.graphs);
  return text + " + KV cache " + size_text(use.kv_cache) + " (" + counted(use.kv_tokens, "token") +
         (use.kv_bits == 8 ? " in fp8" : "") + ") of " + size_text(use.available);
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
    std::string memory;
    if (device.memory_total > 0)
      memory = size_text(device.memory_total) + ", " + size_text(device.memory_free) + " free";
    if (device.id == "cpu") {
      findings.push_back({"cpu", fact, device.problem});
      findings.push_back({"memory", memory.empty() ? "unknown" : memory, ""});
    } else {
      findings.push_back(
          {device.id, fact + (memory.empty() ? "" : ", memory " + memory), device.problem});
    }
  }
}

void add_models(std::vector<Finding>& findings) {
  int64_t free_bytes = 0;
  for (const DeviceInfo& device : list_devices())
    if (device.problem.empty()) free_bytes = std::max(free_bytes, device.memory_free);
  for (const std::filesystem::path& place : model_places()) {
    std::error_code ignored;
    const bool exists = std::filesystem::is_directory(place, ignored);
    findings.push_back(
        {"models", "looked for in " + printable(place.string()) + (exists ? "" : " (absent)"), ""});
  }
  bool usable = false;
  const char* chosen = model_from_environment().empty() ? "" : ", FIRESIDE_MODEL";
  for (const ModelInfo& model : find_models()) {
    Finding finding{"model", model.name + " (" + printable(model.path) + chosen + ")",
                    model.unsupported};
    chosen = "";  // the first only
    if (model.unsupported.empty()) {
      constexpr int kUsefulContext = 4096;
      const int context = std::min(model.max_context, kUsefulContext);
      finding.fact += ": " + model.dtype + ", " + size_text(model.weight_bytes) + ", context " +
                      grouped(model.max_context);
      if (model.required_bytes(context) > free_bytes)
        finding.problem = "needs " + size_text(model.required_bytes(context)) +
                          " for a context of " + grouped(context) + " tokens, " +
                          size_text(free_bytes) +
                          " is free; close other programs or choose a smaller model";
      else if (!model.bundled)
        usable = true;
    }
    findings.push_back(finding);
  }
  if (!usable) {
    const auto folder = data_folder();
    const std::string place = folder
                                  ? "into " + printable((*folder / "models").string()) + ", or set "
                                  : "anywhere and set ";
    findings.push_back(
        {"model", "only what comes with Fireside",
         "put the folder Qwen3-4B-Instruct-2507 (8.0 GB) " + place + "FIRESIDE_MODEL to it"});
  }
}

// What loading the model would take; of the one named, else the one that would be chosen.
void add_memory_plan(EngineConfig config, std::vector<Finding>& findings) {
  if (config.model.empty()) config.model = model_from_environment();
  if (config.model.empty()) {
    for (const ModelInfo& model : find_models()) {
      if (!model.unsupported.empty()) continue;
      config.model = model.path;
      break;
    }
    if (config.model.empty()) return;
  }
  Finding finding{"plan", printable(config.model), ""};
  try {
    const ModelInfo model = inspect_model(config.model);
    if (!model.unsupported.empty()) throw Error(ErrorCode::Unsupported, model.unsupported);
    finding.fact = model.name;
    config.device = choose_device(config.device);
    finding.fact += " on " + config.device + ": " + plan_text(Engine::plan_memory(config)) +
                    " (from what is free now; nothing was loaded)";
  } catch (const Error& error) {
    finding.problem = error.what();
  }
  findings.push_back(finding);
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

// Qt's platform plugins by their file names (libqxcb.so, libqwayland-generic.so): this program has
// no Qt to ask.
std::string qt_platforms() {
  namespace fs = std::filesystem;
  std::vector<fs::path> folders = {"/usr/lib/x86_64-linux-gnu/qt6/plugins",
                                   "/usr/lib/aarch64-linux-gnu/qt6/plugins",
                                   "/usr/lib64/qt6/plugins", "/usr/lib/qt6/plugins"};
  if (const std::string own = environment("QT_PLUGIN_PATH"); !own.empty()) folders = {own};
  std::set<std::string> names;
  for (const fs::path& folder : folders) {
    std::error_code failed;
    for (fs::directory_iterator it(folder / "platforms", failed), end; !failed && it != end;
         it.increment(failed)) {
      const std::string name = it->path().stem().string();
      if (name.starts_with("libq")) names.insert(name.substr(4));
    }
  }
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + printable(name);
  return list;
}

void add_display(std::vector<Finding>& findings) {
  const std::string wanted = environment("QT_QPA_PLATFORM"),
                    wayland = environment("WAYLAND_DISPLAY"), x11 = environment("DISPLAY");
  const std::string platforms = qt_platforms();
  const bool has_xcb = platforms.find("xcb") != std::string::npos,
             has_wayland = platforms.find("wayland") != std::string::npos;
  Finding finding{"display", "", ""};
  if (!wanted.empty()) {
    finding.fact = "QT_QPA_PLATFORM=" + printable(wanted);
  } else if (!wayland.empty()) {
    finding.fact = "Wayland (" + printable(wayland) + ")";
    if (!platforms.empty() && !has_wayland && (x11.empty() || !has_xcb))
      finding.problem = "Qt has no plugin for Wayland; install qt6-wayland";
  } else if (!x11.empty()) {
    finding.fact = "X11 (" + printable(x11) + ")";
    if (!platforms.empty() && !has_xcb)
      finding.problem = "Qt has no plugin for X11 (xcb); install libqt6gui6";
  } else {
    finding.fact = "none";
    finding.problem =
        "the window cannot open: neither DISPLAY nor WAYLAND_DISPLAY is set; log in to a desktop, "
        "or use fireside-cli";
  }
  findings.push_back(finding);
  findings.push_back({"qt", platforms.empty() ? "no platform plugins found" : platforms,
                      platforms.empty() ? "the window cannot open without Qt 6; run "
                                          "packaging/run.sh, which installs it"
                                        : ""});
}

void add_data_folder(std::vector<Finding>& findings) {
  namespace fs = std::filesystem;
  const std::optional<fs::path> data = data_folder();
  if (!data) {
    findings.push_back({"data", "no folder",
                        "conversations and models have no place: set HOME to your home folder (or "
                        "XDG_DATA_HOME to an absolute path)"});
    return;
  }
  std::error_code ignored;
  fs::path existing = *data;
  while (existing != existing.root_path() && !fs::exists(existing, ignored))
    existing = existing.parent_path();
  struct statvfs space = {};
  Finding finding{"data", printable(data->string()), ""};
  if (statvfs(existing.c_str(), &space) == 0) {
    const int64_t free_bytes =
        static_cast<int64_t>(space.f_bavail) * static_cast<int64_t>(space.f_frsize);
    finding.fact += ", " + size_text(free_bytes) + " free on disk";
    if (free_bytes < (int64_t{256} << 20))
      finding.problem = "almost full: free some space, or conversations cannot be saved";
  }
  if (access(existing.c_str(), W_OK) != 0)
    finding.problem = "cannot be written; check the permissions of this folder";
  findings.push_back(finding);
}

void add_log(std::vector<Finding>& findings) {
  const std::string log = log_directory();
  findings.push_back({"log", log.empty() ? "no file" : printable(log) + "/fireside.log", ""});
}

void add_documents(std::vector<Finding>& findings) {
  const DocumentHelperStatus helper = check_document_helper();
  const std::string path = helper.path.empty() ? "no reader" : printable(helper.path);
  if (!helper.problem.empty())
    findings.push_back({"documents", path, "documents cannot be read: " + helper.problem});
  else if (!helper.missing_layers.empty())
    findings.push_back({"documents", path + ", read with fewer safeguards",
                        "the sandbox lacks " + helper.missing_layers +
                            "; use a newer kernel, or allow them in the container"});
  else
    findings.push_back({"documents", path + ", sandbox complete", ""});
}

}  // namespace

int doctor(std::span<const std::string> arguments) {
  OptionParser parser(
      "doctor [--json] [--model DIR] [options]",
      "What this machine has for Fireside, and what loading the model would take of its memory; "
      "each\nproblem with its fix.");
  CommonOptions common;
  bool json = false;
  parser.flag("--json", json, "print one object");
  common.add_to(parser);
  const auto positional = parser.parse(arguments);
  if (parser.help_requested()) return write_text(stdout, parser.help()), kDone;
  if (!positional.empty()) throw Error(ErrorCode::InvalidArgument, "doctor takes options only");
  common.config.validate();

  std::vector<Finding> findings;
  add_devices(findings);
  add_models(findings);
  add_memory_plan(common.config, findings);
  add_documents(findings);
  add_fonts(findings);
  add_display(findings);
  add_data_folder(findings);
  add_log(findings);

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
