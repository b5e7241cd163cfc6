// SPDX-License-Identifier: Apache-2.0
#include "kernels/norm_qkv.h"

#include "kernels/cpu/matmul.h"
#include "kernels/cpu/rms_norm.h"

namespace kernels::cpu {

void norm_qkv(const NormQkvArgs& args, const CpuContext& context) {
  float* normed = static_cast<float*>(args.workspace);
  const float* hidden = static_cast<const float*>(args.hidden);
  rms_norm({normed, hidden, nullptr, args.norm_weight, args.num_tokens, args.weight.cols, args.eps},
           context);
  matmul({static_cast<float*>(args.qkv), normed, args.weight, args.num_tokens, Finish::Store},
         context);
}

}  // namespace kernels::cpu
