// SPDX-License-Identifier: Apache-2.0
// Which GPU kernels this process has launched: so that small shapes can be shown to reach every
// kernel that the full tests reach. Linked with --wrap=cudaLaunchKernelExC.
#pragma once

// Their names, one a line, sorted; a template counts once for each set of arguments. False when the
// file cannot be written.
bool write_launched_kernels(const char* path);
