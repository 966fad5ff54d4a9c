// Convolution with a 3x3 kernel by Winograd's minimal filtering, F(4x4, 3x3): 36 multiplications for 16 results instead
// of 144. It follows Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015), except for the points
// at which the polynomials are evaluated: 0, +-sqrt(1/2), +-sqrt(2) and infinity lose fewer digits than their 0, +-1,
// +-2 and infinity (Alam et al., "Winograd Convolution for Deep Neural Networks: Efficient Point Selection", 2022).
// Called from `winograd.rs`.

#include "conv.h"
#include "parallel.h"
#include "transforms.h"

#include <ATen/native/CPUBlas.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <algorithm>
#include <array>
#include <numeric>
#include <torch/csrc/autograd/custom_function.h>
#include <tuple>

namespace {

// How many output channels, input channels and tiles fit in a core's cache together.
constexpr int64_t PANEL = 64;
constexpr int64_t DEPTH = 64;
constexpr int64_t TILES = 64;
// How many tiles are added to a weight's gradient at a time, and the fewest channels for which this is faster than
// direct convolution.
constexpr int64_t SUMMED = 512;
constexpr int64_t FEWEST_SUMMED = 64;

// The distance between points of this many numbers each. It is not a multiple of the page size, because otherwise all
// points would share a few lines of the cache.
constexpr int64_t apart(int64_t numbers) {
  return numbers + LANES;
}

// How the results of a convolution are divided into tiles.
struct Tiles {
  int64_t images, top, left;
  Size in, out;

  int64_t rows() const { return divided(out.height, TILE); }
  int64_t columns() const { return divided(out.width, TILE); }
  int64_t count() const { return images * rows() * columns(); }

