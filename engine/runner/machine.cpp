// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/machine.h"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>
#include <string_view>
#include <thread>

namespace engine {
namespace {

constexpr int64_t kUnlimited = std::numeric_limits<int64_t>::max();

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// A number in a file; -1 when there is none (a limit of "max" among others).
int64_t number_in(const std::string& path) {
  std::ifstream file(path);
  int64_t value = -1;
  return file >> value ? value : -1;
}

// The value of the line "key value" or "key: value".
int64_t keyed_number(const std::string& path, std::string_view key) {
  std::ifstream file(path);
  std::string name;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    int64_t value = -1;
    if (words >> name >> value && (name == key || name == std::string(key) + ":")) return value;
  }
  return -1;
}

// Path of this process's control group below its hierarchy: "0::/user.slice" for version 2,
// "4:memory:/group" for a controller of version 1. Empty when there is none.
std::string group_path(const std::string& root, const std::string& controller) {
  std::ifstream file(root + "proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find(':');
    const size_t second = line.find(':', first == std::string::npos ? first : first + 1);
    if (second == std::string::npos) continue;
    std::istringstream controllers(line.substr(first + 1, second - first - 1));
    if (controller.empty() && second == first + 1) return line.substr(second + 1);
    for (std::string name; std::getline(controllers, name, ',');) {
      if (!controller.empty() && name == controller) return line.substr(second + 1);
    }
  }
  return "";
}

// Calls visit(folder) for the group and everything above it, up to the mount point. Inside a
// container the path may name a group that is not mounted there; the mount point remains.
template <typename Visit>
void for_each_group(const std::string& mount, std::string path, const Visit& visit) {
  while (path.size() > 1) {
    visit(mount + path);
    path.resize(path.find_last_of('/') == std::string::npos ? 0 : path.find_last_of('/'));
  }
  visit(mount);
}

int64_t group_memory_left(const std::string& root) {
  int64_t left = kUnlimited;
  const auto consider = [&left](int64_t limit, int64_t used, int64_t droppable) {
    if (limit < 0 || used < 0) return;
    left = std::min(left, std::max<int64_t>(0, limit - used + std::max<int64_t>(0, droppable)));
  };
  for_each_group(root + "sys/fs/cgroup", group_path(root, ""), [&](const std::string& group) {
    consider(number_in(group + "/memory.max"), number_in(group + "/memory.current"),
             keyed_number(group + "/memory.stat", "inactive_file"));
  });
  for_each_group(root + "sys/fs/cgroup/memory", group_path(root, "memory"),
                 [&](const std::string& group) {
                   consider(number_in(group + "/memory.limit_in_bytes"),
                            number_in(group + "/memory.usage_in_bytes"),
                            keyed_number(group + "/memory.stat", "total_inactive_file"));
                 });
  return left;
}

// The address space limit of this process (ulimit -v), less what it has mapped.
int64_t address_space_left(const std::string& root) {
  rlimit limit;
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnlimited;
  const int64_t used = keyed_number(root + "proc/self/status", "VmSize") * 1024;
  return std::max<int64_t>(0, static_cast<int64_t>(limit.rlim_cur) - std::max<int64_t>(0, used));
}

// Whole processors that the quota of the groups allows; kUnlimited without one.
int64_t quota_cores(const std::string& root) {
  int64_t cores = kUnlimited;
  const auto consider = [&cores](int64_t quota, int64_t period) {
    if (quota > 0 && period > 0) cores = std::min(cores, (quota + period - 1) / period);
  };
  for_each_group(root + "sys/fs/cgroup", group_path(root, ""), [&](const std::string& group) {
    std::istringstream line(first_line(group + "/cpu.max"));
    int64_t quota = -1, period = -1;
    if (line >> quota >> period) consider(quota, period);
  });
  for_each_group(
      root + "sys/fs/cgroup/cpu", group_path(root, "cpu"), [&](const std::string& group) {
        consider(number_in(group + "/cpu.cfs_quota_us"), number_in(group + "/cpu.cfs_period_us"));
      });
  return cores;
}

// Those of the affinity mask within the quota.
int processors(const std::string& root, bool one_of_each_core) {
  cpu_set_t allowed;
  int64_t count = std::max(1u, std::thread::hardware_concurrency());
  if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
    std::set<std::string> counted;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (!CPU_ISSET(cpu, &allowed)) continue;
      const std::string name = std::to_string(cpu);
      const std::string siblings = one_of_each_core
                                       ? first_line(root + "sys/devices/system/cpu/cpu" + name +
                                                    "/topology/thread_siblings_list")
                                       : "";
      counted.insert(siblings.empty() ? name : siblings);
    }
    count = static_cast<int64_t>(counted.size());
  }
  return static_cast<int>(std::clamp<int64_t>(std::min(count, quota_cores(root)), 1, 1024));
}

}  // namespace

int64_t available_memory(const std::string& root) {
  const int64_t machine = keyed_number(root + "proc/meminfo", "MemAvailable") * 1024;
  const int64_t left = std::min(group_memory_left(root), address_space_left(root));
  return std::max<int64_t>(0, machine > 0 ? std::min(machine, left) : left);
}

int available_cores(const std::string& root) { return processors(root, true); }

int available_processors(const std::string& root) { return processors(root, false); }

}  // namespace engine
