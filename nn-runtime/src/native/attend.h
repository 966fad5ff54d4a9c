// Scaled dot-product attention of one head, and its gradients. Used by `attention.cpp`.

#pragma once

#include "lanes.h"
#include "native.h"
#include "parallel.h"
#include "transpose.h"

#include <ATen/native/CPUBlas.h>
#include <algorithm>
#include <array>
#include <cmath>

namespace {

// How many queries' scores are computed at once. The keys are padded to a multiple of this, because `brgemm` compiles a
// kernel for each length.
constexpr int64_t ROWS = 32;

// The widths of queries and keys must be a multiple of this, and for gradients the width of values too.
constexpr int64_t COLUMNS = 8;

// A matrix with contiguous rows, `step` numbers apart.
template <typename T>
struct Rows {
  T* data;
  int64_t step;

  T* at(int64_t row) const { return data + row * step; }
};

using Read = Rows<const float>;
using Written = Rows<float>;

struct Shape {
  int64_t images, heads, queries, keys, width, value_width;
  float scale;
  bool causal;

  // How many keys the queries before `end` attend to.
  int64_t seen(int64_t end) const { return causal ? std::min(keys, end) : keys; }
};

// One head's inputs. The mask's data is null if there is no mask.
struct Head {
  Read query, key, value, mask;
};

WIDE void add(float* __restrict to, const float* __restrict summand, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] += summand[i];
}

// The denominator of a row's softmax: the sum of `e^(score - largest)`.
struct Sum {
  float largest, sum;

  float logarithm() const { return largest + std::log(sum); }
};

// Replaces a row's scores by `e^(score - largest)`, and those of the padding by 0. If all scores are -infinity, all
// become 0, and the sum is infinity, so that nothing is divided by 0.
WIDE Sum exponentials(float* row, int64_t count, int64_t padded) {
  std::fill(row + count, row + padded, -INFINITY);
  Lanes most, lanes, total = {};
  load(most, row);
  for (int64_t at = LANES; at < padded; at += LANES) {
    load(lanes, row + at);
    most = lanes > most ? lanes : most;
  }
  float largest = most[0], sum = 0;
  for (int64_t lane = 1; lane < LANES; ++lane) largest = std::max(largest, most[lane]);
  // 0 avoids -infinity minus -infinity if no score is larger. A NaN in the row remains NaN.
  if (largest == -INFINITY) largest = 0;
  for (int64_t at = 0; at < padded; at += LANES) {
    load(lanes, row + at);
    lanes -= largest;
    exponential(lanes);
    total += lanes;
    store(lanes, row + at);
  }
  for (int64_t lane = 0; lane < LANES; ++lane) sum += total[lane];
  return {largest, sum == 0 ? INFINITY : sum};
}

WIDE void scaled(const float* __restrict from, int64_t width, float factor, float* __restrict to) {
  for (int64_t i = 0; i < width; ++i) to[i] = from[i] * factor;
}

// Copies rows, times a factor, to contiguous ones, and pads them with rows of zeros.
void copied(const Read& from, int64_t rows, int64_t width, float factor, int64_t padded, float* to) {
  for (int64_t row = 0; row < rows; ++row) scaled(from.at(row), width, factor, to + row * width);
  std::fill(to + rows * width, to + padded * width, 0.0f);
}

// Computes the output of a head and, unless `logarithms` is null, the logarithm of each query's softmax denominator,
// which the gradients need.
void attend(const Shape& s, const Head& head, const Written& output, float* logarithms) {
  using at::native::cpublas::brgemm;
  const auto padded = whole(s.keys, ROWS);
  const auto [keys, values, queries, scores, results] = scratch<std::array<float*, 5>>(
      s.width * padded, padded * s.value_width, ROWS * s.width, ROWS * padded, ROWS * s.value_width);
  // The padding of the keys need not be set: its scores are overwritten.
  transpose(head.key.data, head.key.step, s.keys, s.width, keys, padded);
  copied(head.value, s.keys, s.value_width, 1, padded, values);
  for (int64_t top = 0; top < s.queries; top += ROWS) {
    const auto rows = std::min(ROWS, s.queries - top), seen = whole(s.seen(top + rows), ROWS);
    copied({head.query.at(top), head.query.step}, rows, s.width, s.scale, ROWS, queries);
    brgemm(ROWS, seen, s.width, s.width, padded, padded, false, queries, keys, scores);
    Sum sums[ROWS];
    for (int64_t row = 0; row < rows; ++row) {
      const auto count = s.seen(top + row + 1);
      if (head.mask.data) add(scores + row * padded, head.mask.at(top + row), count);
      sums[row] = exponentials(scores + row * padded, count, seen);
      if (logarithms) logarithms[top + row] = sums[row].logarithm();
    }
    brgemm(ROWS, s.value_width, seen, padded, s.value_width, s.value_width, false, scores, values, results);
    for (int64_t row = 0; row < rows; ++row) {
      scaled(results + row * s.value_width, s.value_width, 1 / sums[row].sum, output.at(top + row));
    }
  }
}

