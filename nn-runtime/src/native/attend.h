// Scaled dot-product attention of one head, and its gradients: `attention.cpp`.

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

// Queries whose scores are computed at once. Keys are filled up to a multiple of this, or `brgemm` would be compiled for
// each length.
constexpr int64_t ROWS = 32;

// The width of queries, keys and, for the gradients, values is a multiple of this.
constexpr int64_t COLUMNS = 8;

// A matrix whose columns lie side by side.
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

  // The keys that the queries before `end` see.
  int64_t seen(int64_t end) const { return causal ? std::min(keys, end) : keys; }
};

// What attention reads of a head, and its gradients read too. Without a mask its data is null.
struct Head {
  Read query, key, value, mask;
};

WIDE void add(float* __restrict to, const float* __restrict summand, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] += summand[i];
}

// What a row of scores was divided by: the sum of `e^(score - largest)`.
struct Sum {
  float largest, sum;

  float logarithm() const { return largest + std::log(sum); }
};

// `e^(score - largest)` of a row. Where no key is seen, zeros: as if divided by infinity.
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
  // Where there is nothing larger, a NaN may be there.
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

// Rows that lie next to each other, filled up with zeros.
void copied(const Read& from, int64_t rows, int64_t width, float factor, int64_t padded, float* to) {
  for (int64_t row = 0; row < rows; ++row) scaled(from.at(row), width, factor, to + row * width);
  std::fill(to + rows * width, to + padded * width, 0.0f);
}

// The results of a head, and the logarithms of the sums of each query's exponentials, if they are kept.
void attend(const Shape& s, const Head& head, const Written& output, float* logarithms) {
  using at::native::cpublas::brgemm;
  const auto padded = whole(s.keys, ROWS);
  const auto [keys, values, queries, scores, results] = scratch<std::array<float*, 5>>(
      s.width * padded, padded * s.value_width, ROWS * s.width, ROWS * padded, ROWS * s.value_width);
  // Scores of keys that are filled up are overwritten.
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

// What the gradients are computed from besides.
struct Known {
  Read output, gradient;
  const float* logarithms;
};

struct Gradients {
  Written query, key, value;
};

// Of a key's scores and of what its value gets of the results' gradients: how far each query attends to it, and the gradients of
// the scores.
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

// Of rows of a multiple of `COLUMNS`.
WIDE float product(const float* a, const float* b, int64_t count) {
  float sums[COLUMNS] = {}, sum = 0;
  for (int64_t i = 0; i < count; i += COLUMNS) {
    for (int64_t c = 0; c < COLUMNS; ++c) sums[c] += a[i + c] * b[i + c];
  }
  for (const auto part : sums) sum += part;
  return sum;
}

// A head as its gradients' products read it, with queries filled up, what is computed of it, and then a block of keys. What is
// turned is transposed.
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

// The gradients of a head without a mask, from some keys to the next (Dao et al., "FlashAttention", 2022, algorithm 4). Scores
// are computed anew, with a row for each key that is seen, so that all products but one are of what lies there; that one is of
// the queries' gradients, which are transposed in the end.
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
      // What is filled up, and queries that come before.
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
