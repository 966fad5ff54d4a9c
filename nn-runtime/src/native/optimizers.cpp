// The steps of the optimizers: libtorch's fused kernels, or what torch.optim does if there is none. Called from
// `optimizers.rs`.

#include "native.h"

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcdiv.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_neg.h>
#include <ATen/ops/_foreach_sqrt.h>
#include <ATen/ops/_fused_adagrad.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/_fused_sgd.h>
#include <ATen/ops/empty_like.h>

namespace {

using Tensors = std::vector<at::Tensor>;

// Gradients with the strides of their parameters, because the fused kernels go through memory in order.
Tensors like(const Tensors& parameters, at::Tensor* const* gradients) {
  Tensors list;
  list.reserve(parameters.size());
  for (const auto& parameter : parameters) {
    const auto& gradient = *gradients[list.size()];
    const bool same = gradient.strides() == parameter.strides();
    list.push_back(same ? gradient : at::empty_like(parameter).copy_(gradient));
  }
  return list;
}

}  // namespace

extern "C" {

// at::_fused_sgd_. `momentum_buffers` is null without momentum. The first step sets them to the gradients.
const char* nn_fused_sgd(size_t count, at::Tensor* const* parameters, at::Tensor* const* gradients,
                         at::Tensor* const* momentum_buffers, double weight_decay, double momentum, double lr,
                         double dampening, bool nesterov, bool maximize, bool first_step) {
  return guarded([=] {
    const auto owned = list(parameters, count);
    const auto buffers = momentum_buffers ? list(momentum_buffers, count) : Tensors();
    at::_fused_sgd_(owned, like(owned, gradients), buffers, weight_decay, momentum, lr, dampening, nesterov, maximize,
                    first_step);
  });
}

// at::_fused_adam_, or at::_fused_adamw_ if `decoupled`. `max_exp_avg_sqs` is null without `amsgrad`.
const char* nn_fused_adam(size_t count, at::Tensor* const* parameters, at::Tensor* const* gradients,
                          at::Tensor* const* exp_avgs, at::Tensor* const* exp_avg_sqs,
                          at::Tensor* const* max_exp_avg_sqs, at::Tensor* const* steps, double lr, double beta1,
                          double beta2, double weight_decay, double eps, bool maximize, bool decoupled) {
  return guarded([=] {
    const auto owned = list(parameters, count);
    const bool amsgrad = max_exp_avg_sqs != nullptr;
    const auto maxima = amsgrad ? list(max_exp_avg_sqs, count) : Tensors();
    // The type selects the overload with a number, not a tensor, as the learning rate.
    using Fused = void (*)(at::TensorList, at::TensorList, at::TensorList, at::TensorList, at::TensorList,
                           at::TensorList, double, double, double, double, double, bool, bool,
                           const std::optional<at::Tensor>&, const std::optional<at::Tensor>&);
    const Fused fused = decoupled ? static_cast<Fused>(at::_fused_adamw_) : static_cast<Fused>(at::_fused_adam_);
    fused(owned, like(owned, gradients), list(exp_avgs, count), list(exp_avg_sqs, count), maxima,
          list(steps, count), lr, beta1, beta2, weight_decay, eps, amsgrad, maximize, {}, {});
  });
}

// at::_fused_adagrad_.
const char* nn_fused_adagrad(size_t count, at::Tensor* const* parameters, at::Tensor* const* gradients,
                             at::Tensor* const* sums, at::Tensor* const* steps, double lr, double lr_decay,
                             double weight_decay, double eps, bool maximize) {
  return guarded([=] {
    const auto owned = list(parameters, count);
    at::_fused_adagrad_(owned, like(owned, gradients), list(sums, count), list(steps, count), lr, lr_decay, weight_decay, eps,
                        maximize);
  });
}

// torch.optim.RMSprop, which has no fused kernel, computed as its _multi_tensor_rmsprop does. `grad_avgs` is null
// unless it is centred, and `momentum_buffers` is null without momentum.
const char* nn_rmsprop(size_t count, at::Tensor* const* parameters, at::Tensor* const* gradients,
                       at::Tensor* const* square_avgs, at::Tensor* const* grad_avgs,
                       at::Tensor* const* momentum_buffers, double lr, double alpha, double eps, double weight_decay,
                       double momentum, bool maximize) {
  return guarded([=] {
    const auto owned = list(parameters, count);
    auto slopes = list(gradients, count);
    if (maximize) slopes = at::_foreach_neg(slopes);
    if (weight_decay != 0) slopes = at::_foreach_add(slopes, owned, weight_decay);
    const auto squares = list(square_avgs, count);
    at::_foreach_mul_(squares, alpha);
    at::_foreach_addcmul_(squares, slopes, slopes, 1 - alpha);
    Tensors deviations = squares;
    if (grad_avgs) {
      const auto means = list(grad_avgs, count);
      at::_foreach_lerp_(means, slopes, 1 - alpha);
      deviations = at::_foreach_addcmul(squares, means, means, -1);
    }
    deviations = at::_foreach_sqrt(deviations);
    at::_foreach_add_(deviations, eps);
    if (momentum_buffers) {
      const auto buffers = list(momentum_buffers, count);
      at::_foreach_mul_(buffers, momentum);
      at::_foreach_addcdiv_(buffers, slopes, deviations);
      at::_foreach_add_(owned, buffers, -lr);
    } else {
      at::_foreach_addcdiv_(owned, slopes, deviations, -lr);
    }
  });
}
}
