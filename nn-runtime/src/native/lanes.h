// Vector types and functions. Functions that use them are either `WIDE`, and called only if `is_wide`, or compiled
// `FOR_EACH_WIDTH`.

#pragma once

#include <cstdint>
#include <cstring>

// How many numbers the widest registers hold. The compiler splits vectors for narrower ones.
constexpr int64_t LANES = 16;
using Lanes = float __attribute__((vector_size(LANES * sizeof(float))));
using Integers = int32_t __attribute__((vector_size(LANES * sizeof(int32_t))));

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx512f,fma")))
#define HALF_WIDE __attribute__((target("avx2,fma")))
// How many numbers the processor's registers hold, or 0 if it has no fused multiply-adds for them.
inline int64_t register_size() {
  if (__builtin_cpu_supports("avx512f")) return LANES;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? LANES / 2 : 0;
}
#else
#define WIDE
#define HALF_WIDE
inline int64_t register_size() {
  return 0;
}
#endif

// The loader chooses the version for the processor when the program starts. (GCC 11 does not accept x86-64 levels here.)
#if defined(__x86_64__) && defined(__linux__)
#define FOR_EACH_WIDTH __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_WIDTH
#endif

inline bool is_wide() {
  return register_size() == LANES;
}

[[gnu::always_inline]] inline void load(Lanes& lanes, const float* from) {
  std::memcpy(&lanes, from, sizeof lanes);
}

[[gnu::always_inline]] inline void store(const Lanes& lanes, float* to) {
  std::memcpy(to, &lanes, sizeof lanes);
}

// Fetches `count` numbers into the cache while other work goes on.
[[gnu::always_inline]] inline void fetch(const float* from, int64_t count) {
  for (int64_t i = 0; i < count; i += LANES) __builtin_prefetch(from + i);
}

// If there are fewer than `LANES` numbers, the rest is zeros.
[[gnu::always_inline]] inline void load(Lanes& lanes, const float* from, int64_t count) {
  if (count >= LANES) return load(lanes, from);
  lanes = Lanes{};
  std::memcpy(&lanes, from, count * sizeof(float));
}

[[gnu::always_inline]] inline void store(const Lanes& lanes, float* to, int64_t count) {
  if (count >= LANES) return store(lanes, to);
  std::memcpy(to, &lanes, count * sizeof(float));
}

// The larger number. NaN counts as the largest, as in libtorch.
[[gnu::always_inline]] inline float larger(float a, float b) {
  return (b > a) | (b != b) ? b : a;
}

// e^x for x up to 87, with an error of at most two units in the last place, and 0 below -87. It is computed as 2^n e^r.
// Adding 1.5 * 2^23 rounds, and leaves n in the last bits of the sum. The polynomial is the Cephes library's.
[[gnu::always_inline]] inline void exponential(Lanes& x) {
  const auto nothing = x < -87.0f;
  x = nothing ? Lanes{} : x;
  const Lanes shifted = x * 1.44269504f + 12582912.0f;
  const Lanes n = shifted - 12582912.0f;
  const Lanes r = x - n * 0.693359375f + n * 2.12194440e-4f;
  Lanes p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  x = nothing ? Lanes{} : p * reinterpret_cast<Lanes>((reinterpret_cast<Integers>(shifted) << 23) + (127 << 23));
}
