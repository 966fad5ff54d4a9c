// The transforms of Winograd's minimal filtering, F(4x4, 3x3), of channels that lie next to each other: `winograd.cpp`.

#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace {

// A vector of as many channels as the widest registers hold. The compiler splits it where they are narrower.
constexpr int64_t LANES = 16;
using Lanes = float __attribute__((vector_size(LANES * sizeof(float))));

// A tile of the result is 4x4 and needs 6x6 of the input, which become as many points.
constexpr int64_t TILE = 4;
constexpr int64_t SPAN = TILE + 2;
constexpr int64_t POINTS = SPAN * SPAN;

// What fits in a core's cache together: channels of the result, channels of the input, tiles.
constexpr int64_t PANEL = 64;
constexpr int64_t DEPTH = 64;
constexpr int64_t TILES = 64;
// Tiles whose products become the gradient of a weight at a time, and the fewest channels with which it is faster than the sum.
constexpr int64_t SUMMED = 512;
constexpr int64_t WIDE = 64;

// How far apart two points lie, of so many numbers each: not by pages, or all of them would share a few lines of the cache.
constexpr int64_t apart(int64_t numbers) {
  return numbers + LANES;
}

struct Conv {
  int64_t in, height, width;
  int64_t out, out_height, out_width;
  int64_t top, left;
  // Of an image, in tiles.
  int64_t rows, columns;
  // `[.., height, width, in]`, `[panels, 3, 3, in, PANEL]`, `[out]` or null, and null or as the output.
  const float *input, *weight, *bias, *other;
  bool relu;
  // Whether the weight is turned by 180 degrees, as it is for the gradient of an input.
  bool turned;
  float* output;
};

[[gnu::always_inline]] inline void load(Lanes& lanes, const float* from, int64_t count) {
  if (count >= LANES) {
    std::memcpy(&lanes, from, sizeof lanes);
  } else {
    lanes = Lanes{};
    std::memcpy(&lanes, from, count * sizeof(float));
  }
}

[[gnu::always_inline]] inline void store(const Lanes& lanes, float* to, int64_t count) {
  std::memcpy(to, &lanes, std::min(count, LANES) * sizeof(float));
}

constexpr float A = 0.70710678118654752f;
constexpr float B = 1.41421356237309505f;

// `B^T d`: six numbers of the input.
[[gnu::always_inline]] inline void to_points(const Lanes (&d)[SPAN], Lanes (&t)[SPAN]) {
  const Lanes even_a = d[4] - 2.0f * d[2], odd_a = A * (d[3] - 2.0f * d[1]);
  const Lanes even_b = d[4] - 0.5f * d[2], odd_b = B * (d[3] - 0.5f * d[1]);
  t[0] = d[0] - 2.5f * d[2] + d[4];
  t[1] = even_a + odd_a;
  t[2] = even_a - odd_a;
  t[3] = even_b + odd_b;
  t[4] = even_b - odd_b;
  t[5] = d[1] - 2.5f * d[3] + d[5];
}

// `G g`: three weights.
[[gnu::always_inline]] inline void weight_to_points(const Lanes (&g)[3], Lanes (&t)[SPAN]) {
  const Lanes even_a = (-2.0f / 3) * g[0] - (1.0f / 3) * g[2], odd_a = (-2.0f / 3 * A) * g[1];
  const Lanes even_b = (1.0f / 6) * g[0] + (1.0f / 3) * g[2], odd_b = (1.0f / 6 * B) * g[1];
  t[0] = g[0];
  t[1] = even_a + odd_a;
  t[2] = even_a - odd_a;
  t[3] = even_b + odd_b;
  t[4] = even_b - odd_b;
  t[5] = g[2];
}

