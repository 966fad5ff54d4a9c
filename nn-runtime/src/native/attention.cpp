// Scaled dot-product attention. libtorch has MKL multiply its small matrices, which takes longer than oneDNN's `brgemm`.
// Called from `attention.rs`.

#include "native.h"
#include "parallel.h"

#include <ATen/ExpandUtils.h>
#include <ATen/native/CPUBlas.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <algorithm>
#include <cmath>
#include <cstring>

namespace {

constexpr int64_t LANES = 16;
using Lanes = float __attribute__((vector_size(LANES * sizeof(float))));
using Integers = int32_t __attribute__((vector_size(LANES * sizeof(int32_t))));

// Queries whose scores are computed at once. Keys are filled up to a multiple of this, or `brgemm` would be compiled for
// each length.
constexpr int64_t ROWS = 32;

// Columns that are transposed at once.
constexpr int64_t COLUMNS = 8;

// A matrix whose columns lie side by side.
struct Rows {
  const float* data;
  int64_t step;

  const float* at(int64_t row) const { return data + row * step; }
};

// One for each head.
struct Matrices {
  const float* data;
  int64_t image, head, row;

  Rows of(int64_t i, int64_t j) const { return {data ? data + i * image + j * head : nullptr, row}; }
};

struct Shape {
  int64_t images, heads, queries, keys, width, value_width;
  float scale;
  bool causal;

  int64_t padded() const { return whole(keys, ROWS); }
  int64_t scratch() const { return padded() * (width + value_width + ROWS) + ROWS * (width + value_width); }
  // The keys that the queries before `end` see.
  int64_t seen(int64_t end) const { return causal ? std::min(keys, end) : keys; }
};

// Those of `[N, heads, T, features]`.
Matrices matrices(const at::Tensor& tensor) {
  return {tensor.const_data_ptr<float>(), tensor.stride(0), tensor.stride(1), tensor.stride(2)};
}

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx512f,fma")))
bool is_wide() {
  return __builtin_cpu_supports("avx512f");
}
#else
#define WIDE
bool is_wide() {
  return false;
}
#endif

[[gnu::always_inline]] inline void load(Lanes& lanes, const float* from) {
  std::memcpy(&lanes, from, sizeof lanes);
}

// e^x of what is not above 0, to two units in the last place: 2^n e^r, whose n the sum with 1.5 * 2^23 has in its last bits.
// The polynomial is that of the Cephes library.
[[gnu::always_inline]] inline void exponential(Lanes& x) {
  x = x < -87.0f ? Lanes{} - 87.0f : x;
  const Lanes shifted = x * 1.44269504f + 12582912.0f;
  const Lanes n = shifted - 12582912.0f;
  const Lanes r = x - n * 0.693359375f + n * 2.12194440e-4f;
  Lanes p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  x = p * reinterpret_cast<Lanes>((reinterpret_cast<Integers>(shifted) << 23) + (127 << 23));
}

WIDE void add(float* __restrict to, const float* __restrict summand, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] += summand[i];
}

// `e^(score - largest)` of a row, and their sum: of a row without a key that is seen, zeros, and 1.
WIDE float exponentials(float* row, int64_t count, int64_t padded) {
  std::fill(row + count, row + padded, -INFINITY);
  Lanes most, lanes, total = {};
  load(most, row);
  for (int64_t at = LANES; at < padded; at += LANES) {
    load(lanes, row + at);
    most = lanes > most ? lanes : most;
  }
  float largest = most[0], sum = 0;
  for (int64_t lane = 1; lane < LANES; ++lane) largest = std::max(largest, most[lane]);
  if (largest == -INFINITY) {
    std::fill(row, row + padded, 0.0f);
    return 1;
  }
  for (int64_t at = 0; at < padded; at += LANES) {
    load(lanes, row + at);
    lanes -= largest;
    exponential(lanes);
    total += lanes;
    std::memcpy(row + at, &lanes, sizeof lanes);
  }
  for (int64_t lane = 0; lane < LANES; ++lane) sum += total[lane];
  return sum;
}

// `[rows, width]` to `[width, padded]`.
WIDE void transpose(const float* from, int64_t step, int64_t rows, int64_t width, int64_t padded, float* to) {
  for (int64_t row = 0; row < padded; row += LANES) {
    const auto count = std::min(LANES, rows - row);
    for (int64_t column = 0; column < width; column += COLUMNS) {
      float block[COLUMNS][LANES] = {};
      for (int64_t r = 0; r < count; ++r) {
        for (int64_t c = 0; c < COLUMNS; ++c) block[c][r] = from[(row + r) * step + column + c];
      }
      for (int64_t c = 0; c < COLUMNS; ++c) std::memcpy(to + (column + c) * padded + row, block[c], sizeof block[c]);
    }
  }
}

WIDE void scaled(const float* __restrict from, int64_t width, float factor, float* __restrict to) {
  for (int64_t i = 0; i < width; ++i) to[i] = from[i] * factor;
}