// What the gradients are computed from in addition to a `Head`: the output, its gradient, and the logarithms of the sums.
struct Known {
  Read output, gradient;
  const float* logarithms;
};

struct Gradients {
  Written query, key, value;
};

// Turns one key's scores into each query's attention weight for it, and the gradients of these weights into those of the scores.
WIDE void weights(float* scores, float* gradients, const float* logarithms, const float* means, int64_t count) {
  Lanes weight, gradient, lanes;
  for (int64_t at = 0; at < count; at += LANES) {
    load(weight, scores + at);
    load(lanes, logarithms + at);
    weight -= lanes;
    exponential(weight);
    load(gradient, gradients + at);
    load(lanes, means + at);
    gradient = (gradient - lanes) * weight;
    store(weight, scores + at), store(gradient, gradients + at);
  }
}

// The dot product of two rows whose length is a multiple of `COLUMNS`.
WIDE float product(const float* a, const float* b, int64_t count) {
  float sums[COLUMNS] = {}, sum = 0;
  for (int64_t i = 0; i < count; i += COLUMNS) {
    for (int64_t c = 0; c < COLUMNS; ++c) sums[c] += a[i + c] * b[i + c];
  }
  for (const auto part : sums) sum += part;
  return sum;
}

// The buffers for a head's gradients: the padded queries and gradients of the results, and then one block of keys at a
// time. `turned` means transposed.
struct Laid {
  float *queries, *turned_queries, *query_gradients, *of_queries;
  float *results, *turned_results;
  float *logarithms, *means;
  float *keys, *turned_keys, *key_gradients;
  float *values, *value_gradients;
  float *scores, *score_gradients;
};

Laid laid_out(const Shape& s, const Head& head, const Known& known, int64_t padded) {
  const auto w = s.width, v = s.value_width, n = padded;
  const auto l = scratch<Laid>(n * w, n * w, n * w, n * w, n * v, n * v, n, n, ROWS * w, ROWS * w, ROWS * w, ROWS * v, ROWS * v,
                               n * ROWS, n * ROWS);
  copied(head.query, s.queries, w, s.scale, n, l.queries);
  copied(known.gradient, s.queries, v, 1, n, l.results);
  transpose(l.queries, w, n, w, l.turned_queries, n);
  transpose(l.results, v, n, v, l.turned_results, n);
  std::fill(std::copy_n(known.logarithms, s.queries, l.logarithms), l.logarithms + n, 0.0f);
  std::fill(l.means, l.means + n, 0.0f);
  for (int64_t i = 0; i < s.queries; ++i) l.means[i] = product(known.output.at(i), known.gradient.at(i), v);
  return l;
}

// The gradients of a head without a mask, one block of keys after the other (Dao et al., "FlashAttention", 2022,
// algorithm 4). The scores are computed again, with one row per key. This way only one product has a transposed result,
// that of the queries' gradients, which are transposed back at the end.
void attend_backward(const Shape& s, const Head& head, const Known& known, const Gradients& gradients) {
  using at::native::cpublas::brgemm;
  const auto w = s.width, v = s.value_width, n = whole(s.queries, ROWS);
  const auto l = laid_out(s, head, known, n);
  for (int64_t top = 0; top < s.seen(s.queries); top += ROWS) {
    const auto rows = std::min(ROWS, s.keys - top), first = s.causal ? top : 0, count = n - first;
    copied({head.key.at(top), head.key.step}, rows, w, 1, ROWS, l.keys);
    copied({head.value.at(top), head.value.step}, rows, v, 1, ROWS, l.values);
    transpose(l.keys, w, ROWS, w, l.turned_keys, ROWS);
    brgemm(ROWS, count, w, w, n, n, false, l.keys, l.turned_queries + first, l.scores);
    brgemm(ROWS, count, v, v, n, n, false, l.values, l.turned_results + first, l.score_gradients);
    for (int64_t row = 0; row < ROWS; ++row) {
      const auto score = l.scores + row * n, gradient = l.score_gradients + row * n;
      weights(score, gradient, l.logarithms + first, l.means + first, count);
      // Clears the padding and the queries before this key.
      const auto unseen = row >= rows ? count : s.causal ? row : 0;
      std::fill(score, score + unseen, 0.0f);
      std::fill(gradient, gradient + unseen, 0.0f);
    }
    brgemm(ROWS, v, count, n, v, v, false, l.scores, l.results + first * v, l.value_gradients);
    brgemm(ROWS, w, count, n, w, w, false, l.score_gradients, l.queries + first * w, l.key_gradients);
    brgemm(w, count, ROWS, ROWS, n, n, top > 0, l.turned_keys, l.score_gradients, l.query_gradients + first);
    for (int64_t row = 0; row < rows; ++row) {
      scaled(l.value_gradients + row * v, v, 1, gradients.value.at(top + row));
      scaled(l.key_gradients + row * w, w, 1, gradients.key.at(top + row));
    }
  }
  transpose(l.query_gradients, n, w, n, l.of_queries, w);
  for (int64_t row = 0; row < s.queries; ++row) scaled(l.of_queries + row * w, w, s.scale, gradients.query.at(row));
}

}  // namespace
