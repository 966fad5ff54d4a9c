// Vectors. A function that computes with them is `WIDE`, and called where `is_wide`; or it is compiled `FOR_EACH_WIDTH`.

#pragma once

#include <cstdint>
#include <cstring>

// As many numbers as the widest registers hold. Where they are narrower, the compiler splits it.
constexpr int64_t LANES = 16;
using Lanes = float __attribute__((vector_size(LANES * sizeof(float))));
using Integers = int32_t __attribute__((vector_size(LANES * sizeof(int32_t))));

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx512f,fma")))
#define HALF_WIDE __attribute__((target("avx2,fma")))
// How many numbers the processor's registers hold, where it has multiply-adds of them.
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

// Which one runs, the processor decides when the program starts. (GCC 11 knows no level of x86-64 here.)
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

// Fetches so many numbers into the cache while other work is done.
[[gnu::always_inline]] inline void fetch(const float* from, int64_t count) {
  for (int64_t i = 0; i < count; i += LANES) __builtin_prefetch(from + i);
}

// Where there are but `count` numbers, zeros follow.
[[gnu::always_inline]] inline void load(Lanes& lanes, const float* from, int64_t count) {
  if (count >= LANES) return load(lanes, from);
  lanes = Lanes{};
  std::memcpy(&lanes, from, count * sizeof(float));
}

[[gnu::always_inline]] inline void store(const Lanes& lanes, float* to, int64_t count) {
  if (count >= LANES) return store(lanes, to);
  std::memcpy(to, &lanes, count * sizeof(float));
}

// NaN is the largest, as in libtorch.
[[gnu::always_inline]] inline float larger(float a, float b) {
  return (b > a) | (b != b) ? b : a;
}

// e^x of what is not above 87, to two units in the last place, and 0 of what is below -87: 2^n e^r, whose n the sum with
// 1.5 * 2^23 has in its last bits. The polynomial is that of the Cephes library.
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
