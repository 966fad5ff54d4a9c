// The parameters of a convolution over [N, C, H, W], and the sizes of its input and output.

#pragma once

#include "native.h"

#include <array>

// The shape of a convolution's weight, and how the kernel moves over the input.
struct NnKernel {
  int64_t shape[4];
  int64_t stride[2];
  int64_t padding[2];
  int64_t dilation[2];
  int64_t groups;
};

inline std::string described(const at::Tensor& tensor) {
  return c10::str(tensor.scalar_type(), " ", tensor.sizes(), " on ", tensor.device());
}

// The tensor in channels-last layout, for which our kernels and oneDNN's are fast.
inline at::Tensor channels_last(const at::Tensor& tensor) {
  return tensor.contiguous(at::MemoryFormat::ChannelsLast);
}

inline bool has_channels(const NnKernel& kernel, const at::Tensor& input) {
  return is_float(input) && input.dim() == 4 && input.size(1) == kernel.shape[1] * kernel.groups;
}

// How many positions the kernel has along an axis: none if it does not fit.
inline int64_t steps(const NnKernel& kernel, const at::Tensor& input, int axis) {
  const auto reach = kernel.dilation[axis] * (kernel.shape[2 + axis] - 1) + 1;
  const auto free = input.size(2 + axis) + 2 * kernel.padding[axis] - reach;
  return free < 0 ? 0 : free / kernel.stride[axis] + 1;
}

inline std::array<int64_t, 4> output_size(const NnKernel& kernel, const at::Tensor& input) {
  TORCH_CHECK(has_channels(kernel, input), "a packed convolution over [N, ", kernel.shape[1] * kernel.groups,
              ", H, W] of f32 on the CPU cannot take ", described(input));
  const std::array<int64_t, 4> size = {input.size(0), kernel.shape[0], steps(kernel, input, 0), steps(kernel, input, 1)};
  TORCH_CHECK(size[2] > 0 && size[3] > 0, "a kernel of ", kernel.shape[2], "x", kernel.shape[3], " does not fit in ",
              input.sizes());
  return size;
}
