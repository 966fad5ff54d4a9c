// Products of matrices.

#pragma once

#include "lanes.h"

#include <algorithm>
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

// As above, where the matrix lies in panels itself, `[depth / PANEL, rows, PANEL]`.
template <int64_t COUNT>
[[gnu::always_inline]] inline void add_product(const float* matrix, int64_t rows, const float* panel, int64_t depth,
                                               Lanes (&sums)[COUNT][2]) {
  for (int64_t k = 0; k < depth; k += PANEL) add_product(matrix + k * rows, PANEL, 1, panel + k * PANEL, PANEL, sums);
}

// Calls `body` with a first row, and how many there are, a constant.
template <int64_t COUNT = BLOCK, typename Body>
void in_blocks(int64_t begin, int64_t end, const Body& body) {
  for (; begin + COUNT <= end; begin += COUNT) body(begin, std::integral_constant<int64_t, COUNT>());
  if constexpr (COUNT > 1) in_blocks<COUNT / 2>(begin, end, body);
}

// The columns from `column` on of a matrix, `[rows, columns]`, become a panel; where there are none, zeros. `of` gives where
// a row begins.
template <typename Rows>
WIDE void to_panel(const Rows& of, int64_t rows, int64_t columns, int64_t column, float* panel) {
  const auto there = [&](int64_t part) { return std::max<int64_t>(columns - column - part * LANES, 0); };
  for (int64_t row = 0; row < rows; ++row) {
    const auto from = of(row) + column;
    for (int64_t part = 0; part < 2; ++part) {
      Lanes lanes;
      load(lanes, from + part * LANES, there(part));
      store(lanes, panel + row * PANEL + part * LANES);
    }
  }
}

// The first of `there` columns of what was summed up, to rows that are `columns` long.
template <int64_t COUNT>
[[gnu::always_inline]] inline void store(const Lanes (&sums)[COUNT][2], float* to, int64_t columns, int64_t there) {
  for (int64_t r = 0; r < COUNT; ++r) {
    store(sums[r][0], to + r * columns, there);
    if (there > LANES) store(sums[r][1], to + r * columns + LANES, there - LANES);
  }
}

// A product whose first factor lies in panels, `[.., rows, PANEL]`, as do the columns of the second, `[.., depth, PANEL]`. The
// result is `[.., columns]`.
struct Product {
  const float* first;
  int64_t rows;
  const float* second;
  int64_t depth;
  float* result;
  int64_t columns;
};

// The product of COUNT rows from `row` on, and the columns from `column` on.
template <int64_t COUNT>
WIDE void multiply(const Product& p, int64_t row, int64_t column) {
  Lanes sums[COUNT][2] = {};
  add_product(p.first + row * PANEL, p.rows, p.second + column * p.depth, p.depth, sums);
  store(sums, p.result + row * p.columns + column, p.columns, p.columns - column);
}

// The product of a panel of the first factor, transposed, whose columns begin with `row`, and the columns from `column` on. The
// rows of both are the depth.
WIDE inline void sum_up(const Product& p, int64_t row, int64_t column) {
  for (int64_t part = 0; part < PANEL; part += BLOCK) {
    Lanes sums[BLOCK][2] = {};
    add_product(p.first + row * p.rows + part, 1, PANEL, p.second + column * p.depth, p.depth, sums);
    store(sums, p.result + (row + part) * p.columns + column, p.columns, p.columns - column);
  }
}
