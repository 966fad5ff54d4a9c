// Work on libtorch's threads.

#pragma once

#include <ATen/Parallel.h>
#include <ATen/TensorIterator.h>
#include <ATen/ops/arange.h>
#include <utility>
#include <vector>

// Calls `task` with 0 to `count - 1` on libtorch's threads, or `alone` on this one. (Its `parallel_for` is inlined, and needs
// OpenMP here.)
template <typename Task>
void parallel(int64_t count, const Task& task, bool alone = false) {
  if (alone || count == 1 || at::get_num_threads() == 1) {
    for (int64_t i = 0; i < count; ++i) task(i);
    return;
  }
  auto indices = at::arange(count, at::kLong);
  at::TensorIteratorConfig config;
  config.check_all_same_dtype(false).declare_static_dtype(at::kLong).resize_outputs(false).add_output(indices);
  const auto some = [&](char** data, const int64_t* strides, int64_t size, int64_t times) {
    for (int64_t i = 0; i < size * times; ++i) {
      task(*reinterpret_cast<const int64_t*>(data[0] + i % size * strides[0] + i / size * strides[1]));
    }
  };
  config.build().for_each(some, 1);
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