// A head of an image, into `[T, value_width]` with so much from row to row.
void attend(const Shape& s, const Rows& query, const Rows& key, const Rows& value, const Rows& mask, float* output, float* scratch) {
  using at::native::cpublas::brgemm;
  const auto padded = s.padded();
  const auto keys = scratch, values = keys + s.width * padded, queries = values + padded * s.value_width;
  const auto scores = queries + ROWS * s.width, results = scores + ROWS * padded;
  transpose(key.data, key.step, s.keys, s.width, padded, keys);
  for (int64_t row = 0; row < s.keys; ++row) scaled(value.at(row), s.value_width, 1, values + row * s.value_width);
  std::fill(values + s.keys * s.value_width, queries, 0.0f);
  for (int64_t top = 0; top < s.queries; top += ROWS) {
    const auto rows = std::min(ROWS, s.queries - top), seen = whole(s.seen(top + rows), ROWS);
    for (int64_t row = 0; row < rows; ++row) scaled(query.at(top + row), s.width, s.scale, queries + row * s.width);
    brgemm(ROWS, seen, s.width, s.width, padded, padded, false, queries, keys, scores, false);
    float sums[ROWS];
    for (int64_t row = 0; row < rows; ++row) {
      const auto count = s.seen(top + row + 1);
      if (mask.data) add(scores + row * padded, mask.at(top + row), count);
      sums[row] = exponentials(scores + row * padded, count, seen);
    }
    brgemm(ROWS, s.value_width, seen, padded, s.value_width, s.value_width, false, scores, values, results, false);
    for (int64_t row = 0; row < rows; ++row) {
      scaled(results + row * s.value_width, s.value_width, 1 / sums[row], output + (top + row) * s.heads * s.value_width);
    }
  }
  at::native::cpublas::brgemm_release(false);
}

bool is_matrices(const at::Tensor& tensor) {
  return tensor.is_cpu() && tensor.scalar_type() == at::kFloat && tensor.dim() == 4 && tensor.numel() > 0 && tensor.stride(3) == 1;
}

bool fit(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value) {
  return is_matrices(query) && is_matrices(key) && is_matrices(value) && query.size(3) == key.size(3) &&
         key.size(2) == value.size(2) && query.sizes().slice(0, 2) == key.sizes().slice(0, 2) &&
         query.sizes().slice(0, 2) == value.sizes().slice(0, 2);
}

// Whether there is none, or one of booleans or `float` that broadcasts to `[N, heads, T, S]`.
bool fit_mask(const at::Tensor* mask, const at::Tensor& query, const at::Tensor& key) {
  if (!mask) return true;
  const bool known = mask->scalar_type() == at::kBool || mask->scalar_type() == at::kFloat;
  const int64_t scores[] = {query.size(0), query.size(1), query.size(2), key.size(2)};
  return known && mask->is_cpu() && mask->dim() > 0 && at::is_expandable_to(mask->sizes(), scores);
}

// What is added to the scores, `[N, heads, T, S]`, of a mask that broadcasts to it: booleans are true where a key is seen.
at::Tensor summand(const Shape& s, const at::Tensor& mask) {
  auto sizes = mask.sizes().vec();
  sizes.back() = s.keys;
  const auto full = mask.expand(sizes);
  const auto added = mask.scalar_type() == at::kBool ? at::zeros(sizes).masked_fill_(full.logical_not(), -INFINITY) : full;
  return (added.stride(-1) == 1 ? added : added.contiguous()).expand({s.images, s.heads, s.queries, s.keys});
}

}  // namespace

extern "C" {

// Whether `nn_attention` takes these and is faster than libtorch. Measured: where three tenths or more are filled up it is not.
bool nn_attention_pays(const at::Tensor* query, const at::Tensor* key, const at::Tensor* value, const at::Tensor* mask) {
  static const bool wide = is_wide();
  if (!wide || is_traced() || !fit(*query, *key, *value) || !fit_mask(mask, *query, *key)) return false;
  if (query->size(3) % COLUMNS != 0) return false;
  const auto queries = query->size(2), keys = key->size(2);
  const bool full = 10 * whole(queries, ROWS) * whole(keys, ROWS) <= 13 * queries * keys;
  const bool busy = query->size(0) * query->size(1) >= at::get_num_threads();
  return full && busy && queries >= ROWS && whole(keys, ROWS) >= 2 * ROWS && keys <= 4096;
}

// `softmax(q k^T * scale + mask) v` of `[N, heads, T, features]`, for which it pays. The mask, of booleans or `float`, may be
// null. With `causal` a query sees the keys up to its own place. The result's heads lie side by side.
const char* nn_attention(const at::Tensor* query, const at::Tensor* key, const at::Tensor* value, const at::Tensor* mask,
                         bool causal, double scale, at::Tensor** output) {
  return returned(output, [=] {
    const Shape s{query->size(0), query->size(1), query->size(2), key->size(2), query->size(3), value->size(3),
                  static_cast<float>(scale), causal};
    auto result = at::empty({s.images, s.queries, s.heads, s.value_width}, query->options());
    const auto added = mask ? summand(s, *mask) : at::Tensor();
    const auto q = matrices(*query), k = matrices(*key), v = matrices(*value), m = mask ? matrices(added) : Matrices{};
    const auto data = result.mutable_data_ptr<float>();
    parallel(s.images * s.heads, [&](int64_t task) {
      const auto image = task / s.heads, head = task % s.heads;
      const auto to = data + (image * s.queries * s.heads + head) * s.value_width;
      attend(s, q.of(image, head), k.of(image, head), v.of(image, head), m.of(image, head), to, scratch(s.scratch()));
    });
    return result.transpose(1, 2);
  });
}
}
