// Convolution with a 3x3 kernel by Winograd's minimal filtering, F(4x4, 3x3): 36 multiplications for 16 results, where the
// sum itself takes 144. After Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015), but for the points
// at which polynomials are evaluated: 0, +-sqrt(1/2), +-sqrt(2) and infinity lose fewer digits than their 0, +-1, +-2 (Alam
// et al., "Winograd Convolution for Deep Neural Networks: Efficient Point Selection", 2022). Called from `winograd.rs`.

#include "conv.h"
#include "native.h"
#include "parallel.h"
#include "transforms.h"

#include <ATen/native/CPUBlas.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <numeric>
#include <torch/csrc/autograd/custom_function.h>
#include <tuple>

namespace {

// The tiles from `begin` to `end` of those that `points` were made of from `first` on: one panel of their channels.
void multiply(const Conv& conv, const float* points, int64_t tiles, int64_t first, int64_t begin, int64_t end, int64_t panel) {
  const auto row = whole(conv.in, LANES), count = end - begin;
  // libtorch's products of no rows divide by them.
  if (count == 0) return;
  const auto stride = apart(count * PANEL);
  const auto width = std::min(PANEL, conv.out - panel), apart_in_panel = conv.in * PANEL;
  const auto weights = scratch(POINTS * (apart(DEPTH * PANEL) + stride));
  const auto sums = weights + POINTS * apart(DEPTH * PANEL);
  for (int64_t in = 0; in < conv.in; in += DEPTH) {
    const auto depth = std::min(DEPTH, conv.in - in);
    const auto nine = conv.weight + panel * 9 * conv.in + in * PANEL;
    const auto first_of_nine = conv.turned ? nine + 8 * apart_in_panel : nine;
    transform_weight(first_of_nine, conv.turned ? -apart_in_panel : apart_in_panel, depth, width, weights);
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
  const auto row = whole(conv.in, LANES), panels = divided(conv.out, PANEL);
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

// The gradient of the weight, `[out, 3, 3, in]`, of a convolution with so many tiles.
void sum_up(const Conv& conv, const float* gradient, int64_t all, float* result) {
  const auto in = whole(conv.in, LANES), out = whole(conv.out, LANES), most = std::min(SUMMED, all);
  const auto of_sums = apart(conv.out * conv.in);
  const auto inputs = at::empty({POINTS * apart(most * in)}, at::kFloat);
  const auto gradients = at::empty({POINTS * apart(most * out)}, at::kFloat);
  const auto sums = at::empty({POINTS * of_sums}, at::kFloat);
  const auto of_inputs = inputs.mutable_data_ptr<float>(), of_gradients = gradients.mutable_data_ptr<float>();
  for (int64_t first = 0; first < all; first += most) {
    const auto tiles = std::min(most, all - first), v = apart(tiles * in), d = apart(tiles * out);
    parallel(tiles, [&](int64_t tile) {
      transform_input(conv, first + tile, of_inputs + tile * in, v);
      transform_gradient(conv, gradient, first + tile, of_gradients + tile * out, d);
    });
    sums.as_strided({POINTS, conv.out, conv.in}, {of_sums, conv.in, 1})
        .baddbmm_(gradients.as_strided({POINTS, conv.out, tiles}, {d, 1, out}),
                  inputs.as_strided({POINTS, tiles, conv.in}, {v, in, 1}), first > 0);
  }
  parallel(conv.out, [&](int64_t channel) {
    transform_weight_back(sums.const_data_ptr<float>() + channel * conv.in, of_sums, conv.in, result + channel * 9 * conv.in);
  });
}

const float* numbers(const at::Tensor* tensor) {
  return tensor ? tensor->const_data_ptr<float>() : nullptr;
}

// With fewer channels of the input the transforms take longer than what they save; elsewhere it was not measured.
int64_t fewest_channels() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return 16;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return 64;
#endif
  return INT64_MAX;
}

// What was measured: a tile takes as long as 8 of its 16 results otherwise, and the weights as long as 16.
bool pays(const at::Tensor& input, const NnKernel& kernel) {
  if (!has_channels(kernel, input) || kernel.shape[1] < fewest_channels() || is_traced()) return false;
  const auto height = steps(kernel, input, 0), width = steps(kernel, input, 1);
  const auto tiles = input.size(0) * divided(height, TILE) * divided(width, TILE);
  return tiles > 0 && 8 * tiles + 16 < input.size(0) * height * width;
}

// The weight of a convolution, `[out, in, 3, 3]`, in panels of the channels that come out: `[panels, 3, 3, in, PANEL]`.
at::Tensor pack(const at::Tensor& weight) {
  const auto out = weight.size(0), more = whole(out, PANEL) - out;
  const auto filled = more ? at::constant_pad_nd(weight, {0, 0, 0, 0, 0, 0, 0, more}) : weight;
  return filled.unflatten(0, {-1, PANEL}).permute({0, 3, 4, 2, 1}).contiguous();
}

// A convolution of `input` to the size of `output`, both channels-last.
Conv shape_of(const at::Tensor& input, const at::Tensor& output, const NnKernel& kernel) {
  Conv conv{};
  conv.in = input.size(1), conv.height = input.size(2), conv.width = input.size(3);
  conv.out = output.size(1), conv.out_height = output.size(2), conv.out_width = output.size(3);
  conv.top = kernel.padding[0], conv.left = kernel.padding[1];
  conv.rows = divided(conv.out_height, TILE), conv.columns = divided(conv.out_width, TILE);
  conv.input = numbers(&input);
  return conv;
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
  auto conv = shape_of(x, result, kernel);
  conv.weight = numbers(&panels), conv.bias = numbers(options.bias), conv.other = options.other ? numbers(&other) : nullptr;
  conv.relu = options.relu, conv.turned = options.turned, conv.output = result.mutable_data_ptr<float>();
  convolve(conv, images * conv.rows * conv.columns);
  return result;
}

at::Tensor weight_gradient(const at::Tensor& input, const at::Tensor& gradient, const NnKernel& kernel) {
  const auto x = channels_last(input), g = channels_last(gradient);
  auto result = at::empty(kernel.shape, x.options(), at::MemoryFormat::ChannelsLast);
  const auto conv = shape_of(x, g, kernel);
  sum_up(conv, numbers(&g), x.size(0) * conv.rows * conv.columns, result.mutable_data_ptr<float>());
  return result;
}

// The convolution that takes an output's gradient to the input's, as long as padding is at most 2.
NnKernel backward_of(const NnKernel& kernel) {
  auto backward = kernel;
  std::swap(backward.shape[0], backward.shape[1]);
  for (auto& padding : backward.padding) padding = 2 - padding;
  return backward;
}

// With its gradients.
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
    // A gradient of these gradients is libtorch's to record.
    const bool last = !at::GradMode::is_enabled();
    const bool own_input = last && context->needs_input_grad(0) && std::max(padding[0], padding[1]) <= 2 && pays(gradient, backward);
    const bool own_weight = last && context->needs_input_grad(1) && std::min(weight.size(0), weight.size(1)) >= WIDE;
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

// The weight that was packed.
const char* nn_winograd_unpack(const at::Tensor* panels, int64_t out, at::Tensor** weight) {
  return returned(weight, [=] { return panels->permute({0, 4, 3, 1, 2}).flatten(0, 1).narrow(0, 0, out).contiguous(); });
}

int64_t nn_winograd_channels() {
  return fewest_channels();
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
