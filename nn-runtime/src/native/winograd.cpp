// Convolution with a 3x3 kernel by Winograd's minimal filtering, F(4x4, 3x3): 36 multiplications for 16 results, where the
// sum itself takes 144. After Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015), but for the points
// at which polynomials are evaluated: 0, +-sqrt(1/2), +-sqrt(2) and infinity lose fewer digits than their 0, +-1, +-2 (Alam
// et al., "Winograd Convolution for Deep Neural Networks: Efficient Point Selection", 2022). Called from `winograd.rs`.

#include "conv.h"
#include "native.h"

#include <ATen/Parallel.h>
#include <ATen/TensorIterator.h>
#include <ATen/native/CPUBlas.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <cstring>
#include <numeric>
#include <torch/csrc/autograd/custom_function.h>
#include <vector>

// Compiled for each width of vectors; which one runs, the processor decides when the program starts.
#if defined(__x86_64__) && defined(__linux__)
#define FOR_EACH_WIDTH __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EACH_WIDTH
#endif

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

constexpr int64_t whole(int64_t numbers, int64_t of) {
  return (numbers + of - 1) / of * of;
}

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
[[gnu::always_inline]] inline void input_to_points(const Lanes (&d)[SPAN], Lanes (&t)[SPAN]) {
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

// What a tile needs of the input, all its channels, into `points`, which lie `stride` apart.
FOR_EACH_WIDTH void transform_input(const Conv& conv, int64_t tile, float* points, int64_t stride) {
  const auto row = tile / conv.columns;
  const auto image = conv.input + row / conv.rows * conv.height * conv.width * conv.in;
  const auto top = row % conv.rows * TILE - conv.top, left = tile % conv.columns * TILE - conv.left;
  for (int64_t channel = 0; channel < conv.in; channel += LANES) {
    Lanes half[SPAN][SPAN];
    for (int64_t x = 0; x < SPAN; ++x) {
      Lanes d[SPAN], t[SPAN];
      for (int64_t y = 0; y < SPAN; ++y) {
        const auto h = top + y, w = left + x;
        if (h >= 0 && h < conv.height && w >= 0 && w < conv.width) {
          load(d[y], image + (h * conv.width + w) * conv.in + channel, conv.in - channel);
        } else {
          d[y] = Lanes{};
        }
      }
      input_to_points(d, t);
      for (int64_t y = 0; y < SPAN; ++y) half[y][x] = t[y];
    }
    for (int64_t y = 0; y < SPAN; ++y) {
      Lanes t[SPAN];
      input_to_points(half[y], t);
      for (int64_t x = 0; x < SPAN; ++x) store(t[x], points + (y * SPAN + x) * stride + channel, LANES);
    }
  }
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

// Calls `task` with 0 to `count - 1` on libtorch's threads. (Its `parallel_for` is inlined, and needs OpenMP here.)
template <typename Task>
void parallel(int64_t count, const Task& task) {
  auto indices = at::arange(count, at::kLong);
  at::TensorIteratorConfig config;
  config.check_all_same_dtype(false).declare_static_dtype(at::kLong).resize_outputs(false).add_output(indices);
  const auto some = [&](char** data, const int64_t* strides, int64_t size, int64_t times) {
    for (int64_t i = 0; i < size * times; ++i) {
      task(*reinterpret_cast<const int64_t*>(data[0] + i % size * strides[0] + i / size * strides[1]));
    }
  };
  config.build().for_each(some, 1);
}

// Memory of the thread.
float* scratch(int64_t numbers) {
  thread_local std::vector<float> memory;
  if (static_cast<int64_t>(memory.size()) < numbers) memory.resize(numbers);
  return memory.data();
}

// The tiles from `begin` to `end` of those that `points` were made of from `first` on: one panel of their channels.
void multiply(const Conv& conv, const float* points, int64_t tiles, int64_t first, int64_t begin, int64_t end, int64_t panel) {
  const auto row = whole(conv.in, LANES), count = end - begin, stride = apart(count * PANEL);
  const auto width = std::min(PANEL, conv.out - panel), apart_in_panel = conv.in * PANEL;
  const auto weights = scratch(POINTS * (apart(DEPTH * PANEL) + stride));
  const auto sums = weights + POINTS * apart(DEPTH * PANEL);
  for (int64_t in = 0; in < conv.in; in += DEPTH) {
    const auto depth = std::min(DEPTH, conv.in - in);
    const auto first = conv.weight + panel * 9 * conv.in + in * PANEL, last = first + 8 * apart_in_panel;
    transform_weight(conv.turned ? last : first, conv.turned ? -apart_in_panel : apart_in_panel, depth, width, weights);
    for (int64_t point = 0; point < POINTS; ++point) {
      at::native::cpublas::brgemm(count, whole(width, LANES), depth, row, PANEL, PANEL, in > 0,
                                  points + point * apart(tiles * row) + begin * row + in,
                                  weights + point * apart(DEPTH * PANEL), sums + point * stride);
    }
  }
  for (auto tile = begin; tile < end; ++tile) {
    transform_output(conv, sums + (tile - begin) * PANEL, stride, first + tile, panel, width);
  }
}

// So many tiles at a time as fit in the cache: first what they need of the input, then panel by panel what comes out.
void convolve(const Conv& conv, int64_t all) {
  const int64_t threads = at::get_num_threads();
  const auto row = whole(conv.in, LANES), panels = whole(conv.out, PANEL) / PANEL;
  // Where there are fewer panels than threads, or they do not divide well, tiles are divided too.
  const auto parts = threads / std::gcd(panels, threads);
  const auto most = std::min(TILES * parts, all);
  auto points = at::empty({POINTS * apart(most * row)}, at::kFloat);
  const auto to = points.mutable_data_ptr<float>();
  for (int64_t first = 0; first < all; first += most) {
    const auto tiles = std::min(most, all - first);
    parallel(tiles, [&](int64_t tile) { transform_input(conv, first + tile, to + tile * row, apart(tiles * row)); });
    parallel(panels * parts, [&](int64_t task) {
      const auto panel = task / parts * PANEL, part = task % parts;
      multiply(conv, to, tiles, first, tiles * part / parts, tiles * (part + 1) / parts, panel);
    });
  }
}

const float* numbers(const at::Tensor* tensor) {
  return tensor ? tensor->const_data_ptr<float>() : nullptr;
}

int64_t tiles_along(int64_t results) {
  return whole(results, TILE) / TILE;
}

// What was measured: a tile takes as long as 8 of its 16 results otherwise, and the weights as long as 16.
bool pays(const at::Tensor& input, const NnKernel& kernel) {
  if (!has_channels(kernel, input)) return false;
  const auto height = steps(kernel, input, 0), width = steps(kernel, input, 1);
  const auto tiles = input.size(0) * tiles_along(height) * tiles_along(width);
  return tiles > 0 && 8 * tiles + 16 < input.size(0) * height * width;
}

// The weight of a convolution, `[out, in, 3, 3]`, in panels of the channels that come out: `[panels, 3, 3, in, PANEL]`.
at::Tensor pack(const at::Tensor& weight) {
  const auto out = weight.size(0), more = whole(out, PANEL) - out;
  const auto filled = more ? at::constant_pad_nd(weight, {0, 0, 0, 0, 0, 0, 0, more}) : weight;
  return filled.unflatten(0, {-1, PANEL}).permute({0, 3, 4, 2, 1}).contiguous();
}

struct Options {
  const at::Tensor *bias = nullptr, *other = nullptr;
  bool relu = false, turned = false;
};

at::Tensor winograd(const at::Tensor& input, const at::Tensor& panels, const NnKernel& kernel, const Options& options) {
  const auto [images, out, height, width] = output_size(kernel, input);
  const auto x = channels_last(input);
  const auto other = options.other ? channels_last(*options.other) : at::Tensor();
  auto result = at::empty({images, out, height, width}, x.options(), at::MemoryFormat::ChannelsLast);
  const Conv conv{x.size(1), x.size(2), x.size(3), out, height, width, kernel.padding[0], kernel.padding[1],
                  tiles_along(height), tiles_along(width), numbers(&x), numbers(&panels), numbers(options.bias),
                  options.other ? numbers(&other) : nullptr, options.relu, options.turned,
                  result.mutable_data_ptr<float>()};
  convolve(conv, images * conv.rows * conv.columns);
  return result;
}

// The convolution that takes an output's gradient to the input's, as long as padding is at most 2.
NnKernel backward_of(const NnKernel& kernel) {
  auto backward = kernel;
  std::swap(backward.shape[0], backward.shape[1]);
  for (auto& padding : backward.padding) padding = 2 - padding;
  return backward;
}

// With a gradient, which is a convolution too; that of the weight is libtorch's own.
struct Winograd : torch::autograd::Function<Winograd> {
  using Context = torch::autograd::AutogradContext;

  static at::Tensor forward(Context* context, const at::Tensor& input, const at::Tensor& weight,
                            const std::optional<at::Tensor>& bias, const NnKernel* kernel) {
    context->save_for_backward({input, weight});
    context->saved_data["padding"] = std::vector<int64_t>(kernel->padding, kernel->padding + 2);
    context->saved_data["biased"] = bias.has_value();
    return winograd(input, pack(weight), *kernel, {bias ? &*bias : nullptr});
  }

  static torch::autograd::variable_list backward(Context* context, const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto &input = saved[0], &weight = saved[1], &gradient = gradients[0];
    const auto padding = context->saved_data["padding"].toIntVector();
    const NnKernel kernel{{weight.size(0), weight.size(1), 3, 3}, {1, 1}, {padding[0], padding[1]}, {1, 1}, 1};
    const auto backward = backward_of(kernel);
    // A gradient of this gradient is libtorch's to record.
    const bool own = context->needs_input_grad(0) && !at::GradMode::is_enabled() && std::max(padding[0], padding[1]) <= 2 &&
                     pays(gradient, backward);
    const std::array<bool, 3> others = {context->needs_input_grad(0) && !own, context->needs_input_grad(1),
                                        context->saved_data["biased"].toBool() && context->needs_input_grad(2)};
    auto [of_input, of_weight, of_bias] =
        at::convolution_backward(gradient, input, weight, at::OptionalIntArrayRef({weight.size(0)}), kernel.stride,
                                 kernel.padding, kernel.dilation, false, {0, 0}, 1, others);
    if (own) {
      Options options;
      options.turned = true;
      of_input = winograd(gradient, pack(weight.transpose(0, 1)), backward, options);
    }
    return {of_input, of_weight, of_bias, {}};
  }
};

std::optional<at::Tensor> optional(const at::Tensor* tensor) {
  return tensor ? std::optional<at::Tensor>(*tensor) : std::nullopt;
}

}  // namespace

extern "C" {

const char* nn_winograd_pack(const at::Tensor* weight, at::Tensor** panels) {
  return returned(panels, [=] { return pack(*weight); });
}

// The weight that was packed.
const char* nn_winograd_unpack(const at::Tensor* panels, int64_t out, at::Tensor** weight) {
  return returned(weight, [=] { return panels->permute({0, 4, 3, 1, 2}).flatten(0, 1).narrow(0, 0, out).contiguous(); });
}

// Whether it is faster than the sum itself.
bool nn_winograd_pays(const at::Tensor* input, const NnKernel* kernel) {
  return pays(*input, *kernel);
}

// A convolution with a packed weight, plus `other`, of the result's shape, then the activation. It lies channels-last.
const char* nn_winograd(const at::Tensor* input, const at::Tensor* panels, const at::Tensor* bias, const at::Tensor* other,
                        const NnKernel* kernel, bool relu, at::Tensor** output) {
  return returned(output, [=] { return winograd(*input, *panels, *kernel, {bias, other, relu}); });
}

// at::conv2d; where the weight lies channels-last and it is faster so, Winograd's.
const char* nn_winograd_conv2d(const at::Tensor* input, const at::Tensor* weight, const at::Tensor* bias,
                               const NnKernel* kernel, at::Tensor** output) {
  return returned(output, [=] {
    const auto& [shape, stride, padding, dilation, groups] = *kernel;
    const bool laid = is_float(*weight) && weight->is_contiguous(at::MemoryFormat::ChannelsLast) && !weight->is_contiguous();
    const bool biased = !bias || (is_float(*bias) && bias->sizes() == at::IntArrayRef(shape, 1) && bias->is_contiguous());
    if (laid && biased && pays(*input, *kernel)) return Winograd::apply(*input, *weight, optional(bias), kernel);
    return at::conv2d(*input, *weight, optional(bias), stride, padding, dilation, groups);
  });
}
}
