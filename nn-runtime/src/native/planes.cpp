// Convolution of few channels. Its vectors hold neighbours in a row. oneDNN's hold channels, and compute a whole vector
// of them even if there are fewer: 16 for 6. Max pooling in adjacent windows is computed while a channel is in the
// cache. Called from `planes.rs`.

#include "conv.h"
#include "lanes.h"
#include "parallel.h"

#include <ATen/ops/empty.h>
#include <algorithm>
#include <array>

namespace {

// How many vectors of how many channels are summed at once, as many as there are registers for.
constexpr int64_t VECTORS = 2;
constexpr int64_t BLOCK = 4;

// How far loops over whole vectors may run past an end.
constexpr int64_t SLACK = VECTORS * LANES;

// Roughly how many results of a channel a task computes, so that they stay in the first-level cache.
constexpr int64_t STRIP = 1024;

// How many vectors of multiply-adds take as long as starting oneDNN.
constexpr int64_t BEGIN = 100'000;

struct Shape {
  int64_t images, in, height, width, out;
  int64_t kernel[2], padding[2], pool[2];
  // The rows that a task computes, before pooling.
  int64_t strip;

  int64_t depth() const { return in * kernel[0] * kernel[1]; }
  int64_t out_height() const { return height + 2 * padding[0] - kernel[0] + 1; }
  int64_t out_width() const { return width + 2 * padding[1] - kernel[1] + 1; }
  int64_t strips() const { return divided(out_height(), strip); }
  // The distance between rows. With the zeros around it, a channel is one long row, and so are its results.
  int64_t pitch() const { return width + 2 * padding[1]; }
  int64_t plane() const { return (strip + kernel[0] - 1) * pitch() + SLACK; }
  int64_t results() const { return strip * pitch() + SLACK; }
  int64_t row() const { return pitch() + SLACK; }
};

struct Tensors {
  const float* input;
  const float* weight;
  const float* bias;
  float* output;
};

// Copies rows of an image, from `top` on, with zeros around them.
void pad(const Shape& s, const float* image, int64_t top, int64_t rows, float* planes) {
  for (int64_t channel = 0; channel < s.in; ++channel) {
    for (int64_t row = 0; row < rows; ++row) {
      const auto from = top + row;
      const auto to = planes + channel * s.plane() + row * s.pitch();
      std::fill_n(to, s.pitch(), 0.0f);
      if (from < 0 || from >= s.height) continue;
      std::memcpy(to + s.padding[1], image + (channel * s.height + from) * s.width, s.width * sizeof(float));
    }
  }
}

// The types of a processor's vectors in registers and in memory.
struct Whole {
  using Vector = float __attribute__((vector_size(64)));
  using Unaligned = float __attribute__((vector_size(64), aligned(4), may_alias));
};
struct Half {
  using Vector = float __attribute__((vector_size(32)));
  using Unaligned = float __attribute__((vector_size(32), aligned(4), may_alias));
};

// Computes `count` results of each of `OUT` channels.
template <typename Width, int64_t OUT>
[[gnu::always_inline]] inline void sum(const Shape& s, const float* planes, const float* weight, const float* bias,
                                       int64_t count, float* results) {
  using Vector = typename Width::Vector;
  const auto depth = s.depth();
  for (int64_t at = 0; at < count; at += VECTORS * sizeof(Vector) / sizeof(float)) {
    Vector sums[OUT][VECTORS];
    for (int64_t out = 0; out < OUT; ++out) sums[out][0] = sums[out][1] = Vector{} + (bias ? bias[out] : 0.0f);
    auto factor = weight;
    for (int64_t channel = 0; channel < s.in; ++channel) {
      for (int64_t y = 0; y < s.kernel[0]; ++y) {
        const auto row = planes + channel * s.plane() + y * s.pitch() + at;
        for (int64_t x = 0; x < s.kernel[1]; ++x, ++factor) {
          // Volatile, because otherwise the compiler loads them again for each channel.
          const auto vectors = reinterpret_cast<const volatile typename Width::Unaligned*>(row + x);
          const Vector first = vectors[0], second = vectors[1];
          for (int64_t out = 0; out < OUT; ++out) {
            sums[out][0] += factor[out * depth] * first;
            sums[out][1] += factor[out * depth] * second;
          }
        }
      }
    }
    for (int64_t out = 0; out < OUT; ++out) std::memcpy(results + out * s.results() + at, sums[out], sizeof sums[out]);
  }
}

template <typename Width>
[[gnu::always_inline]] inline void sum_block(const Shape& s, const float* planes, const float* weight, const float* bias,
                                             int64_t channels, int64_t count, float* results) {
  switch (channels) {
    case 1: return sum<Width, 1>(s, planes, weight, bias, count, results);
    case 2: return sum<Width, 2>(s, planes, weight, bias, count, results);
    case 3: return sum<Width, 3>(s, planes, weight, bias, count, results);
    default: return sum<Width, BLOCK>(s, planes, weight, bias, count, results);
  }
}

// These loops run to the end of a vector, which is faster.
[[gnu::always_inline]] inline void of_rows(const float* __restrict a, const float* __restrict b, int64_t count,
                                           float* __restrict most) {
  for (int64_t x = 0; x < whole(count, LANES); ++x) most[x] = larger(a[x], b[x]);
}

[[gnu::always_inline]] inline void of_pairs(const float* __restrict row, int64_t count, float* __restrict most) {
  for (int64_t x = 0; x < whole(count, LANES); ++x) most[x] = larger(row[2 * x], row[2 * x + 1]);
}

[[gnu::always_inline]] inline void of_neighbours(const float* row, int64_t width, int64_t count, float* most) {
  for (int64_t x = 0; x < count; ++x) {
    most[x] = row[x * width];
    for (int64_t i = 1; i < width; ++i) most[x] = larger(most[x], row[x * width + i]);
  }
}

// Max pooling of a channel. `scratch` has room for three rows.
[[gnu::always_inline]] inline void pool(const Shape& s, const float* results, int64_t rows, float* scratch, float* output) {
  const auto [height, width] = s.pool;
  const auto columns = s.out_width() / width;
  const auto last = scratch + 2 * s.row();
  for (int64_t top = 0; top + height <= rows; top += height, output += columns) {
    auto row = results + top * s.pitch();
    for (int64_t y = 1; y < height; ++y) {
      const auto most = scratch + y % 2 * s.row();
      of_rows(row, results + (top + y) * s.pitch(), columns * width, most);
      row = most;
    }
    if (width == 2) of_pairs(row, columns, last);
    if (width > 2) of_neighbours(row, width, columns, last);
    std::memcpy(output, width > 1 ? last : row, columns * sizeof(float));
  }
}

// Computes all channels of a strip of an image.
template <typename Width>
[[gnu::always_inline]] inline void convolve(const Shape& s, const Tensors& t, int64_t task) {
  const auto image = task / s.strips(), top = task % s.strips() * s.strip;
  const auto rows = std::min(s.strip, s.out_height() - top);
  const auto [planes, results, spare] = scratch<std::array<float*, 3>>(s.in * s.plane(), BLOCK * s.results(), 3 * s.row());
  pad(s, t.input + image * s.in * s.height * s.width, top - s.padding[0], rows + s.kernel[0] - 1, planes);
  const auto height = s.out_height() / s.pool[0], width = s.out_width() / s.pool[1];
  const auto blocks = divided(s.out, BLOCK);
  for (int64_t block = 0; block < blocks; ++block) {
    const auto first = s.out * block / blocks, channels = s.out * (block + 1) / blocks - first;
    sum_block<Width>(s, planes, t.weight + first * s.depth(), t.bias ? t.bias + first : nullptr, channels,
                      (rows - 1) * s.pitch() + s.out_width(), results);
    for (int64_t channel = 0; channel < channels; ++channel) {
      const auto plane = t.output + (image * s.out + first + channel) * height * width;
      pool(s, results + channel * s.results(), rows, spare, plane + top / s.pool[0] * width);
    }
  }
}

WIDE void convolve_wide(const Shape& s, const Tensors& t, int64_t task) {
  convolve<Whole>(s, t, task);
}

HALF_WIDE void convolve_half_wide(const Shape& s, const Tensors& t, int64_t task) {
  convolve<Half>(s, t, task);
}

Shape shape(const at::Tensor& input, const NnKernel& kernel, const int64_t* window) {
  Shape s{input.size(0), kernel.shape[1], input.size(2), input.size(3), kernel.shape[0],
          {kernel.shape[2], kernel.shape[3]}, {kernel.padding[0], kernel.padding[1]}, {window[0], window[1]}, 1};
  // Uses fewer rows if some threads would have no image, but enough to be worth starting a task.
  const auto each = divided(s.out_height() * s.images, at::get_num_threads());
  const auto fewest = BEGIN / 8 * LANES / (s.pitch() * s.out * s.depth());
  const auto rows = std::max<int64_t>(1, std::min(STRIP / s.pitch(), std::max(each, fewest)));
  s.strip = std::min(divided(rows, s.pool[0]) * s.pool[0], s.out_height());
  return s;
}

// Whether it is faster than oneDNN, by an estimate of the time in vectors of multiply-adds. Measured: storing a result
// takes as long as three of them here and as one in oneDNN, where pooling takes two more, and a single input channel
// twelve for each pixel.
bool pays(const Shape& s) {
  // oneDNN computes a multiple of this many channels.
  const auto channels = register_size();
  const auto results = s.images * s.out_height() * s.out_width();
  const auto own = divided(s.out_height() * s.pitch(), SLACK) * VECTORS * s.images * s.out * s.depth();
  const auto theirs = results * divided(s.out, channels) * channels / LANES * s.depth();
  const auto stored = results * s.out * (s.pool[0] * s.pool[1] > 1 ? 3 : 1);
  return own + 3 * results * s.out <= theirs + stored + (s.in == 1 ? 12 * results : 0) + BEGIN;
}

}  // namespace