// `A^T m`: six sums of products become four results.
[[gnu::always_inline]] inline void to_results(const Lanes (&m)[SPAN], Lanes (&y)[TILE]) {
  const Lanes sum_a = m[1] + m[2], difference_a = A * (m[1] - m[2]);
  const Lanes sum_b = m[3] + m[4], difference_b = B * (m[3] - m[4]);
  y[0] = m[0] + sum_a + sum_b;
  y[1] = difference_a + difference_b;
  y[2] = 0.5f * sum_a + 2.0f * sum_b;
  y[3] = 0.5f * difference_a + 2.0f * difference_b + m[5];
}

// `A y`: four gradients of results, the way back.
[[gnu::always_inline]] inline void to_points(const Lanes (&y)[TILE], Lanes (&m)[SPAN]) {
  const Lanes even_a = y[0] + 0.5f * y[2], odd_a = A * (y[1] + 0.5f * y[3]);
  const Lanes even_b = y[0] + 2.0f * y[2], odd_b = B * (y[1] + 2.0f * y[3]);
  m[0] = y[0];
  m[1] = even_a + odd_a;
  m[2] = even_a - odd_a;
  m[3] = even_b + odd_b;
  m[4] = even_b - odd_b;
  m[5] = y[3];
}

// `G^T t`: six sums of products become the gradients of three weights.
[[gnu::always_inline]] inline void to_weight(const Lanes (&t)[SPAN], Lanes (&g)[3]) {
  const Lanes sum_a = t[1] + t[2], sum_b = t[3] + t[4];
  g[0] = t[0] - (2.0f / 3) * sum_a + (1.0f / 6) * sum_b;
  g[1] = (-2.0f / 3 * A) * (t[1] - t[2]) + (1.0f / 6 * B) * (t[3] - t[4]);
  g[2] = t[5] + (1.0f / 3) * (sum_b - sum_a);
}

// Images whose channels lie next to each other, one of them.
struct Image {
  const float* data;
  int64_t height, width, channels;
};

// The square of `SIZE` from `top` and `left` on, which may lie outside, into `points`, which lie `stride` apart.
template <int64_t SIZE>
[[gnu::always_inline]] inline void square_to_points(const Image& image, int64_t top, int64_t left, float* points, int64_t stride) {
  for (int64_t channel = 0; channel < image.channels; channel += LANES) {
    Lanes half[SPAN][SIZE];
    for (int64_t x = 0; x < SIZE; ++x) {
      Lanes d[SIZE], t[SPAN];
      for (int64_t y = 0; y < SIZE; ++y) {
        const auto h = top + y, w = left + x;
        if (h >= 0 && h < image.height && w >= 0 && w < image.width) {
          load(d[y], image.data + (h * image.width + w) * image.channels + channel, image.channels - channel);
        } else {
          d[y] = Lanes{};
        }
      }
      to_points(d, t);
      for (int64_t y = 0; y < SPAN; ++y) half[y][x] = t[y];
    }
    for (int64_t y = 0; y < SPAN; ++y) {
      Lanes t[SPAN];
      to_points(half[y], t);
      for (int64_t x = 0; x < SPAN; ++x) store(t[x], points + (y * SPAN + x) * stride + channel, LANES);
    }
  }
}

// What a tile needs of the input.
FOR_EACH_WIDTH void transform_input(const Conv& conv, int64_t tile, float* points, int64_t stride) {
  const auto row = tile / conv.columns;
  const auto image = conv.input + row / conv.rows * conv.height * conv.width * conv.in;
  const auto top = row % conv.rows * TILE - conv.top, left = tile % conv.columns * TILE - conv.left;
  square_to_points<SPAN>({image, conv.height, conv.width, conv.in}, top, left, points, stride);
}

// The gradient of a tile's results.
FOR_EACH_WIDTH void transform_gradient(const Conv& conv, const float* gradient, int64_t tile, float* points, int64_t stride) {
  const auto row = tile / conv.columns;
  const auto image = gradient + row / conv.rows * conv.out_height * conv.out_width * conv.out;
  const auto top = row % conv.rows * TILE, left = tile % conv.columns * TILE;
  square_to_points<TILE>({image, conv.out_height, conv.out_width, conv.out}, top, left, points, stride);
}

