// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/documents/attacks.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>

namespace {

bool open_for_reading(const char* path) {
  const int fd = open(path, O_RDONLY);
  char byte = 0;
  return fd >= 0 && read(fd, &byte, 1) == 1;
}

bool read_memory_of_parent() {
  const std::string path = "/proc/" + std::to_string(getppid()) + "/mem";
  return open(path.c_str(), O_RDONLY) >= 0;
}

bool list_root() {
  const int fd = open("/", O_RDONLY | O_DIRECTORY);
  char entries[4096];
  return fd >= 0 && syscall(SYS_getdents64, fd, entries, sizeof(entries)) > 0;
}

// In the folder that the test runs in, which it cleans up.
bool write_file() {
  const int fd = open("escaped.txt", O_WRONLY | O_CREAT, 0600);
  return fd >= 0 && write(fd, "x", 1) == 1;
}

bool make_folder() { return mkdir("escaped", 0700) == 0; }
bool make_link() { return symlink("/etc/passwd", "escaped.link") == 0; }

bool connect_tcp() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return false;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // A refused connection went out; a forbidden one did not.
  return connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 ||
         errno == ECONNREFUSED;
}

bool run_program() {
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) {
    execl("/bin/true", "true", nullptr);
    _exit(1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  return status == 0;
}

bool replace_program() {
  execl("/bin/true", "true", nullptr);
  return false;
}

bool fork_bomb() {
  int children = 0;
  for (int i = 0; i < 50; ++i) {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    if (child < 0) break;
    ++children;
    waitpid(child, nullptr, 0);
  }
  return children > 0;
}

bool start_thread() {
  pthread_t thread;
  return pthread_create(
             &thread, nullptr, [](void* p) { return p; }, nullptr) == 0;
}

bool trace_parent() { return ptrace(PTRACE_SEIZE, getppid(), nullptr, nullptr) == 0; }

bool signal_parent() { return kill(getppid(), 0) == 0; }

bool take_two_gigabytes() {
  constexpr size_t kBlock = 64 << 20;
  for (int i = 0; i < 32; ++i) {
    auto* block = static_cast<volatile char*>(malloc(kBlock));
    if (block == nullptr) return false;
    for (size_t k = 0; k < kBlock; k += 4096) block[k] = 1;
  }
  return true;
}

bool map_code() {
  return mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
         MAP_FAILED;
}

bool make_code() {
  void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return page != MAP_FAILED && mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}

bool open_many() {
  for (int i = 0; i < 64; ++i)
    if (open("/dev/null", O_RDONLY) < 0) return false;
  return true;
}

bool loop_forever() {
  for (;;) asm volatile("");
}

bool write_to_stderr() { return write(STDERR_FILENO, "x", 1) == 1; }

// The other system call table of the machine, which a filter must not forget.
bool old_call_gate() {
#ifdef __x86_64__
  long result = 20;  // getpid
  asm volatile("int $0x80" : "+a"(result) : : "memory");
  return result > 0;
#else
  return false;
#endif
}

int recurse(int depth) {
  volatile char space[4096];
  space[0] = static_cast<char>(depth);
  return depth < 0 ? 0 : recurse(depth + 1) + space[0];
}

bool overflow_stack() { return recurse(1) == 0; }

bool crash() {
  volatile int* volatile nowhere = nullptr;
  *nowhere = 1;
  return false;
}

bool give_up() { abort(); }

// A system call that no reader needs, with arguments that mean nothing: it must not even be looked
// at.
bool reaches_kernel(long number) {
  return syscall(number, 0, 0, 0, 0, 0, 0) != -1 ||
         (errno != EPERM && errno != EACCES && errno != ENOSYS);
}

const std::map<std::string, bool (*)()>& attacks() {
  static const std::map<std::string, bool (*)()> list = {
      {"read_passwd", [] { return open_for_reading("/etc/passwd"); }},
      {"read_parent",
       [] {
         return open_for_reading(("/proc/" + std::to_string(getppid()) + "/environ").c_str());
       }},
      {"read_parent_memory", read_memory_of_parent},
      {"list_root", list_root},
      {"write_file", write_file},
      {"make_folder", make_folder},
      {"make_link", make_link},
      {"socket", [] { return socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }},
      {"connect_tcp", connect_tcp},
      {"run_program", run_program},
      {"execve", replace_program},
      {"fork_bomb", fork_bomb},
      {"thread", start_thread},
      {"ptrace", trace_parent},
      {"signal_parent", signal_parent},
      {"two_gigabytes", take_two_gigabytes},
      {"map_code", map_code},
      {"make_code", make_code},
      {"open_many", open_many},
      {"endless_loop", loop_forever},
      {"write_stderr", write_to_stderr},
      {"int80", old_call_gate},
      {"overflow_stack", overflow_stack},
      {"crash", crash},
      {"abort", give_up},
      {"memfd", [] { return reaches_kernel(SYS_memfd_create); }},
      {"io_uring", [] { return reaches_kernel(SYS_io_uring_setup); }},
      {"bpf", [] { return reaches_kernel(SYS_bpf); }},
      {"userfaultfd", [] { return reaches_kernel(SYS_userfaultfd); }},
      {"keyctl", [] { return reaches_kernel(SYS_keyctl); }},
      {"mount", [] { return reaches_kernel(SYS_mount); }},
      {"unshare", [] { return reaches_kernel(SYS_unshare); }},
      {"setns", [] { return reaches_kernel(SYS_setns); }},
      {"perf", [] { return reaches_kernel(SYS_perf_event_open); }},
      {"process_vm_readv", [] { return reaches_kernel(SYS_process_vm_readv); }},
      {"process_vm_writev", [] { return reaches_kernel(SYS_process_vm_writev); }},
      {"pidfd_getfd", [] { return reaches_kernel(SYS_pidfd_getfd); }},
      {"openat2", [] { return reaches_kernel(SYS_openat2); }},
      {"dup", [] { return reaches_kernel(SYS_dup); }},
      {"prctl", [] { return reaches_kernel(SYS_prctl); }},
      {"personality", [] { return reaches_kernel(SYS_personality); }},
      {"setrlimit", [] { return reaches_kernel(SYS_prlimit64); }},
      {"clone3", [] { return reaches_kernel(SYS_clone3); }},
      {"shmget", [] { return reaches_kernel(SYS_shmget); }},
      {"kexec", [] { return reaches_kernel(SYS_kexec_load); }},
  };
  return list;
}

}  // namespace

bool attack(const std::string& name) {
  const auto it = attacks().find(name);
  return it == attacks().end() || it->second();
}
