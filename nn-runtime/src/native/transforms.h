// The transforms of Winograd's minimal filtering, F(4x4, 3x3), for images in channels-last layout. Used by
// `winograd.cpp`.

#pragma once

#include "lanes.h"

namespace {

// A tile is 4x4 results. It needs 6x6 inputs, which are transformed to as many points.
constexpr int64_t TILE = 4;
constexpr int64_t SPAN = TILE + 2;
constexpr int64_t POINTS = SPAN * SPAN;

constexpr float A = 0.70710678118654752f;
constexpr float B = 1.41421356237309505f;

// Two points that differ only in sign, from the sums of the even and of the odd powers.
[[gnu::always_inline]] inline void to_pair(const Lanes& even, const Lanes& odd, Lanes* points) {
  points[0] = even + odd;
  points[1] = even - odd;
}

// `B^T d`: transforms six inputs.
[[gnu::always_inline]] inline void input_to_points(const Lanes (&d)[SPAN], Lanes (&t)[SPAN]) {
  t[0] = d[0] - 2.5f * d[2] + d[4];
  to_pair(d[4] - 2.0f * d[2], A * (d[3] - 2.0f * d[1]), t + 1);
  to_pair(d[4] - 0.5f * d[2], B * (d[3] - 0.5f * d[1]), t + 3);
  t[5] = d[1] - 2.5f * d[3] + d[5];
}

// `G g`: transforms three weights.
[[gnu::always_inline]] inline void weight_to_points(const Lanes (&g)[3], Lanes (&t)[SPAN]) {
  t[0] = g[0];
  to_pair((-2.0f / 3) * g[0] - (1.0f / 3) * g[2], (-2.0f / 3 * A) * g[1], t + 1);
  to_pair((1.0f / 6) * g[0] + (1.0f / 3) * g[2], (1.0f / 6 * B) * g[1], t + 3);
  t[5] = g[2];
}

// `A y`: transforms the gradients of four results. It is the gradient of `points_to_results`.
[[gnu::always_inline]] inline void gradient_to_points(const Lanes (&y)[TILE], Lanes (&m)[SPAN]) {
  m[0] = y[0];
  to_pair(y[0] + 0.5f * y[2], A * (y[1] + 0.5f * y[3]), m + 1);
  to_pair(y[0] + 2.0f * y[2], B * (y[1] + 2.0f * y[3]), m + 3);
  m[5] = y[3];
}

// `A^T m`: transforms six sums of products to four results.
[[gnu::always_inline]] inline void points_to_results(const Lanes (&m)[SPAN], Lanes (&y)[TILE]) {
  const Lanes sum_a = m[1] + m[2], difference_a = A * (m[1] - m[2]);
  const Lanes sum_b = m[3] + m[4], difference_b = B * (m[3] - m[4]);
  y[0] = m[0] + sum_a + sum_b;
  y[1] = difference_a + difference_b;
  y[2] = 0.5f * sum_a + 2.0f * sum_b;
  y[3] = 0.5f * difference_a + 2.0f * difference_b + m[5];
}

// `G^T t`: transforms six sums of products to the gradients of three weights.
[[gnu::always_inline]] inline void points_to_weight(const Lanes (&t)[SPAN], Lanes (&g)[3]) {
  const Lanes sum_a = t[1] + t[2], sum_b = t[3] + t[4];
  g[0] = t[0] - (2.0f / 3) * sum_a + (1.0f / 6) * sum_b;
  g[1] = (-2.0f / 3 * A) * (t[1] - t[2]) + (1.0f / 6 * B) * (t[3] - t[4]);
  g[2] = t[5] + (1.0f / 3) * (sum_b - sum_a);
}

// Transforms the columns of a square, and then the rows of the result. `read` and `write` get a vector and its
// position. Lambdas must be `INLINED`, because otherwise they are compiled for only one width.
#define INLINED __attribute__((always_inline))
template <int64_t FROM, int64_t TO, void (*TRANSFORM)(const Lanes (&)[FROM], Lanes (&)[TO]), typename Read, typename Write>
[[gnu::always_inline]] inline void transform(const Read& read, const Write& write) {
  Lanes half[TO][FROM];
  for (int64_t x = 0; x < FROM; ++x) {
    Lanes from[FROM], to[TO];
    for (int64_t y = 0; y < FROM; ++y) read(from[y], y, x);
    TRANSFORM(from, to);
    for (int64_t y = 0; y < TO; ++y) half[y][x] = to[y];
  }
  for (int64_t y = 0; y < TO; ++y) {
    Lanes to[TO];
    TRANSFORM(half[y], to);
    for (int64_t x = 0; x < TO; ++x) write(to[x], y, x);
  }
}

// The size of channels-last images.
struct Size {
  int64_t height, width, channels;

