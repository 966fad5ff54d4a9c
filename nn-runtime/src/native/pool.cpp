// Max pooling. Of images whose rows lie one after the other: libtorch's own kernel goes from window to window and jumps at
// each element that is larger, which no processor foresees: it takes several times as long. And of channels-last images where
// nobody asks for a gradient: libtorch finds where the largest elements are nevertheless, which takes twice the memory of
// these. Called from `pool.rs`.

#include "native.h"
#include "parallel.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/max_pool2d_with_indices_backward.h>
#include <algorithm>
#include <limits>
#include <torch/csrc/autograd/custom_function.h>
#include <vector>

namespace {

// With fewer elements libtorch's own is done as soon, and with fewer windows in a row sooner.
constexpr int64_t FEW = 1 << 14;
constexpr int64_t NARROW = 4;

// And with fewer channels next to each other.
constexpr int64_t FEW_CHANNELS = 8;

// So many elements are a task, at least.
constexpr int64_t TASK = 1 << 15;

// How a window moves along an axis.
struct Axis {
  int64_t kernel, stride, padding, dilation, size, out;

  Axis(int64_t kernel, int64_t stride, int64_t padding, int64_t dilation, int64_t size, bool ceil)
      : kernel(kernel), stride(stride), padding(padding), dilation(dilation), size(size), out(0) {
    const bool makes_sense = kernel > 0 && stride > 0 && dilation > 0 && padding >= 0 && 2 * padding <= kernel;
    const int64_t room = size + 2 * padding - dilation * (kernel - 1) - 1;
    if (!makes_sense || size < 1 || room < 0) return;
    out = (room + (ceil ? stride - 1 : 0)) / stride + 1;
    // The last window must begin in the input or in the padding before it.
    if ((out - 1) * stride >= size + padding) --out;
  }

  // Where the window's first element lies that is not padding.
  int64_t first(int64_t window) const {
    const int64_t start = window * stride - padding;
    return start >= 0 ? start : start + (dilation - 1 - start) / dilation * dilation;
  }

  // Where an element lies that is counted from the start of the first window.
  int64_t place(int64_t element) const { return element * dilation - padding; }

  // The windows that have this element in the input: from the first to before the second.
  std::pair<int64_t, int64_t> within(int64_t element) const {
    const int64_t before = std::max<int64_t>(0, -place(element)), after = std::max<int64_t>(0, size - place(element));
    return {(before + stride - 1) / stride, std::min((after + stride - 1) / stride, out)};
  }
};

// The same element of windows side by side: those that have it, and where in a row it lies in the first of these.
struct Run {
  int64_t begin, count, place;
};

// How windows move over a plane, and what each row of them has in common.
struct Window {
  Axis down, across;
  std::vector<Run> runs;
  std::vector<int32_t> firsts;

