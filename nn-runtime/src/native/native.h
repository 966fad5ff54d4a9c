// What the files of this folder share: no exception leaves a function that Rust calls.

#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <string>

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