  // The corners of a tile's results and of the inputs that it needs.
  Corner result(int64_t tile) const {
    const auto row = tile / columns();
    return {row / rows(), row % rows() * TILE, tile % columns() * TILE};
  }
  Corner input(int64_t tile) const {
    const auto [image, y, x] = result(tile);
    return {image, y - top, x - left};
  }
};

struct Conv : Tiles {
  // The inputs are `[images, height, width, in]`. The weight is `[panels, 3, 3, in, PANEL]`, and is rotated by 180
  // degrees if `turned`, as for the gradient of an input.
  const float *inputs, *weight;
  bool turned;
  Finish finish;
  float* output;
};

// Computes one panel of output channels for the tiles from `begin` to `end` of those in `points`, which begin with tile `first`.
void multiply(const Conv& conv, const float* points, int64_t tiles, int64_t first, int64_t begin, int64_t end, int64_t panel) {
  const auto in = conv.in.channels, row = whole(in, LANES), count = end - begin;
  // libtorch's `brgemm` divides by the number of rows.
  if (count == 0) return;
  const auto stride = apart(count * PANEL), of_weights = apart(DEPTH * PANEL);
  const auto width = std::min(PANEL, conv.out.channels - panel);
  const auto [weights, sums] = scratch<std::array<float*, 2>>(POINTS * of_weights, POINTS * stride);
  for (int64_t from = 0; from < in; from += DEPTH) {
    const auto depth = std::min(DEPTH, in - from), matrix = in * PANEL;
    const auto nine = conv.weight + panel * 9 * in + from * PANEL;
    transform_weight(conv.turned ? nine + 8 * matrix : nine, conv.turned ? -matrix : matrix, depth, width, PANEL, weights, of_weights);
    for (int64_t point = 0; point < POINTS; ++point) {
      at::native::cpublas::brgemm(count, whole(width, LANES), depth, row, PANEL, PANEL, from > 0,
                                  points + point * apart(tiles * row) + begin * row + from, weights + point * of_weights,
                                  sums + point * stride);
    }
  }
  for (auto tile = begin; tile < end; ++tile) {
    transform_output(sums + (tile - begin) * PANEL, stride, conv.result(first + tile), conv.finish, panel, width, conv.out, conv.output);
  }
}

// Goes through as many tiles at a time as fit in the cache: first transforms their inputs, then computes the results,
// panel by panel.
void convolve(const Conv& conv) {
  const int64_t threads = at::get_num_threads(), all = conv.count();
  const auto row = whole(conv.in.channels, LANES), panels = divided(conv.out.channels, PANEL);
  // If the number of panels is not a multiple of the number of threads, the tiles are divided too.
  const auto parts = threads / std::gcd(panels, threads);
  const auto most = std::min(TILES * parts, all);
  auto points = at::empty({POINTS * apart(most * row)}, at::kFloat);
  const auto to = points.mutable_data_ptr<float>();
  for (int64_t first = 0; first < all; first += most) {
    const auto tiles = std::min(most, all - first);
    parallel(tiles, [&](int64_t tile) {
      transform_input(conv.inputs, conv.in, conv.input(first + tile), to + tile * row, apart(tiles * row));
    });
    parallel(panels * parts, [&](int64_t task) {
      const auto panel = task / parts * PANEL, part = task % parts;
      multiply(conv, to, tiles, first, tiles * part / parts, tiles * (part + 1) / parts, panel);
    });
  }
}

// Computes the gradient of the weight, `[out, 3, 3, in]`.
void sum_up(const Tiles& t, const float* input, const float* gradient, float* result) {
  const auto in = t.in.channels, in_row = whole(in, LANES), out = t.out.channels, out_row = whole(out, LANES);
  const auto all = t.count(), most = std::min(SUMMED, all), of_sums = apart(out * in);
  const auto inputs = at::empty({POINTS * apart(most * in_row)}, at::kFloat);
  const auto gradients = at::empty({POINTS * apart(most * out_row)}, at::kFloat);
  const auto sums = at::empty({POINTS * of_sums}, at::kFloat);
  const auto of_inputs = inputs.mutable_data_ptr<float>(), of_gradients = gradients.mutable_data_ptr<float>();
  for (int64_t first = 0; first < all; first += most) {
    const auto tiles = std::min(most, all - first), v = apart(tiles * in_row), d = apart(tiles * out_row);
    parallel(tiles, [&](int64_t tile) {
      transform_input(input, t.in, t.input(first + tile), of_inputs + tile * in_row, v);
      transform_gradient(gradient, t.out, t.result(first + tile), of_gradients + tile * out_row, d);
    });
    sums.as_strided({POINTS, out, in}, {of_sums, in, 1})
        .baddbmm_(gradients.as_strided({POINTS, out, tiles}, {d, 1, out_row}),
                  inputs.as_strided({POINTS, tiles, in}, {v, in_row, 1}), first > 0);
  }
  parallel(out, [&](int64_t channel) {
    transform_weight_back(sums.const_data_ptr<float>() + channel * in, of_sums, in, result + channel * 9 * in);
  });
}

// With fewer input channels, the transforms take longer than they save. With narrower registers it was not measured.
int64_t fewest_channels() {
  const auto size = register_size();
  return size == LANES ? 16 : size > 0 ? 64 : INT64_MAX;
}

Tiles tiles_of(const at::Tensor& input, const NnKernel& kernel) {
  return {input.size(0), kernel.padding[0], kernel.padding[1], {input.size(2), input.size(3), input.size(1)},
          {steps(kernel, input, 0), steps(kernel, input, 1), kernel.shape[0]}};
}

// Measured: a tile takes as long as 8 of its 16 results in direct convolution, and transforming the weights as long as 16.
bool pays(const at::Tensor& input, const NnKernel& kernel) {
  if (!has_channels(kernel, input) || kernel.shape[1] < fewest_channels() || is_traced()) return false;
  const auto tiles = tiles_of(input, kernel);
  return tiles.count() > 0 && 8 * tiles.count() + 16 < tiles.images * tiles.out.height * tiles.out.width;
}

// Packs the weight of a convolution, `[out, in, 3, 3]`, in panels of output channels: `[panels, 3, 3, in, PANEL]`.
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
  const auto size = output_size(kernel, input);
  const auto x = channels_last(input);
  const auto other = options.other ? channels_last(*options.other) : at::Tensor();
  auto result = at::empty(size, x.options(), at::MemoryFormat::ChannelsLast);
  const Finish finish{numbers(options.bias), options.other ? numbers(&other) : nullptr, options.relu};
  convolve({tiles_of(x, kernel), numbers(&x), numbers(&panels), options.turned, finish, result.mutable_data_ptr<float>()});
  return result;
}

