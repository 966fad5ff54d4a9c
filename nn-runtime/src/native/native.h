// What the files of this folder share: no exception leaves a function that Rust calls.

#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <optional>
#include <string>
#include <vector>

// How many times `by` covers a number, and the number that it covers then.
constexpr int64_t divided(int64_t number, int64_t by) {
  return (number + by - 1) / by;
}

constexpr int64_t whole(int64_t number, int64_t by) {
  return divided(number, by) * by;
}

// A tensor that Rust may give as null.
inline std::optional<at::Tensor> optional(const at::Tensor* tensor) {
  return tensor ? std::optional<at::Tensor>(*tensor) : std::nullopt;
}

inline const float* numbers(const at::Tensor* tensor) {
  return tensor ? tensor->const_data_ptr<float>() : nullptr;
}

// What Rust gives as pointers.
inline std::vector<at::Tensor> list(at::Tensor* const* tensors, size_t count) {
  std::vector<at::Tensor> list;
  list.reserve(count);
  for (size_t i = 0; i < count; ++i) list.push_back(*tensors[i]);
  return list;
}

// What our kernels compute with.
inline bool is_float(const at::Tensor& tensor) {
  return tensor.layout() == at::kStrided && tensor.is_cpu() && tensor.scalar_type() == at::kFloat;
}

// Whether a trace is recorded: it holds libtorch's operators alone.
inline bool is_traced() {
  return c10::impl::tls_is_dispatch_key_included(c10::DispatchKey::Tracer);
}

// Null, or what went wrong, which is valid until the thread's next call.
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

// `*result` becomes what `compute` returns, a new tensor of the caller's.
template <typename Compute>
const char* returned(at::Tensor** result, Compute compute) {
  return guarded([=] { *result = new at::Tensor(compute()); });
}