extern "C" {

// Whether `nn_planes` takes this input and is faster than oneDNN and `packed::max_pool2d`. The kernel's stride must be 1.
bool nn_planes_pay(const at::Tensor* input, const NnKernel* kernel, const int64_t* window) {
  const bool empty = std::any_of(kernel->shape, kernel->shape + 4, [](int64_t size) { return size == 0; });
  if (register_size() == 0 || empty || is_traced() || !has_channels(*kernel, *input)) return false;
  if (!input->is_contiguous() || input->numel() == 0) return false;
  const auto fits = [=](int axis) { return 0 < window[axis] && window[axis] <= steps(*kernel, *input, axis); };
  return fits(0) && fits(1) && pays(shape(*input, *kernel, window));
}

// Convolution, then max pooling in adjacent windows, for which `nn_planes_pay`. The result is contiguous.
const char* nn_planes(const at::Tensor* input, const at::Tensor* weight, const at::Tensor* bias, const NnKernel* kernel,
                      const int64_t* window, at::Tensor** output) {
  return returned(output, [=] {
    const auto s = shape(*input, *kernel, window);
    auto result = at::empty({s.images, s.out, s.out_height() / window[0], s.out_width() / window[1]}, input->options());
    const Tensors tensors{numbers(input), numbers(weight), numbers(bias), result.mutable_data_ptr<float>()};
    const auto convolve = is_wide() ? convolve_wide : convolve_half_wide;
    parallel(s.images * s.strips(), [&](int64_t task) { convolve(s, tensors, task); });
    return result;
  });
}
}
