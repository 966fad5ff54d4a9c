// Transposes a matrix of f32.

#pragma once

#include "lanes.h"

#include <algorithm>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace {

#if defined(__x86_64__)
// One step of the transposition: each pair of rows whose numbers differ only in this bit swaps its off-diagonal blocks.
template <int BIT>
WIDE inline void exchange(__m512 (&rows)[16]) {
  alignas(64) int32_t upper[16], lower[16];
  for (int i = 0; i < 16; ++i) {
    upper[i] = i & BIT ? 16 + (i ^ BIT) : i;
    lower[i] = i & BIT ? 16 + i : i ^ BIT;
  }
  const auto of_upper = _mm512_load_si512(upper), of_lower = _mm512_load_si512(lower);
  for (int i = 0; i < 16; ++i) {
    if (i & BIT) continue;
    const auto above = rows[i], below = rows[i | BIT];
    rows[i] = _mm512_permutex2var_ps(above, of_upper, below);
    rows[i | BIT] = _mm512_permutex2var_ps(above, of_lower, below);
  }
}

// Transposes 16 rows of 16 numbers.
WIDE inline void transpose_tile(const float* from, int64_t step, float* to, int64_t to_step) {
  __m512 rows[16];
  for (int i = 0; i < 16; ++i) rows[i] = _mm512_loadu_ps(from + i * step);
  exchange<8>(rows), exchange<4>(rows), exchange<2>(rows), exchange<1>(rows);
  for (int i = 0; i < 16; ++i) _mm512_storeu_ps(to + i * to_step, rows[i]);
}
#endif

// Transposes `[rows, columns]` to `[columns, rows]`, whose rows are `step` and `to_step` numbers apart. On x86 it needs AVX-512.
inline void transpose(const float* from, int64_t step, int64_t rows, int64_t columns, float* to, int64_t to_step) {
  for (int64_t row = 0; row < rows; row += LANES) {
    for (int64_t column = 0; column < columns; column += LANES) {
      const auto tile = from + row * step + column;
      const auto result = to + column * to_step + row;
      const auto height = std::min(LANES, rows - row), width = std::min(LANES, columns - column);
#if defined(__x86_64__)
      if (height == LANES && width == LANES) {
        transpose_tile(tile, step, result, to_step);
        continue;
      }
#endif
      for (int64_t i = 0; i < width; ++i) {
        for (int64_t j = 0; j < height; ++j) result[i * to_step + j] = tile[j * step + i];
      }
    }
  }
}

}  // namespace
