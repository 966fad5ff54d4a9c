// Products of matrices.

#pragma once

#include "lanes.h"

#include <type_traits>

// The columns of a panel, one row of which follows the other in memory; and the rows of a product that are summed up at
// once: as many as there are registers for.
constexpr int64_t PANEL = 2 * LANES;
constexpr int64_t BLOCK = 8;

// Adds to `sums` the product of `COUNT` rows of a matrix, `[COUNT, depth]` with these strides, and a panel, `[depth, PANEL]`.
template <int64_t COUNT>
[[gnu::always_inline]] inline void add_product(const float* matrix, int64_t row, int64_t column, const float* panel,
                                               int64_t depth, Lanes (&sums)[COUNT][2]) {
  for (int64_t k = 0; k < depth; ++k, matrix += column, panel += PANEL) {
    Lanes first, second;
    load(first, panel), load(second, panel + LANES);
    for (int64_t r = 0; r < COUNT; ++r) {
      sums[r][0] += matrix[r * row] * first;
      sums[r][1] += matrix[r * row] * second;
    }
  }
}

// Calls `body` with a first row, and how many there are, a constant.
template <int64_t COUNT = BLOCK, typename Body>
void in_blocks(int64_t begin, int64_t end, const Body& body) {
  for (; begin + COUNT <= end; begin += COUNT) body(begin, std::integral_constant<int64_t, COUNT>());
  if constexpr (COUNT > 1) in_blocks<COUNT / 2>(begin, end, body);
}

// A sum of products of columns, `a^T b`, of `[depth, rows]` and the panels of `[depth, columns]`.
struct Sum {
  int64_t depth, rows, columns;
  const float *a, *panels;
  float* result;
};

// Adds to a panel of rows what so much of the depth gives from `first` on; before the first there is nothing. `scratch` has
// room for a panel of that depth.
WIDE inline void sum_up(const Sum& s, int64_t panel, int64_t first, int64_t depth, float* scratch) {
  for (int64_t k = 0; k < depth; ++k) {
    std::memcpy(scratch + k * PANEL, s.a + (first + k) * s.rows + panel, PANEL * sizeof(float));
  }
  for (int64_t column = 0; column < s.columns; column += PANEL) {
    for (int64_t row = 0; row < PANEL; row += BLOCK) {
      const auto to = s.result + (panel + row) * s.columns + column;
      Lanes sums[BLOCK][2] = {};
      for (int64_t r = 0; first && r < BLOCK; ++r) std::memcpy(sums[r], to + r * s.columns, sizeof sums[r]);
      add_product(scratch + row, 1, PANEL, s.panels + column * s.depth + first * PANEL, depth, sums);
      for (int64_t r = 0; r < BLOCK; ++r) std::memcpy(to + r * s.columns, sums[r], sizeof sums[r]);
    }
  }
}