// Nine matrices of weights, `[depth][PANEL]` and `stride` apart, `width` of their columns, into `points`.
FOR_EACH_WIDTH void transform_weight(const float* weight, int64_t stride, int64_t depth, int64_t width, float* points) {
  for (int64_t i = 0; i < depth; ++i) {
    for (int64_t channel = 0; channel < width; channel += LANES) {
      Lanes half[SPAN][3];
      for (int64_t x = 0; x < 3; ++x) {
        Lanes g[3], t[SPAN];
        for (int64_t y = 0; y < 3; ++y) load(g[y], weight + (y * 3 + x) * stride + i * PANEL + channel, LANES);
        weight_to_points(g, t);
        for (int64_t y = 0; y < SPAN; ++y) half[y][x] = t[y];
      }
      for (int64_t y = 0; y < SPAN; ++y) {
        Lanes t[SPAN];
        weight_to_points(half[y], t);
        for (int64_t x = 0; x < SPAN; ++x) {
          store(t[x], points + (y * SPAN + x) * apart(DEPTH * PANEL) + i * PANEL + channel, LANES);
        }
      }
    }
  }
}

// The results of a tile, `width` channels from `first` on, of the sums of products, which lie `stride` apart.
FOR_EACH_WIDTH void transform_output(const Conv& conv, const float* sums, int64_t stride, int64_t tile, int64_t first,
                                     int64_t width) {
  const auto row = tile / conv.columns;
  const auto top = row % conv.rows * TILE, left = tile % conv.columns * TILE;
  const auto image = row / conv.rows * conv.out_height * conv.out_width;
  for (int64_t channel = 0; channel < width; channel += LANES) {
    const auto count = width - channel;
    Lanes half[TILE][SPAN], bias = {};
    if (conv.bias) load(bias, conv.bias + first + channel, count);
    for (int64_t x = 0; x < SPAN; ++x) {
      Lanes m[SPAN], y[TILE];
      for (int64_t i = 0; i < SPAN; ++i) load(m[i], sums + (i * SPAN + x) * stride + channel, LANES);
      to_results(m, y);
      for (int64_t i = 0; i < TILE; ++i) half[i][x] = y[i];
    }
    for (int64_t i = 0; i < TILE && top + i < conv.out_height; ++i) {
      Lanes y[TILE];
      to_results(half[i], y);
      for (int64_t x = 0; x < TILE && left + x < conv.out_width; ++x) {
        const auto at = (image + (top + i) * conv.out_width + left + x) * conv.out + first + channel;
        Lanes result = y[x] + bias, other = {};
        if (conv.other) load(other, conv.other + at, count);
        result += other;
        // A NaN is not below 0, and stays.
        if (conv.relu) result = result < 0.0f ? Lanes{} : result;
        store(result, conv.output + at, count);
      }
    }
  }
}

// The gradients of the weights of a channel of the result, `[3][3][in]`, of the sums, `[in]` and `stride` apart.
FOR_EACH_WIDTH void transform_weight_back(const float* sums, int64_t stride, int64_t in, float* gradient) {
  for (int64_t channel = 0; channel < in; channel += LANES) {
    Lanes half[3][SPAN];
    for (int64_t x = 0; x < SPAN; ++x) {
      Lanes t[SPAN], g[3];
      for (int64_t y = 0; y < SPAN; ++y) load(t[y], sums + (y * SPAN + x) * stride + channel, in - channel);
      to_weight(t, g);
      for (int64_t y = 0; y < 3; ++y) half[y][x] = g[y];
    }
    for (int64_t y = 0; y < 3; ++y) {
      Lanes g[3];
      to_weight(half[y], g);
      for (int64_t x = 0; x < 3; ++x) store(g[x], gradient + (y * 3 + x) * in + channel, in - channel);
    }
  }
}

}  // namespace
