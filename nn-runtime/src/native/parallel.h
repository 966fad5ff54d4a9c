// Parallel loops on libtorch's threads.

#pragma once

#include <ATen/Parallel.h>
#include <ATen/TensorIterator.h>
#include <ATen/ops/arange.h>
#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

// Splits `0..count` over libtorch's threads and calls `task` once on each, with the begin and end of its part; if `alone`, once
// on this thread. (libtorch's `parallel_for` is inlined, and would need OpenMP here.)
template <typename Task>
void in_parts(int64_t count, const Task& task, bool alone = false) {
  if (alone || count == 1 || at::get_num_threads() == 1 || at::in_parallel_region()) return task(0, count);
  const auto part = [&](char** data, const int64_t*, int64_t size, int64_t times) {
    const auto begin = *reinterpret_cast<const int64_t*>(data[0]);
    task(begin, begin + size * times);
  };
  at::TensorIteratorConfig config;
  config.check_all_same_dtype(false).declare_static_dtype(at::kLong).resize_outputs(false);
  // Not kept for the next call, which would save 1 or 2 % of small networks: where it then lies in the heap, a large block
  // that was freed no longer serves the next large one, and ResNet-34 takes 12 MB more.
  config.add_owned_output(at::arange(count, at::kLong)).build().for_each(part, 1);
}

// Calls `task` with each index of `0..count` on libtorch's threads. Each thread has a part of them, and helps the
// others when it is done. If `alone`, everything runs on this thread.
template <typename Task>
void parallel(int64_t count, const Task& task, bool alone = false) {
  const auto parts = alone ? 1 : std::clamp<int64_t>(count, 1, at::get_num_threads());
  std::vector<std::atomic<int64_t>> done(parts);
  const auto work = [&](int64_t own, int64_t) {
    for (auto part = own; part < own + parts; ++part) {
      const auto begin = count * (part % parts) / parts, size = count * (part % parts + 1) / parts - begin;
      for (int64_t i; (i = done[part % parts]++) < size;) task(begin + i);
    }
  };
  in_parts(parts, work);
}

// Memory of this thread, valid until its next call.
inline float* scratch(int64_t numbers) {
  thread_local std::vector<float> memory;
  if (static_cast<int64_t>(memory.size()) < numbers) memory.resize(numbers);
  return memory.data();
}

// Divides that memory into parts with these numbers of elements, and returns the pointers to them.
template <typename Parts, typename... Sizes>
Parts scratch(Sizes... sizes) {
  auto next = scratch((sizes + ...));
  return {std::exchange(next, next + sizes)...};
}
