// SPDX-License-Identifier: Apache-2.0
// A libcuda.so.1, or a libcublasLt.so.13, that can be opened and does nothing.
int fake_driver(void) { return 0; }
