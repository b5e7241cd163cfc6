// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/launched_kernels.h"

#include <cuda_runtime_api.h>
#include <cxxabi.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <string>

namespace {

std::set<const void*>& launched() {
  static std::set<const void*> kernels;
  return kernels;
}

std::string readable(const char* mangled) {
  int status = 0;
  char* name = abi::__cxa_demangle(mangled, nullptr, nullptr, &status);
  const std::string result = status == 0 ? name : mangled;
  std::free(name);
  return result;
}

}  // namespace

// The linker sends every call of cudaLaunchKernelExC here (ld --wrap).
extern "C" cudaError_t __real_cudaLaunchKernelExC(const cudaLaunchConfig_t* config,
                                                  const void* kernel, void** arguments);
extern "C" cudaError_t __wrap_cudaLaunchKernelExC(const cudaLaunchConfig_t* config,
                                                  const void* kernel, void** arguments) {
  launched().insert(kernel);
  return __real_cudaLaunchKernelExC(config, kernel, arguments);
}

bool write_launched_kernels(const char* path) {
  std::set<std::string> names;
  for (const void* kernel : launched()) {
    const char* name = nullptr;
    if (cudaFuncGetName(&name, kernel) == cudaSuccess) names.insert(readable(name));
  }
  std::ofstream file(path);
  for (const std::string& name : names) file << name << '\n';
  return file.good();
}
