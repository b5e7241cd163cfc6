// SPDX-License-Identifier: Apache-2.0
#include "kernels/lm_head.h"

#include "kernels/cpu/matmul.h"
#include "kernels/cpu/rms_norm.h"

namespace kernels::cpu {

void lm_head(const LmHeadArgs& args, const CpuContext& context) {
  float* normed = static_cast<float*>(args.workspace);
  const float* hidden = static_cast<const float*>(args.hidden);
  rms_norm({normed, hidden, args.rows, args.norm_weight, args.num_rows, args.weight.cols, args.eps},
           context);
  matmul({args.logits, normed, args.weight, args.num_rows, Finish::Store}, context);
}

}  // namespace kernels::cpu
