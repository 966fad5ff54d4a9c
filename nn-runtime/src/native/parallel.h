// Work on libtorch's threads.

#pragma once

#include <ATen/Parallel.h>
#include <ATen/TensorIterator.h>
#include <ATen/ops/arange.h>
#include <utility>
#include <vector>

// Splits `0..count` over libtorch's threads and calls `task` once on each, with the begin and end of its part; if `alone`, once
// on this thread. (libtorch's `parallel_for` is inlined, and would need OpenMP here.)
template <typename Task>
void in_parts(int64_t count, const Task& task, bool alone = false) {
  if (alone || count == 1 || at::get_num_threads() == 1) return task(0, count);
  auto indices = at::arange(count, at::kLong);
  at::TensorIteratorConfig config;
  config.check_all_same_dtype(false).declare_static_dtype(at::kLong).resize_outputs(false).add_output(indices);
  const auto part = [&](char** data, const int64_t*, int64_t size, int64_t times) {
    const auto begin = *reinterpret_cast<const int64_t*>(data[0]);
    task(begin, begin + size * times);
  };
  config.build().for_each(part, 1);
}

// Calls `task` with each index of `0..count`, on libtorch's threads; if `alone`, on this one.
template <typename Task>
void parallel(int64_t count, const Task& task, bool alone = false) {
  const auto part = [&](int64_t begin, int64_t end) {
    for (auto i = begin; i < end; ++i) task(i);
  };
  in_parts(count, part, alone);
}

// Memory of the thread, until it asks again.
inline float* scratch(int64_t numbers) {
  thread_local std::vector<float> memory;
  if (static_cast<int64_t>(memory.size()) < numbers) memory.resize(numbers);
  return memory.data();
}

// The parts of it, pointers, of so many numbers each.
template <typename Parts, typename... Sizes>
Parts scratch(Sizes... sizes) {
  auto next = scratch((sizes + ...));
  return {std::exchange(next, next + sizes)...};
}