  Window(const Axis& down, const Axis& across) : down(down), across(across) {
    for (int64_t x = 0; x < across.kernel; ++x) {
      const auto [begin, end] = across.within(x);
      if (begin < end) runs.push_back({begin, end - begin, begin * across.stride + across.place(x)});
    }
    for (int64_t i = 0; i < across.out; ++i) firsts.push_back(across.first(i));
  }
};

// What is largest in windows side by side, once an element of each has been looked at. It has no jump, and compilers see
// that nothing overlaps. Not a number is larger than all, as in libtorch.
template <typename T>
void look(const T* __restrict elements, int32_t place, int64_t stride, int64_t count, T* __restrict largest,
          int32_t* __restrict places) {
  for (int64_t i = 0; i < count; ++i) {
    const T element = elements[i * stride];
    const bool takes = (element > largest[i]) | (element != element);
    largest[i] = takes ? element : largest[i];
    places[i] = takes ? place + static_cast<int32_t>(i * stride) : places[i];
  }
}

// A row of results, and where in the plane they were found.
template <typename T>
void pool_row(const Window& window, const T* plane, int64_t row, T* values, int32_t* places) {
  const auto& [down, across, runs, firsts] = window;
  std::fill_n(values, across.out, -std::numeric_limits<T>::infinity());
  const int32_t first = down.first(row) * across.size;
  for (int64_t i = 0; i < across.out; ++i) places[i] = first + firsts[i];
  for (int64_t y = 0; y < down.kernel; ++y) {
    const int64_t line = row * down.stride + down.place(y);
    if (line < 0 || line >= down.size) continue;
    for (const auto& run : runs) {
      const int64_t place = line * across.size + run.place;
      look(plane + place, place, across.stride, run.count, values + run.begin, places + run.begin);
    }
  }
}

// One element of each plane, at which a task begins.
at::Tensor planes(const at::Tensor& tensor) {
  return tensor.view({-1, tensor.size(-2) * tensor.size(-1)}).select(1, 0);
}

template <typename T>
void pool(const Window& window, const at::Tensor& input, const at::Tensor& values, const at::Tensor& indices) {
  const auto &down = window.down, &across = window.across;
  at::TensorIteratorConfig config;
  config.check_all_same_dtype(false).resize_outputs(false);
  config.add_owned_output(planes(values)).add_owned_output(planes(indices)).add_owned_const_input(planes(input));
  const auto some = [&](char** data, const int64_t* strides, int64_t count) {
    std::vector<int32_t> places(across.out);
    for (int64_t plane = 0; plane < count; ++plane) {
      const auto value = reinterpret_cast<T*>(data[0] + plane * strides[0]);
      const auto index = reinterpret_cast<int64_t*>(data[1] + plane * strides[1]);
      const auto source = reinterpret_cast<const T*>(data[2] + plane * strides[2]);
      for (int64_t row = 0; row < down.out; ++row) {
        pool_row(window, source, row, value + row * across.out, places.data());
        std::copy(places.begin(), places.end(), index + row * across.out);
      }
    }
  };
  config.build().for_each(some, std::max<int64_t>(1, TASK / (down.size * across.size)));
}

// A row of results of channels next to each other, without where they were found.
FOR_EACH_WIDTH void pool_channels(const Window& window, const float* image, int64_t channels, int64_t row, float* values) {
  const auto &down = window.down, &across = window.across;
  std::fill_n(values, across.out * channels, -std::numeric_limits<float>::infinity());
  for (int64_t y = 0; y < down.kernel; ++y) {
    const int64_t line = row * down.stride + down.place(y);
    if (line < 0 || line >= down.size) continue;
    for (const auto& run : window.runs) {
      for (int64_t i = 0; i < run.count; ++i) {
        const float* __restrict elements = image + (line * across.size + run.place + i * across.stride) * channels;
        float* __restrict largest = values + (run.begin + i) * channels;
        for (int64_t c = 0; c < channels; ++c) {
          const bool takes = (elements[c] > largest[c]) | (elements[c] != elements[c]);
          largest[c] = takes ? elements[c] : largest[c];
        }
      }
    }
  }
}

at::Tensor pool_channels_last(const Window& window, const at::Tensor& input) {
  const auto &down = window.down, &across = window.across;
  const auto channels = input.size(1);
  auto result = at::empty({input.size(0), channels, down.out, across.out}, input.options(), at::MemoryFormat::ChannelsLast);
  const auto source = input.const_data_ptr<float>();
  const auto values = result.mutable_data_ptr<float>();
  parallel(input.size(0) * down.out, [&](int64_t row) {
    const auto image = source + row / down.out * down.size * across.size * channels;
    pool_channels(window, image, channels, row % down.out, values + row * across.out * channels);
  });
  return result;
}

using Sizes = at::IntArrayRef;

Window window_of(const at::Tensor& input, Sizes kernel, Sizes stride, Sizes padding, Sizes dilation, bool ceil) {
  return {Axis(kernel[0], stride[0], padding[0], dilation[0], input.size(2), ceil),
          Axis(kernel[1], stride[1], padding[1], dilation[1], input.size(3), ceil)};
}

// Keeps what `at::max_pool2d` keeps, and has its gradient.
struct MaxPool : torch::autograd::Function<MaxPool> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, Sizes kernel, Sizes stride,
                            Sizes padding, Sizes dilation, bool ceil) {
    const auto window = window_of(input, kernel, stride, padding, dilation, ceil);
    auto values = at::empty({input.size(0), input.size(1), window.down.out, window.across.out}, input.options());
    auto indices = at::empty(values.sizes(), input.options().dtype(at::kLong));
    (input.scalar_type() == at::kFloat ? pool<float> : pool<double>)(window, input, values, indices);
    context->save_for_backward({input, indices});
    context->saved_data["kernel"] = kernel;
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    context->saved_data["dilation"] = dilation;
    context->saved_data["ceil"] = ceil;
    return values;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto sizes = [&](const char* name) { return context->saved_data[name].toIntVector(); };
    auto gradient =
        at::max_pool2d_with_indices_backward(gradients[0], saved[0], sizes("kernel"), sizes("stride"), sizes("padding"),
                                             sizes("dilation"), context->saved_data["ceil"].toBool(), saved[1]);
    return {gradient, {}, {}, {}, {}, {}};
  }
};

// Whether there is a kernel for images that lie so.
bool is_taken(const at::Tensor& input) {
  const auto type = input.scalar_type();
  if (input.is_contiguous()) return type == at::kFloat || type == at::kDouble;
  const bool recorded = at::GradMode::is_enabled() && input.requires_grad();
  return !recorded && type == at::kFloat && input.is_contiguous(at::MemoryFormat::ChannelsLast) && input.size(1) >= FEW_CHANNELS;
}

// Whether it is computed here: not what would be an error, nor in a trace, which records libtorch's operators alone.
bool is_ours(const at::Tensor& input, Sizes kernel, Sizes stride, Sizes padding, Sizes dilation, bool ceil) {
  const bool is_large = input.numel() >= FEW && input.numel() <= std::numeric_limits<int32_t>::max();
  if (input.dim() != 4 || !input.is_cpu() || !is_large || is_traced() || !is_taken(input)) return false;
  const auto window = window_of(input, kernel, stride, padding, dilation, ceil);
  return window.down.out > 0 && window.across.out >= (input.is_contiguous() ? NARROW : 1);
}

}  // namespace

extern "C" {

// at::max_pool2d. Each list is of two numbers.
const char* nn_max_pool2d(const at::Tensor* input, const int64_t* kernel, const int64_t* stride, const int64_t* padding,
                          const int64_t* dilation, bool ceil, at::Tensor** result) {
  return returned(result, [=] {
    const Sizes k(kernel, 2), s(stride, 2), p(padding, 2), d(dilation, 2);
    if (!is_ours(*input, k, s, p, d, ceil)) return at::max_pool2d(*input, k, s, p, d, ceil);
    return input->is_contiguous() ? MaxPool::apply(*input, k, s, p, d, ceil)
                                  : pool_channels_last(window_of(*input, k, s, p, d, ceil), *input);
  });
}
}
