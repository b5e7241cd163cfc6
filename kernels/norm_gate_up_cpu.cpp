// SPDX-License-Identifier: Apache-2.0
#include "kernels/norm_gate_up.h"

#include "kernels/cpu/matmul.h"
#include "kernels/cpu/rms_norm.h"

namespace kernels::cpu {

void norm_gate_up(const NormGateUpArgs& args, const CpuContext& context) {
  float* normed = static_cast<float*>(args.workspace);
  const float* hidden = static_cast<const float*>(args.hidden);
  rms_norm({normed, hidden, nullptr, args.norm_weight, args.num_tokens, args.weight.cols, args.eps},
           context);
  matmul(
      {static_cast<float*>(args.out), normed, args.weight, args.num_tokens, Finish::SiluMultiply},
      context);
}

}  // namespace kernels::cpu
