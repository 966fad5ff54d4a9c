// What the files of this folder share, above all that no exception leaves a function that Rust calls.

#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <optional>
#include <string>
#include <vector>

// Division that rounds up, and rounding up to a multiple.
constexpr int64_t divided(int64_t number, int64_t by) {
  return (number + by - 1) / by;
}

constexpr int64_t whole(int64_t number, int64_t by) {
  return divided(number, by) * by;
}

// Converts a tensor that Rust may pass as null.
inline std::optional<at::Tensor> optional(const at::Tensor* tensor) {
  return tensor ? std::optional<at::Tensor>(*tensor) : std::nullopt;
}

inline const float* numbers(const at::Tensor* tensor) {
  return tensor ? tensor->const_data_ptr<float>() : nullptr;
}

// The tensors of a list of pointers from Rust.
inline std::vector<at::Tensor> list(at::Tensor* const* tensors, size_t count) {
  std::vector<at::Tensor> list;
  list.reserve(count);
  for (size_t i = 0; i < count; ++i) list.push_back(*tensors[i]);
  return list;
}

// Whether it is a dense tensor of `float` on the CPU, which is what our kernels take.
inline bool is_float(const at::Tensor& tensor) {
  return tensor.layout() == at::kStrided && tensor.is_cpu() && tensor.scalar_type() == at::kFloat;
}

// Whether a trace is being recorded. It may hold only libtorch's operators.
inline bool is_traced() {
  return c10::impl::tls_is_dispatch_key_included(c10::DispatchKey::Tracer);
}

// Runs `body`, and returns null or an error message, which is valid until the thread's next call.
template <typename Body>
const char* guarded(Body body) {
  thread_local std::string failure;
  try {
    body();
    return nullptr;
  } catch (const c10::Error& error) {
    failure = error.what_without_backtrace();
  } catch (const std::exception& error) {
    failure = error.what();
  }
  return failure.c_str();
}

// Sets `*result` to what `compute` returns, as a new tensor that the caller owns.
template <typename Compute>
const char* returned(at::Tensor** result, Compute compute) {
  return guarded([=] { *result = new at::Tensor(compute()); });
}
