// SPDX-License-Identifier: Apache-2.0
#include "engine/documents/helper/sandbox.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace document_helper {
namespace {

using namespace engine::helper;

#ifdef FIRESIDE_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

constexpr rlim_t kAddressSpaceBytes = rlim_t{1} << 30;
constexpr rlim_t kStackBytes = rlim_t{8} << 20;
constexpr rlim_t kMaxDescriptors = 16;

bool set_limit(int resource, rlim_t soft, rlim_t hard) {
  rlimit old{};
  if (getrlimit(static_cast<__rlimit_resource_t>(resource), &old) != 0) return false;
  const rlimit limit{std::min(soft, old.rlim_max), std::min(hard, old.rlim_max)};
  return setrlimit(static_cast<__rlimit_resource_t>(resource), &limit) == 0;
}

// Even root keeps nothing. The bounding set needs no care: no_new_privs and no execve.
void drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  syscall(SYS_capset, &header, none);
}

bool limit_resources(uint32_t cpu_seconds) {
  bool good = set_limit(RLIMIT_CPU, cpu_seconds, rlim_t{cpu_seconds} + 1);
  good &= set_limit(RLIMIT_FSIZE, 0, 0);
  good &= set_limit(RLIMIT_NPROC, 0, 0);
  good &= set_limit(RLIMIT_NOFILE, kMaxDescriptors, kMaxDescriptors);
  good &= set_limit(RLIMIT_CORE, 0, 0);
  good &= set_limit(RLIMIT_MEMLOCK, 0, 0);
  good &= set_limit(RLIMIT_MSGQUEUE, 0, 0);
  good &= set_limit(RLIMIT_STACK, kStackBytes, kStackBytes);
  return good;
}

// --- Landlock (kernel documentation, userspace-api/landlock) ---

// Newer than the headers of Debian 12: kernels with a lower ABI are given a smaller size and lower
// bits only.
struct RulesetAttributes {
  uint64_t handled_access_fs;
  uint64_t handled_access_net;  // ABI 4
  uint64_t scoped;              // ABI 6
};

constexpr uint64_t kFsTruncate = 1ull << 14;     // ABI 3
constexpr uint64_t kFsIoctlDevice = 1ull << 15;  // ABI 5
constexpr uint64_t kNetBindAndConnectTcp = 3;
constexpr uint64_t kScopeAbstractSocketsAndSignals = 3;

bool allow_reading(int ruleset, const std::string& folder) {
  const int fd = open(folder.c_str(), O_PATH | O_CLOEXEC | O_DIRECTORY);
  if (fd < 0) return errno == ENOENT;
  landlock_path_beneath_attr rule{};
  rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
  rule.parent_fd = fd;
  const bool good =
      syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
  close(fd);
  return good;
}

bool enter_landlock(const std::vector<std::string>& readable_folders) {
  const long abi =
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return false;
  RulesetAttributes attributes{};
  attributes.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;  // every right of ABI 1
  if (abi >= 2) attributes.handled_access_fs |= LANDLOCK_ACCESS_FS_REFER;
  if (abi >= 3) attributes.handled_access_fs |= kFsTruncate;
  if (abi >= 5) attributes.handled_access_fs |= kFsIoctlDevice;
  if (abi >= 4) attributes.handled_access_net = kNetBindAndConnectTcp;
  if (abi >= 6) attributes.scoped = kScopeAbstractSocketsAndSignals;
  const size_t size = abi >= 6   ? sizeof(RulesetAttributes)
                      : abi >= 4 ? offsetof(RulesetAttributes, scoped)
                                 : offsetof(RulesetAttributes, handled_access_net);
  const int ruleset = static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, size, 0));
  if (ruleset < 0) return false;
  const bool good =
      std::all_of(readable_folders.begin(), readable_folders.end(),
                  [&](const std::string& folder) { return allow_reading(ruleset, folder); }) &&
      syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  close(ruleset);
  return good;
}

// --- seccomp ---

