// SPDX-License-Identifier: Apache-2.0
#include "kernels/linear_residual.h"

#include "kernels/cpu/matmul.h"

namespace kernels::cpu {

void linear_residual(const LinearResidualArgs& args, const CpuContext& context) {
  matmul({static_cast<float*>(args.hidden), static_cast<const float*>(args.x), args.weight,
          args.num_tokens, Finish::Add},
         context);
}

}  // namespace kernels::cpu
