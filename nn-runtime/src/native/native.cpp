// What libtorch has and tch does not bind. Each function is called from `mod.rs`, and returns null or what went wrong,
// which is valid until the thread's next call; no exception leaves it.
//
// Include single operators, never <torch/torch.h>: every build of the project pays for this file.

#include "native.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcdiv.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_neg.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_foreach_sqrt.h>
#include <ATen/ops/_fused_adagrad.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/_fused_sgd.h>
#include <ATen/ops/celu.h>
#include <ATen/ops/elu.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <fstream>
#ifdef __GLIBC__
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace {

using Tensors = std::vector<at::Tensor>;

// The fused kernels walk over memory, so a gradient must lie in it as its parameter does.
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

// The generator of a CUDA device, or of the CPU where the number is negative.
at::Generator generator(int64_t cuda) {
  if (cuda < 0) return at::detail::getDefaultCPUGenerator();
  return at::globalContext().defaultGenerator(c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(cuda)));
}

#ifdef __GLIBC__
// Lets the heap grow by half of the memory that there is, and asks for large pages there, as far as the system has them.
// It grows in addresses only: nothing is touched.
void ask_for_large_pages() {
#ifdef MADV_HUGEPAGE
  // Where what is asked for is promised (`vm.overcommit_memory`), it is not asked for.
  if (std::ifstream("/proc/sys/vm/overcommit_memory").get() == '2') return;
  const size_t page = sysconf(_SC_PAGE_SIZE), size = sysconf(_SC_PHYS_PAGES) / 2 * page;
  void* room = malloc(size);
  if (!room) return;
  const auto begin = reinterpret_cast<uintptr_t>(room) / page * page + page;
  // Without them all is as before.
  static_cast<void>(madvise(reinterpret_cast<void*>(begin), size - page, MADV_HUGEPAGE));
  free(room);
#endif
}
#endif

// A tensor of this size beside malloc's heap, where it would leave a hole among what is made meanwhile and stays.
at::Tensor mapped(const at::Tensor& like) {
#ifdef __GLIBC__
  const auto size = std::max<size_t>(like.nbytes(), 1);
  void* memory = like.is_cpu() ? mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : MAP_FAILED;
  if (memory != MAP_FAILED) return at::from_blob(memory, like.sizes(), [=](void* data) { munmap(data, size); }, like.options());
#endif
  return at::empty(like.sizes(), like.options());
}

}  // namespace

extern "C" {

// `weight` times `scale`, of the weight's type, for a while.
const char* nn_scaled(const at::Tensor* weight, const at::Tensor* scale, at::Tensor** result) {
  return returned(result, [=] {
    auto product = mapped(*weight);
    return at::mul_out(product, *weight, *scale);
  });
}

// A contiguous copy, for a while.
const char* nn_mapped_copy(const at::Tensor* tensor, at::Tensor** result) {
  return returned(result, [=] { return mapped(*tensor).copy_(*tensor); });
}

// Activations, of which tch binds those with the default arguments.
const char* nn_leaky_relu(const at::Tensor* x, double negative_slope, at::Tensor** result) {
  return returned(result, [=] { return at::leaky_relu(*x, negative_slope); });
}

const char* nn_elu(const at::Tensor* x, double alpha, at::Tensor** result) {
  return returned(result, [=] { return at::elu(*x, alpha); });
}

const char* nn_celu(const at::Tensor* x, double alpha, at::Tensor** result) {
  return returned(result, [=] { return at::celu(*x, alpha); });
}

const char* nn_softplus(const at::Tensor* x, double beta, double threshold, at::Tensor** result) {
  return returned(result, [=] { return at::softplus(*x, beta, threshold); });
}

const char* nn_leaky_relu_(at::Tensor* x, double negative_slope) {
  return guarded([=] { at::leaky_relu_(*x, negative_slope); });
}

// torch.get_rng_state, torch.cuda.get_rng_state: `state` becomes a new tensor, the caller's.
const char* nn_random_state(int64_t cuda, at::Tensor** state) {
  return guarded([=] {
    auto source = generator(cuda);
    std::lock_guard<std::mutex> lock(source.mutex());
    *state = new at::Tensor(source.get_state());
  });
}

// torch.set_rng_state, torch.cuda.set_rng_state.
const char* nn_set_random_state(int64_t cuda, const at::Tensor* state) {
  return guarded([=] {
    auto target = generator(cuda);
    std::lock_guard<std::mutex> lock(target.mutex());
    target.set_state(*state);
  });
}

// Sets the gradients to none, as `torch.optim.Optimizer.zero_grad(set_to_none=True)`.
const char* nn_clear_gradients(at::Tensor* const* tensors, size_t count) {
  return guarded([=] {
    for (size_t i = 0; i < count; ++i) tensors[i]->mutable_grad().reset();
  });
}

// torch.nn.utils.clip_grad_norm_: `*total` becomes a new tensor, the norm before.
const char* nn_clip_gradients(size_t count, at::Tensor* const* gradients, double max_norm, double norm_type,
                              at::Tensor** total) {
  return guarded([=] {
    const auto owned = list(gradients, count);
    const auto norm =
        count ? at::linalg_vector_norm(at::stack(at::_foreach_norm(owned, norm_type)), norm_type) : at::zeros({});
    if (count) at::_foreach_mul_(owned, norm.add(1e-6).reciprocal().mul(max_norm).clamp_max(1.0));
    *total = new at::Tensor(norm);
  });
}

// Whether the tensor's elements lie in memory without gaps and overlaps.
bool nn_is_dense(const at::Tensor* tensor) {
  return tensor->is_non_overlapping_and_dense();
}

// Adds 1 to each.
const char* nn_count_up(at::Tensor* const* tensors, size_t count) {
  return guarded([=] { at::_foreach_add_(list(tensors, count), 1); });
}

// Whether two tensors of one shape agree in device, type and strides.
bool nn_alike(const at::Tensor* a, const at::Tensor* b) {
  return a->device() == b->device() && a->scalar_type() == b->scalar_type() && a->strides() == b->strides();
}

// at::_fused_sgd_: `momentum_buffers` is null where momentum is 0; in the first step they become the gradients.
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
    // Both are overloaded, for a learning rate in a tensor.
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

// torch.optim.rmsprop, for which there is no fused kernel, as its _multi_tensor_rmsprop. `grad_avgs` is null unless
// centred, and `momentum_buffers` where momentum is 0.
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

// torch.inference_mode, from here until `nn_leave_inference_mode`, which this thread must call.
c10::InferenceMode* nn_enter_inference_mode() {
  return new c10::InferenceMode();
}

void nn_leave_inference_mode(c10::InferenceMode* mode) {
  delete mode;
}

// Lets malloc keep what is freed, of any size, and ask the system for `step` bytes more than it needs. Whether it does:
// only glibc's can be told. (M_MMAP_THRESHOLD would not do for blocks of more than 2 GB: it is an int.)
bool nn_keep_memory(int step) {
#ifdef __GLIBC__
  if (!mallopt(M_MMAP_MAX, 0) || !mallopt(M_TRIM_THRESHOLD, -1) || !mallopt(M_TOP_PAD, step)) return false;
  ask_for_large_pages();
  return true;
#else
  static_cast<void>(step);
  return false;
#endif
}

// malloc_trim.
void nn_trim_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}
}