class Filter {
 public:
  Filter() : context_(seccomp_init(kSanitized ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS)) {
    if (context_ == nullptr) error_ = ENOMEM;
    if (context_ != nullptr)
      note(seccomp_attr_set(context_, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
  }
  ~Filter() {
    if (context_ != nullptr) seccomp_release(context_);
  }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  template <typename... Conditions>
  void allow(int call, Conditions... conditions) {
    add(SCMP_ACT_ALLOW, call, conditions...);
  }

  template <typename... Conditions>
  void refuse(int error, int call, Conditions... conditions) {
    add(SCMP_ACT_ERRNO(static_cast<uint32_t>(error)), call, conditions...);
  }

  // 0, or an errno.
  int load() {
    if (error_ == 0) note(seccomp_load(context_));
    return error_;
  }

 private:
  template <typename... Conditions>
  void add(uint32_t action, int call, Conditions... conditions) {
    if (error_ == 0)
      note(seccomp_rule_add(context_, action, call, sizeof...(conditions), conditions...));
  }

  void note(int result) {
    if (result < 0 && error_ == 0) error_ = -result;
  }

  scmp_filter_ctx context_;
  int error_ = 0;
};

void allow_memory(Filter& filter) {
  // Nothing executable: what an attacker brings along can never become code.
  filter.allow(SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  filter.allow(SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  for (const int call : {SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk)})
    filter.allow(call);
}

void allow_reading_what_is_open(Filter& filter) {
  for (const int call :
       {SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(fstat)})
    filter.allow(call);
  // How glibc spells fstat(), and stat(), which may find nothing.
  filter.allow(SCMP_SYS(newfstatat), SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH));
  filter.refuse(EACCES, SCMP_SYS(newfstatat), SCMP_A3(SCMP_CMP_NE, AT_EMPTY_PATH));
}

void allow_housekeeping(Filter& filter) {
  for (const int call :
       {SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
        SCMP_SYS(futex), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),
        SCMP_SYS(sysinfo)})  // qsort() asks for the memory there is
    filter.allow(call);
}

// poppler looks for the tables of unembedded Chinese, Japanese and Korean fonts when a document
// needs them.
void allow_opening(Filter& filter, bool landlock_holds) {
  constexpr scmp_datum_t kMode = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | O_PATH;
  if (landlock_holds) {
    filter.allow(SCMP_SYS(openat), SCMP_A2(SCMP_CMP_MASKED_EQ, kMode, O_RDONLY));
  } else {
    filter.refuse(EACCES, SCMP_SYS(openat), SCMP_A2(SCMP_CMP_MASKED_EQ, kMode, O_RDONLY));
  }
  for (const int call :
       {SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(stat),
        SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(readlink), SCMP_SYS(readlinkat)})
    filter.refuse(EACCES, call);
  filter.refuse(ENOTTY, SCMP_SYS(ioctl));  // isatty() of a stream
}

// What their run time asks for when an exception passes, and to report.
void allow_sanitizers(Filter& filter) {
  filter.allow(SCMP_SYS(write), SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO));
  for (const int call :
       {SCMP_SYS(sigaltstack), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(sched_yield), SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep)})
    filter.allow(call);
}

// poppler calls abort() when memory runs out, with a word on stderr. The signal must be seen as
// what it is: an honest file that is too large is no attack. Nobody else can be signalled.
void allow_giving_up(Filter& filter) {
  filter.refuse(EBADF, SCMP_SYS(write), SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO));
  for (const int call : {SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(rt_sigprocmask)})
    filter.allow(call);
  filter.allow(SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid())),
               SCMP_A2(SCMP_CMP_EQ, SIGABRT));
}

int enter_seccomp(bool landlock_holds) {
  Filter filter;
  allow_memory(filter);
  allow_reading_what_is_open(filter);
  allow_housekeeping(filter);
  allow_opening(filter, landlock_holds);
  filter.allow(SCMP_SYS(write), SCMP_A0(SCMP_CMP_EQ, STDOUT_FILENO));
  if (kSanitized)
    allow_sanitizers(filter);
  else
    allow_giving_up(filter);
  return filter.load();
}

}  // namespace

SandboxState enter_sandbox(const SandboxOptions& options) {
  SandboxState state;
  drop_capabilities();
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    state.seccomp_error = errno;
    return state;
  }
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  // Landlock opens folders, and limits leave few descriptors: its rules are made first.
  if ((options.layers & kLayerLandlock) != 0 && enter_landlock(options.readable_folders))
    state.layers |= kLayerLandlock;
  if ((options.layers & kLayerLimits) != 0 && limit_resources(options.cpu_seconds))
    state.layers |= kLayerLimits;
  if (!kSanitized && (options.layers & kLayerAddressSpace) != 0 &&
      set_limit(RLIMIT_AS, kAddressSpaceBytes, kAddressSpaceBytes))
    state.layers |= kLayerAddressSpace;
  if ((options.layers & kLayerSeccomp) != 0) {
    state.seccomp_error = enter_seccomp((state.layers & kLayerLandlock) != 0);
    if (state.seccomp_error == 0) state.layers |= kLayerSeccomp;
  }
  return state;
}

}  // namespace document_helper
