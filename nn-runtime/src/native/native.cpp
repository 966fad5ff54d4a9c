// What libtorch has and tch does not bind. Each function is called from `mod.rs`, and returns null or an error message,
// which is valid until the thread's next call. No exception leaves it.
//
// Include single operators, never <torch/torch.h>, which would make every build of the project slower.

#include "native.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/celu.h>
#include <ATen/ops/elu.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <algorithm>
#include <c10/core/InferenceMode.h>
#include <fstream>
#ifdef __GLIBC__
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace {

// The generator of a CUDA device, or the CPU's if the number is negative.
at::Generator generator(int64_t cuda) {
  if (cuda < 0) return at::detail::getDefaultCPUGenerator();
  return at::globalContext().defaultGenerator(c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(cuda)));
}

#ifdef __GLIBC__
// Makes the heap grow by half of the machine's memory, and asks for large pages there. Only addresses are reserved: no
// memory is touched.
void ask_for_large_pages() {
#ifdef MADV_HUGEPAGE
  // With strict accounting (`vm.overcommit_memory` is 2), even untouched memory would count, so nothing is asked for.
  if (std::ifstream("/proc/sys/vm/overcommit_memory").get() == '2') return;
  const size_t page = sysconf(_SC_PAGE_SIZE), size = sysconf(_SC_PHYS_PAGES) / 2 * page;
  void* room = malloc(size);
  if (!room) return;
  const auto begin = reinterpret_cast<uintptr_t>(room) / page * page + page;
  // If there are none, the pages stay small.
  static_cast<void>(madvise(reinterpret_cast<void*>(begin), size - page, MADV_HUGEPAGE));
  free(room);
#endif
}
#endif

// A tensor of this size and type outside malloc's heap. There, a tensor that is freed soon would leave a hole between
// others that stay.
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

// `weight` times `scale`, with the weight's type, in memory outside malloc's heap.
const char* nn_scaled(const at::Tensor* weight, const at::Tensor* scale, at::Tensor** result) {
  return returned(result, [=] {
    auto product = mapped(*weight);
    return at::mul_out(product, *weight, *scale);
  });
}

// A contiguous copy, in memory outside malloc's heap.
const char* nn_mapped_copy(const at::Tensor* tensor, at::Tensor** result) {
  return returned(result, [=] { return mapped(*tensor).copy_(*tensor); });
}

// Activations that tch binds only with the default arguments.
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

// torch.get_rng_state, torch.cuda.get_rng_state.
const char* nn_random_state(int64_t cuda, at::Tensor** state) {
  return returned(state, [=] {
    auto source = generator(cuda);
    std::lock_guard<std::mutex> lock(source.mutex());
    return source.get_state();
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

// Removes the gradients, as `torch.optim.Optimizer.zero_grad(set_to_none=True)` does.
const char* nn_clear_gradients(at::Tensor* const* tensors, size_t count) {
  return guarded([=] {
    for (size_t i = 0; i < count; ++i) tensors[i]->mutable_grad().reset();
  });
}

// torch.nn.utils.clip_grad_norm_. The result is the norm before clipping.
const char* nn_clip_gradients(size_t count, at::Tensor* const* gradients, double max_norm, double norm_type,
                              at::Tensor** total) {
  return returned(total, [=] {
    if (count == 0) return at::zeros({});
    const auto owned = list(gradients, count);
    const auto norm = at::linalg_vector_norm(at::stack(at::_foreach_norm(owned, norm_type)), norm_type);
    at::_foreach_mul_(owned, norm.add(1e-6).reciprocal().mul(max_norm).clamp_max(1.0));
    return norm;
  });
}

// Whether the tensor's elements are in memory without gaps and overlaps.
bool nn_is_dense(const at::Tensor* tensor) {
  return tensor->is_non_overlapping_and_dense();
}

// Adds 1 to each tensor, which has one element. On the CPU this takes less time than starting libtorch's operator.
const char* nn_count_up(at::Tensor* const* tensors, size_t count) {
  return guarded([=] {
    const auto numbers = list(tensors, count);
    if (!std::all_of(numbers.begin(), numbers.end(), is_float)) return at::_foreach_add_(numbers, 1);
    for (const auto& number : numbers) ++*number.mutable_data_ptr<float>();
  });
}

// Whether two tensors of one shape agree in device, type and strides.
bool nn_alike(const at::Tensor* a, const at::Tensor* b) {
  return a->device() == b->device() && a->scalar_type() == b->scalar_type() && a->strides() == b->strides();
}

// torch.inference_mode, from here until `nn_leave_inference_mode`, which this thread must call.
c10::InferenceMode* nn_enter_inference_mode() {
  return new c10::InferenceMode();
}

void nn_leave_inference_mode(c10::InferenceMode* mode) {
  delete mode;
}

// Makes malloc keep freed memory, of any size, and ask the system for `step` bytes more than it needs. Returns whether
// it does, which only glibc's can. (M_MMAP_THRESHOLD would not work for blocks of more than 2 GB: it is an int.)
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