at::Tensor weight_gradient(const at::Tensor& input, const at::Tensor& gradient, const NnKernel& kernel) {
  const auto x = channels_last(input), g = channels_last(gradient);
  auto result = at::empty(kernel.shape, x.options(), at::MemoryFormat::ChannelsLast);
  sum_up(tiles_of(x, kernel), numbers(&x), numbers(&g), result.mutable_data_ptr<float>());
  return result;
}

// The convolution that computes an input's gradient from the output's. The padding must be at most 2.
NnKernel backward_of(const NnKernel& kernel) {
  auto backward = kernel;
  std::swap(backward.shape[0], backward.shape[1]);
  for (auto& padding : backward.padding) padding = 2 - padding;
  return backward;
}

// The convolution with its gradients.
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
    // If the gradients need gradients themselves, libtorch's operators compute them.
    const bool last = !at::GradMode::is_enabled();
    const bool own_input = last && context->needs_input_grad(0) && std::max(padding[0], padding[1]) <= 2 && pays(gradient, backward);
    const bool own_weight = last && context->needs_input_grad(1) && std::min(weight.size(0), weight.size(1)) >= FEWEST_SUMMED;
    const bool biased = context->saved_data["biased"].toBool() && context->needs_input_grad(2);
    // oneDNN computes the gradients of weight and bias together.
    const std::array<bool, 3> others = {context->needs_input_grad(0) && !own_input, context->needs_input_grad(1) && !own_weight,
                                        biased && !own_weight};
    at::Tensor of_input, of_weight, of_bias;
    if (others[0] || others[1] || others[2]) {
      std::tie(of_input, of_weight, of_bias) =
          at::convolution_backward(gradient, input, weight, at::OptionalIntArrayRef({weight.size(0)}), kernel.stride,
                                   kernel.padding, kernel.dilation, false, {0, 0}, 1, others);
    }
    if (own_input) {
      Options options;
      options.turned = true;
      of_input = winograd(gradient, pack(weight.transpose(0, 1)), backward, options);
    }
    if (own_weight) of_weight = weight_gradient(input, gradient, kernel);
    if (own_weight && biased) of_bias = gradient.sum({0, 2, 3});
    return {of_input, of_weight, of_bias, {}};
  }
};

}  // namespace

extern "C" {

const char* nn_winograd_pack(const at::Tensor* weight, at::Tensor** panels) {
  return returned(panels, [=] {
    const auto packed = pack(*weight);
    return packed.is_alias_of(*weight) ? packed.clone() : packed;
  });
}

// The weight that was packed, `[out, in, 3, 3]`.
const char* nn_winograd_unpack(const at::Tensor* panels, int64_t out, at::Tensor** weight) {
  return returned(weight, [=] { return panels->permute({0, 4, 3, 1, 2}).flatten(0, 1).narrow(0, 0, out).contiguous(); });
}

int64_t nn_winograd_channels() {
  return fewest_channels();
}

// Whether it is faster than direct convolution.
bool nn_winograd_pays(const at::Tensor* input, const NnKernel* kernel) {
  return pays(*input, *kernel);
}

// Convolution with a packed weight, plus `other`, which has the result's shape, then the activation. The result is
// channels-last.
const char* nn_winograd(const at::Tensor* input, const at::Tensor* panels, const at::Tensor* bias, const at::Tensor* other,
                        const NnKernel* kernel, bool relu, at::Tensor** output) {
  return returned(output, [=] { return winograd(*input, *panels, *kernel, {bias, other, relu}); });
}

// at::conv2d. If the weight is channels-last and Winograd's convolution is faster, that is used.
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
