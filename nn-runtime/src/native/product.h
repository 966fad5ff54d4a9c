// Products of matrices.

#pragma once

#include "lanes.h"

#include <algorithm>
#include <type_traits>

// How many columns a panel has, whose rows are contiguous, and how many rows of a product are summed at once: as many
// as there are registers for.
constexpr int64_t PANEL = 2 * LANES;
constexpr int64_t BLOCK = 8;

// Adds the product of `COUNT` rows of a matrix, `[COUNT, depth]` with these strides, and a panel, `[depth, PANEL]`, to `sums`.
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

// The same for a matrix that is in panels itself, `[depth / PANEL, rows, PANEL]`.
template <int64_t COUNT>
[[gnu::always_inline]] inline void add_product(const float* matrix, int64_t rows, const float* panel, int64_t depth,
                                               Lanes (&sums)[COUNT][2]) {
  for (int64_t k = 0; k < depth; k += PANEL) add_product(matrix + k * rows, PANEL, 1, panel + k * PANEL, PANEL, sums);
}

// Divides the rows from `begin` to `end` into blocks, and calls `body` with the first row of each and the number of
// rows, a constant.
template <int64_t COUNT = BLOCK, typename Body>
void in_blocks(int64_t begin, int64_t end, const Body& body) {
  for (; begin + COUNT <= end; begin += COUNT) body(begin, std::integral_constant<int64_t, COUNT>());
  if constexpr (COUNT > 1) in_blocks<COUNT / 2>(begin, end, body);
}

// Copies the columns of a matrix, `[rows, columns]`, from `column` on to a panel, padded with zeros. `of` returns the
// address of a row.
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

// Stores the sums in rows of `columns` numbers, of which only the first `there` sums still fit.
template <int64_t COUNT>
[[gnu::always_inline]] inline void store(const Lanes (&sums)[COUNT][2], float* to, int64_t columns, int64_t there) {
  for (int64_t r = 0; r < COUNT; ++r) {
    store(sums[r][0], to + r * columns, there);
    if (there > LANES) store(sums[r][1], to + r * columns + LANES, there - LANES);
  }
}

// A product of two factors in panels, `[.., rows, PANEL]` and `[.., depth, PANEL]`. The result is `[.., columns]`.
struct Product {
  const float* first;
  int64_t rows;
  const float* second;
  int64_t depth;
  float* result;
  int64_t columns;
};

// Computes `COUNT` rows of the product from `row` on, and a panel of its columns from `column` on.
template <int64_t COUNT>
WIDE void multiply(const Product& p, int64_t row, int64_t column) {
  Lanes sums[COUNT][2] = {};
  add_product(p.first + row * PANEL, p.rows, p.second + column * p.depth, p.depth, sums);
  store(sums, p.result + row * p.columns + column, p.columns, p.columns - column);
}

// Computes a product with the first factor transposed: the rows that are the panel from `row` on, and a panel of
// columns from `column` on. The sums are over the rows of both factors.
WIDE inline void sum_up(const Product& p, int64_t row, int64_t column) {
  for (int64_t part = 0; part < PANEL; part += BLOCK) {
    Lanes sums[BLOCK][2] = {};
    add_product(p.first + row * p.rows + part, 1, PANEL, p.second + column * p.depth, p.depth, sums);
    store(sums, p.result + (row + part) * p.columns + column, p.columns, p.columns - column);
  }
}