  bool has(int64_t y, int64_t x) const { return y >= 0 && y < height && x >= 0 && x < width; }
  int64_t at(int64_t image, int64_t y, int64_t x) const { return ((image * height + y) * width + x) * channels; }
};

// The top left corner of a square in an image.
struct Corner {
  int64_t image, y, x;
};

// Transforms a square to `points`, which are `stride` apart. Outside the image there are zeros.
template <int64_t SIZE, void (*TRANSFORM)(const Lanes (&)[SIZE], Lanes (&)[SPAN])>
[[gnu::always_inline]] inline void transform_square(const float* images, const Size& size, const Corner& corner, float* points,
                                                    int64_t stride) {
  for (int64_t channel = 0; channel < size.channels; channel += LANES) {
    const auto read = [&](Lanes& lanes, int64_t y, int64_t x) INLINED {
      const auto h = corner.y + y, w = corner.x + x;
      if (size.has(h, w)) {
        load(lanes, images + size.at(corner.image, h, w) + channel, size.channels - channel);
      } else {
        lanes = Lanes{};
      }
    };
    transform<SIZE, SPAN, TRANSFORM>(
        read, [&](const Lanes& t, int64_t y, int64_t x) INLINED { store(t, points + (y * SPAN + x) * stride + channel); });
  }
}

// Transforms the inputs of a tile.
FOR_EACH_WIDTH void transform_input(const float* images, const Size& size, const Corner& corner, float* points, int64_t stride) {
  transform_square<SPAN, input_to_points>(images, size, corner, points, stride);
}

// Transforms the gradients of a tile's results.
FOR_EACH_WIDTH void transform_gradient(const float* images, const Size& size, const Corner& corner, float* points, int64_t stride) {
  transform_square<TILE, gradient_to_points>(images, size, corner, points, stride);
}

// Transforms `columns` columns of nine matrices of weights, `[depth, row]`, which are `stride` apart, to `points`,
// which are `apart` from each other.
FOR_EACH_WIDTH void transform_weight(const float* weight, int64_t stride, int64_t depth, int64_t columns, int64_t row,
                                     float* points, int64_t apart) {
  for (int64_t i = 0; i < depth; ++i) {
    for (int64_t at = i * row; at < i * row + columns; at += LANES) {
      transform<3, SPAN, weight_to_points>(
          [&](Lanes& g, int64_t y, int64_t x) INLINED { load(g, weight + (y * 3 + x) * stride + at); },
          [&](const Lanes& t, int64_t y, int64_t x) INLINED { store(t, points + (y * SPAN + x) * apart + at); });
    }
  }
}

// What is done with results: a bias for each channel is added, then `other`, images of the same size, and then the
// activation is applied. Both pointers may be null.
struct Finish {
  const float *bias, *other;
  bool relu;
};

// Computes the results of a tile, `channels` of them from `first` on, from the sums of products, which are `stride` apart.
FOR_EACH_WIDTH void transform_output(const float* sums, int64_t stride, const Corner& corner, const Finish& finish, int64_t first,
                                     int64_t channels, const Size& size, float* images) {
  for (int64_t channel = 0; channel < channels; channel += LANES) {
    const auto count = channels - channel;
    Lanes bias = {};
    if (finish.bias) load(bias, finish.bias + first + channel, count);
    const auto write = [&](const Lanes& y, int64_t down, int64_t across) INLINED {
      const auto h = corner.y + down, w = corner.x + across;
      if (!size.has(h, w)) return;
      const auto at = size.at(corner.image, h, w) + first + channel;
      Lanes result = y + bias, other = {};
      if (finish.other) load(other, finish.other + at, count);
      result += other;
      // NaN is not below 0, and stays NaN.
      if (finish.relu) result = result < 0.0f ? Lanes{} : result;
      store(result, images + at, count);
    };
    transform<SPAN, TILE, points_to_results>(
        [&](Lanes& m, int64_t y, int64_t x) INLINED { load(m, sums + (y * SPAN + x) * stride + channel); }, write);
  }
}

// Computes the gradients of one output channel's weights, `[3, 3, in]`, from the sums of products, `[in]`, which are
// `stride` apart.
FOR_EACH_WIDTH void transform_weight_back(const float* sums, int64_t stride, int64_t in, float* gradient) {
  for (int64_t channel = 0; channel < in; channel += LANES) {
    const auto count = in - channel;
    transform<SPAN, 3, points_to_weight>(
        [&](Lanes& t, int64_t y, int64_t x) INLINED { load(t, sums + (y * SPAN + x) * stride + channel, count); },
        [&](const Lanes& g, int64_t y, int64_t x) INLINED { store(g, gradient + (y * 3 + x) * in + channel, count); });
  }
}

}  // namespace
