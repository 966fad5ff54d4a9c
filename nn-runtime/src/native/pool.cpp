// Max pooling, for two cases in which libtorch's is slow. For contiguous images, its kernel goes through one window
// after the other and branches on each larger element, which no processor predicts, so it takes several times as long.
// For channels-last images without gradients, it finds the places of the maxima nevertheless, which takes twice as much
// memory as the results. Called from `pool.rs`.

#include "lanes.h"
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

// With fewer elements libtorch's own is as fast, and with fewer windows in a row it is faster.
constexpr int64_t FEW = 1 << 14;
constexpr int64_t FEW_WINDOWS = 4;

// With fewer channels in channels-last images, libtorch's own is faster.
constexpr int64_t FEW_CHANNELS = 8;

// With fewer elements, starting a second thread takes longer than the work.
constexpr int64_t TASK = 1 << 15;

using Sizes = at::IntArrayRef;

// A window's kernel size, stride, padding and dilation, with two numbers each.
struct Moves {
  Sizes kernel, stride, padding, dilation;

  explicit Moves(Sizes all) : kernel(all.slice(0, 2)), stride(all.slice(2, 2)), padding(all.slice(4, 2)), dilation(all.slice(6, 2)) {}
};

// How a window moves along an axis. `out` is the number of windows, 0 if the arguments make no sense.
struct Axis {
  int64_t kernel, stride, padding, dilation, size, out;

  Axis(const Moves& moves, int axis, int64_t size, bool ceil)
      : kernel(moves.kernel[axis]), stride(moves.stride[axis]), padding(moves.padding[axis]), dilation(moves.dilation[axis]),
        size(size), out(0) {
    const bool makes_sense = kernel > 0 && stride > 0 && dilation > 0 && padding >= 0 && 2 * padding <= kernel;
    const int64_t room = size + 2 * padding - dilation * (kernel - 1) - 1;
    if (!makes_sense || size < 1 || room < 0) return;
    out = (room + (ceil ? stride - 1 : 0)) / stride + 1;
    // The last window must begin in the input or in the padding before it.
    if ((out - 1) * stride >= size + padding) --out;
  }

  // The place of the window's first element that is not padding.
  int64_t first(int64_t window) const {
    const int64_t start = window * stride - padding;
    return start >= 0 ? start : start + (dilation - 1 - start) / dilation * dilation;
  }

  // The place of an element of the first window.
  int64_t place(int64_t element) const { return element * dilation - padding; }

  // The range of windows in which this element is not padding.
  std::pair<int64_t, int64_t> within(int64_t element) const {
    const int64_t before = std::max<int64_t>(0, -place(element)), after = std::max<int64_t>(0, size - place(element));
    return {(before + stride - 1) / stride, std::min((after + stride - 1) / stride, out)};
  }
};

// The same element of adjacent windows: the first window in which it is not padding, how many there are, and its place
// in the row in the first one.
struct Run {
  int64_t begin, count, place;
};

// How windows move over a plane, and what all rows of windows have in common: the runs of elements, and the column of
// each window's first element.
struct Window {
  Axis down, across;
  std::vector<Run> runs;
  std::vector<int32_t> firsts;

  Window(const at::Tensor& input, const Moves& moves, bool ceil)
      : down(moves, 0, input.size(2), ceil), across(moves, 1, input.size(3), ceil) {
    for (int64_t x = 0; x < across.kernel; ++x) {
      const auto [begin, end] = across.within(x);
      if (begin < end) runs.push_back({begin, end - begin, begin * across.stride + across.place(x)});
    }
    for (int64_t i = 0; i < across.out; ++i) firsts.push_back(across.first(i));
  }
};

// Updates the maxima of adjacent windows by one element of each. There is no branch, and `__restrict` tells the
// compiler that nothing overlaps. NaN counts as the largest, as in libtorch.
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

// Computes a row of results, and their places in the plane.
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

template <typename T>
void pool(const Window& window, const at::Tensor& input, const at::Tensor& values, const at::Tensor& indices) {
  const auto &down = window.down, &across = window.across;
  const auto from = input.const_data_ptr<T>();
  const auto value = values.mutable_data_ptr<T>();
  const auto index = indices.mutable_data_ptr<int64_t>();
  const auto task = [&](int64_t plane) {
    thread_local std::vector<int32_t> places;
    places.resize(across.out);
    for (int64_t row = 0; row < down.out; ++row) {
      const auto begin = (plane * down.out + row) * across.out;
      pool_row(window, from + plane * down.size * across.size, row, value + begin, places.data());
      std::copy(places.begin(), places.end(), index + begin);
    }
  };
  parallel(input.size(0) * input.size(1), task, input.numel() < TASK);
}

// Computes a row of channels-last results, without their places.
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
        for (int64_t c = 0; c < channels; ++c) largest[c] = larger(largest[c], elements[c]);
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

// Keeps for its gradient what `at::max_pool2d` keeps.
struct MaxPool : torch::autograd::Function<MaxPool> {
  using Context = torch::autograd::AutogradContext;

  static at::Tensor forward(Context* context, const at::Tensor& input, Sizes moves, bool ceil, const Window& window) {
    auto values = at::empty({input.size(0), input.size(1), window.down.out, window.across.out}, input.options());
    auto indices = at::empty(values.sizes(), input.options().dtype(at::kLong));
    (input.scalar_type() == at::kFloat ? pool<float> : pool<double>)(window, input, values, indices);
    context->save_for_backward({input, indices});
    context->saved_data["moves"] = moves;
    context->saved_data["ceil"] = ceil;
    return values;
  }

  static torch::autograd::variable_list backward(Context* context, const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto moves = context->saved_data["moves"].toIntVector();
    const auto [kernel, stride, padding, dilation] = Moves(moves);
    const bool ceil = context->saved_data["ceil"].toBool();
    return {at::max_pool2d_with_indices_backward(gradients[0], saved[0], kernel, stride, padding, dilation, ceil, saved[1]),
            {}, {}, {}};
  }
};

// Whether there is a kernel for the input. Not in a trace, which records only libtorch's operators.
bool is_taken(const at::Tensor& input) {
  const bool is_large = input.numel() >= FEW && input.numel() <= std::numeric_limits<int32_t>::max();
  if (input.dim() != 4 || !input.is_cpu() || !is_large || is_traced()) return false;
  const auto type = input.scalar_type();
  if (input.is_contiguous()) return type == at::kFloat || type == at::kDouble;
  const bool recorded = at::GradMode::is_enabled() && input.requires_grad();
  return !recorded && type == at::kFloat && input.is_contiguous(at::MemoryFormat::ChannelsLast) && input.size(1) >= FEW_CHANNELS;
}

at::Tensor max_pool(const at::Tensor& input, Sizes all, bool ceil) {
  const Moves moves(all);
  if (is_taken(input)) {
    const Window window(input, moves, ceil);
    // Invalid arguments go to libtorch, for its errors.
    const bool fits = window.down.out > 0 && window.across.out > 0;
    if (fits && !input.is_contiguous()) return pool_channels_last(window, input);
    if (fits && window.across.out >= FEW_WINDOWS) return MaxPool::apply(input, all, ceil, window);
  }
  return at::max_pool2d(input, moves.kernel, moves.stride, moves.padding, moves.dilation, ceil);
}

}  // namespace

extern "C" {

// at::max_pool2d. `window` has the kernel size, stride, padding and dilation, with two numbers each.
const char* nn_max_pool2d(const at::Tensor* input, const int64_t* window, bool ceil, at::Tensor** result) {
  return returned(result, [=] { return max_pool(*input, {window, 8}, ceil); });
}
}
