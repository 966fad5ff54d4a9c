// oneDNN's operators, which libtorch has for torch.compile. They have no headers, and oneDNN does not check its
// arguments, so every shape is checked here. Called from `onednn.rs`.

#include "conv.h"

#include <ATen/Context.h>
#include <ATen/core/DimVector.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/thnn_conv2d.h>
#include <algorithm>

// The activation that oneDNN applies to a result before it is stored: its name, its variant, and its arguments.
struct NnPostOp {
  const char* name;
  const char* algorithm;
  double numbers[2];
  size_t count;
};

namespace {

// Looks up an operator. `Signature` must be the one that it is registered with, or libtorch refuses it.
template <typename Signature>
c10::TypedOperatorHandle<Signature> operator_of(const char* name) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<Signature>();
}

using Bias = const std::optional<at::Tensor>&;
using Scalars = c10::List<std::optional<at::Scalar>>;
using Sizes = at::IntArrayRef;
using Text = std::optional<std::string_view>;

Scalars scalars(const NnPostOp& post_op) {
  Scalars list;
  for (size_t i = 0; i < post_op.count; ++i) list.push_back(at::Scalar(post_op.numbers[i]));
  return list;
}

Text algorithm(const NnPostOp& post_op) {
  return post_op.algorithm ? Text(post_op.algorithm) : std::nullopt;
}

}  // namespace

extern "C" {

bool nn_has_onednn() {
  return at::Context::hasMKLDNN();
}

// mkldnn::_reorder_convolution_weight: sets `*packed` to the weight in the layout that oneDNN's convolution prefers for this
// input. With another layout, oneDNN would convert the weight in every call, which can take longer than the convolution.
const char* nn_pack_conv2d(const at::Tensor* weight, const at::Tensor* input, const NnKernel* kernel, at::Tensor** packed) {
  return returned(packed, [=] {
    output_size(*kernel, *input);
    const at::DimVector size = {std::max<int64_t>(input->size(0), 1), input->size(1), input->size(2), input->size(3)};
    using Signature = at::Tensor(const at::Tensor&, Sizes, Sizes, Sizes, int64_t, at::OptionalIntArrayRef);
    static const auto reorder = operator_of<Signature>("mkldnn::_reorder_convolution_weight");
    const auto& [shape, stride, padding, dilation, groups] = *kernel;
    return reorder.call(*weight, padding, stride, dilation, groups, at::OptionalIntArrayRef(size));
  });
}

// The multiply-adds of the convolution of this input, or the largest i64 if the input does not fit.
int64_t nn_multiply_adds(const at::Tensor* input, const NnKernel* kernel) {
  if (!has_channels(*kernel, *input)) return INT64_MAX;
  const auto& shape = kernel->shape;
  const auto points = input->size(0) * steps(*kernel, *input, 0) * steps(*kernel, *input, 1);
  return points > 0 ? points * shape[0] * shape[1] * shape[2] * shape[3] : INT64_MAX;
}

// at::thnn_conv2d: convolution as a product of matrices, without dilation and groups.
const char* nn_small_conv2d(const at::Tensor* input, const at::Tensor* weight, const at::Tensor* bias,
                            const NnKernel* kernel, at::Tensor** output) {
  return returned(output, [=] {
    return at::thnn_conv2d(*input, *weight, Sizes(kernel->shape + 2, 2), optional(bias), kernel->stride, kernel->padding);
  });
}

// mkldnn::_convolution_pointwise: convolution, then the activation.
const char* nn_conv2d(const at::Tensor* input, const at::Tensor* packed, const at::Tensor* bias, const NnKernel* kernel,
                      const NnPostOp* post_op, at::Tensor** output) {
  return returned(output, [=] {
    using Signature = at::Tensor(const at::Tensor&, const at::Tensor&, Bias, Sizes, Sizes, Sizes, int64_t,
                                 std::string_view, Scalars, Text);
    static const auto convolution = operator_of<Signature>("mkldnn::_convolution_pointwise");
    output_size(*kernel, *input);
    // The result has the input's layout.
    const auto& [shape, stride, padding, dilation, groups] = *kernel;
    return convolution.call(channels_last(*input), *packed, optional(bias), padding, stride, dilation, groups,
                            post_op->name, scalars(*post_op), algorithm(*post_op));
  });
}

// mkldnn::_reorder_linear_weight: sets `*packed` to the weight in the layout that oneDNN prefers for this number of rows.
const char* nn_pack_linear(const at::Tensor* weight, int64_t rows, at::Tensor** packed) {
  return returned(packed, [=] {
    using Signature = at::Tensor(const at::Tensor&, std::optional<int64_t>);
    static const auto reorder = operator_of<Signature>("mkldnn::_reorder_linear_weight");
    return reorder.call(*weight, rows);
  });
}

// How many rows an input has for a linear layer with this number of input features, or -1 if it does not fit.
int64_t nn_rows(const at::Tensor* input, int64_t features) {
  const bool fits = is_float(*input) && input->dim() > 0 && features > 0 && input->size(-1) == features;
  return fits ? input->numel() / features : -1;
}

// mkldnn::_linear_pointwise: `y = x W^T + b`, then the activation.
const char* nn_linear(const at::Tensor* input, const at::Tensor* packed, int64_t features, const at::Tensor* bias,
                      const NnPostOp* post_op, at::Tensor** output) {
  return returned(output, [=] {
    using Signature = at::Tensor(const at::Tensor&, const at::Tensor&, Bias, std::string_view, Scalars, Text);
    static const auto linear = operator_of<Signature>("mkldnn::_linear_pointwise");
    TORCH_CHECK(nn_rows(input, features) >= 0, "a packed linear layer over ", features,
                " features of f32 on the CPU cannot take ", described(*input));
    return linear.call(*input, *packed, optional(bias), post_op->name, scalars(*post_op), algorithm(*post_op));
  });
}
}
