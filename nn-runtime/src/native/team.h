// A task for several threads, which wait for each other between its parts.

#pragma once

#include "parallel.h"

#include <atomic>
#include <thread>

// How often a waiting thread checks before it yields its core: for about 20 microseconds.
constexpr int64_t LOOKS = 1000;

// A thread of the task, which does the shares from `begin` to `end`. If it runs alone, such as in a nested parallel
// region, it does all of them. This is why `wait` counts shares, not threads.
struct Member {
  int64_t begin, end, shares;
  std::atomic<int64_t>& arrived;
  int64_t awaited = 0;

  // Calls `body` with each index of this thread's part of `0..count`.
  template <typename Body>
  void share(int64_t count, const Body& body) const {
    for (auto i = count * begin / shares; i < count * end / shares; ++i) body(i);
  }

  // Waits until all shares have got here.
  void wait() {
    awaited += shares;
    arrived += end - begin;
    for (int64_t looks = 0; arrived.load(std::memory_order_acquire) < awaited; ++looks) {
      if (looks >= LOOKS) std::this_thread::yield();
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
  }
};

// Calls `task` on libtorch's threads, each with its `Member`, or if `alone`, only on this thread. To wait for each
// other, threads must run at the same time. OpenMP's do, but those of libtorch's own pool may not.
template <typename Task>
void together(const Task& task, bool alone) {
  const int64_t shares = alone || !AT_PARALLEL_OPENMP ? 1 : at::get_num_threads();
  std::atomic<int64_t> arrived = 0;
  in_parts(shares, [&](int64_t begin, int64_t end) {
    Member member{begin, end, shares, arrived};
    task(member);
  });
}
