// Scaled dot-product attention. libtorch has MKL multiply its small matrices, which takes longer than oneDNN's `brgemm`.
// Called from `attention.rs`.

#include "native.h"
#include "parallel.h"

#include <ATen/native/CPUBlas.h>
#include <ATen/ops/empty.h>
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

// For each head a matrix, whose columns lie side by side.
struct Matrices {
  const float* data;
  int64_t image, head, row;

  const float* of(int64_t i, int64_t j) const { return data + i * image + j * head; }
};

struct Shape {
  int64_t images, heads, queries, keys, width, value_width;
  float scale;

  int64_t padded() const { return whole(keys, ROWS); }
  int64_t scratch() const { return padded() * (width + value_width + ROWS) + ROWS * (width + value_width); }
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

// `e^(score - largest)` of a row, and their sum.
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
void attend(const Shape& s, const float* query, int64_t query_step, const float* key, int64_t key_step, const float* value,
            int64_t value_step, float* output, int64_t output_step, float* scratch) {
  using at::native::cpublas::brgemm;
  const auto padded = s.padded();
  const auto keys = scratch, values = keys + s.width * padded, queries = values + padded * s.value_width;
  const auto scores = queries + ROWS * s.width, results = scores + ROWS * padded;
  transpose(key, key_step, s.keys, s.width, padded, keys);
  for (int64_t row = 0; row < s.keys; ++row) scaled(value + row * value_step, s.value_width, 1, values + row * s.value_width);
  std::fill(values + s.keys * s.value_width, queries, 0.0f);
  for (int64_t top = 0; top < s.queries; top += ROWS) {
    const auto rows = std::min(ROWS, s.queries - top);
    for (int64_t row = 0; row < rows; ++row) {
      scaled(query + (top + row) * query_step, s.width, s.scale, queries + row * s.width);
    }
    brgemm(ROWS, padded, s.width, s.width, padded, padded, false, queries, keys, scores, false);
    float sums[ROWS];
    for (int64_t row = 0; row < rows; ++row) sums[row] = exponentials(scores + row * padded, s.keys, padded);
    brgemm(ROWS, s.value_width, padded, padded, s.value_width, s.value_width, false, scores, values, results, false);
    for (int64_t row = 0; row < rows; ++row) {
      scaled(results + row * s.value_width, s.value_width, 1 / sums[row], output + (top + row) * output_step);
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

}  // namespace

extern "C" {

// Whether `nn_attention` takes these and is faster than libtorch. Measured: where three tenths or more are filled up it is not.
bool nn_attention_pays(const at::Tensor* query, const at::Tensor* key, const at::Tensor* value) {
  static const bool wide = is_wide();
  if (!wide || is_traced() || !fit(*query, *key, *value) || query->size(3) % COLUMNS != 0) return false;
  const auto queries = query->size(2), keys = key->size(2);
  const bool full = 10 * whole(queries, ROWS) * whole(keys, ROWS) <= 13 * queries * keys;
  const bool busy = query->size(0) * query->size(1) >= at::get_num_threads();
  return full && busy && queries >= ROWS && whole(keys, ROWS) >= 2 * ROWS && keys <= 4096;
}

// `softmax(q k^T * scale) v` of `[N, heads, T, features]`, for which it pays. The result's heads lie side by side.
const char* nn_attention(const at::Tensor* query, const at::Tensor* key, const at::Tensor* value, double scale,
                         at::Tensor** output) {
  return returned(output, [=] {
    const Shape s{query->size(0), query->size(1), query->size(2), key->size(2), query->size(3), value->size(3),
                  static_cast<float>(scale)};
    auto result = at::empty({s.images, s.queries, s.heads, s.value_width}, query->options());
    const auto q = matrices(*query), k = matrices(*key), v = matrices(*value);
    const auto data = result.mutable_data_ptr<float>();
    parallel(s.images * s.heads, [&](int64_t task) {
      const auto image = task / s.heads, head = task % s.heads;
      const auto to = data + (image * s.queries * s.heads + head) * s.value_width;
      attend(s, q.of(image, head), q.row, k.of(image, head), k.row, v.of(image, head), v.row, to, s.heads * s.value_width,
             scratch(s.scratch()));
    });
    return result.transpose(1, 2);
  });
}
}
