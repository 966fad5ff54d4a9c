// Vectors of the widest registers. A function that computes with them is `WIDE`, and called where `is_wide`.

#pragma once

#include <cstdint>
#include <cstring>

constexpr int64_t LANES = 16;
using Lanes = float __attribute__((vector_size(LANES * sizeof(float))));
using Integers = int32_t __attribute__((vector_size(LANES * sizeof(int32_t))));

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx512f,fma")))
inline bool is_wide() {
  return __builtin_cpu_supports("avx512f");
}
#else
#define WIDE
inline bool is_wide() {
  return false;
}
#endif

[[gnu::always_inline]] inline void load(Lanes& lanes, const float* from) {
  std::memcpy(&lanes, from, sizeof lanes);
}

[[gnu::always_inline]] inline void store(const Lanes& lanes, float* to) {
  std::memcpy(to, &lanes, sizeof lanes);
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
