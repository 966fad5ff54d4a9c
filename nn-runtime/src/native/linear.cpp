// Linear layers. libtorch uses MKL, which on AMD's processors takes 10% to 50% longer than oneDNN's `brgemm` for a
// product of matrices, and uses only one thread for a matrix and a vector. Called from `linear.rs`.

#include "lanes.h"
#include "native.h"
#include "parallel.h"
#include "transpose.h"

#include <ATen/Context.h>
#include <ATen/native/CPUBlas.h>
#include <ATen/ops/_unsafe_view.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

namespace {

// The rows and columns of a product that a task computes, and how many terms it adds at a time, so that they stay in the cache.
constexpr int64_t ROWS = 64;
constexpr int64_t COLUMNS = 128;
constexpr int64_t DEPTH = 256;

// With fewer multiplications, or fewer numbers to move, starting a second thread takes longer than the work.
constexpr int64_t FEW_PRODUCTS = 1 << 18;
constexpr int64_t FEW_NUMBERS = 1 << 14;

// Transposes `[rows, columns]` to `[panels, columns, step]`, in panels of `step` rows.
at::Tensor transposed(const at::Tensor& matrix, int64_t step = COLUMNS) {
  const auto rows = matrix.size(0), columns = matrix.size(1), bands = divided(columns, COLUMNS);
  auto result = at::empty({divided(rows, step), columns, step}, matrix.options());
  const auto from = matrix.const_data_ptr<float>();
  const auto to = result.mutable_data_ptr<float>();
  const auto move = [&](int64_t task) {
    const auto row = task / bands * step, column = task % bands * COLUMNS;
    transpose(from + row * columns + column, columns, std::min(step, rows - row), std::min(COLUMNS, columns - column),
              to + row * columns + column * step, step);
  };
  parallel(divided(rows, step) * bands, move, rows * columns < FEW_NUMBERS);
  return result;
}

// `a b + bias`. The bias is `[columns]`, or `[rows, 1]`. `b` is `[depth, columns]`, or in panels, `[panels, depth, COLUMNS]`.
struct Product {
  at::Tensor a, b, result;
  std::optional<at::Tensor> bias = {};
  int64_t rows = result.size(0), depth = a.size(1), columns = result.size(1), panels = divided(columns, COLUMNS);

  int64_t tasks() const { return divided(rows, ROWS) * panels; }
  bool is_small() const { return rows * depth * columns < FEW_PRODUCTS; }

  void operator()(int64_t task) const {
    const auto row = task / panels * ROWS, column = task % panels * COLUMNS, step = b.size(-1);
    const auto height = std::min(ROWS, rows - row), width = std::min(COLUMNS, columns - column);
    const auto left = a.const_data_ptr<float>() + row * depth;
    const auto right = b.const_data_ptr<float>() + (b.dim() == 3 ? depth * column : column);
    const auto to = result.mutable_data_ptr<float>() + row * columns + column;
    if (bias) begin(row, column, height, width, to);
    for (int64_t at = 0; at < depth; at += DEPTH) {
      at::native::cpublas::brgemm(height, width, std::min(DEPTH, depth - at), depth, step, columns, bias || at > 0, left + at,
                                  right + at * step, to, false);
    }
  }

  void begin(int64_t row, int64_t column, int64_t height, int64_t width, float* to) const {
    const auto first = bias->const_data_ptr<float>();
    for (int64_t i = 0; i < height; ++i, to += columns) {
      bias->dim() == 2 ? std::fill_n(to, width, first[row + i]) : std::copy_n(first + column, width, to);
    }
  }
};

at::Tensor product(const at::Tensor& a, const at::Tensor& b, int64_t columns, const std::optional<at::Tensor>& bias = {}) {
  const Product product = {a, b, at::empty({a.size(0), columns}, a.options()), bias};
  parallel(product.tasks(), product, product.is_small());
  return product.result;
}

WIDE float sum_of(const float* numbers, int64_t count) {
  Lanes lanes, sums = {};
  for (int64_t at = 0; at < count; at += LANES) {
    load(lanes, numbers + at, count - at);
    sums += lanes;
  }
  float sum = 0;
  for (int64_t lane = 0; lane < LANES; ++lane) sum += sums[lane];
  return sum;
}

// The gradients of a linear layer's weight, `gradient^T input`, and bias, from that of its result, `[depth, rows]`. A
// task transposes the part that it multiplies, and adds it up for the bias while it is in the cache.
struct Gradients {
  at::Tensor gradient, input;
  int64_t depth = gradient.size(0), rows = gradient.size(1), columns = input.size(1);
  int64_t heights = divided(rows, ROWS), panels = divided(columns, COLUMNS);
  // If there are few rows, they are transposed more than once, to give every thread work.
  int64_t bands = std::clamp<int64_t>(divided(4 * at::get_num_threads(), heights), 1, panels);
  at::Tensor weight = at::empty({rows, columns}, input.options()), bias = at::zeros({rows}, input.options());

  int64_t tasks() const { return heights * bands; }
  bool is_small() const { return rows * depth * columns < FEW_PRODUCTS; }

  void operator()(int64_t task) const {
    const auto row = task / bands * ROWS, height = std::min(ROWS, rows - row), band = task % bands;
    const auto step = std::min(depth, DEPTH);
    const auto turned = scratch(ROWS * DEPTH), sums = bias.mutable_data_ptr<float>() + row;
    for (int64_t at = 0; at < depth; at += DEPTH) {
      const auto block = gradient.const_data_ptr<float>() + at * rows + row;
      const auto count = std::min(DEPTH, depth - at);
      transpose(block, rows, count, height, turned, step);
      for (int64_t i = 0; band == 0 && i < height; ++i) sums[i] += sum_of(turned + i * step, count);
      for (auto panel = panels * band / bands; panel < panels * (band + 1) / bands; ++panel) {
        const auto column = panel * COLUMNS, width = std::min(COLUMNS, columns - column);
        at::native::cpublas::brgemm(height, width, count, step, columns, columns, at > 0, turned,
                                    input.const_data_ptr<float>() + at * columns + column,
                                    weight.mutable_data_ptr<float>() + row * columns + column, false);
      }
    }
  }
};

// Computes both in one parallel region, so that threads do not wait in between. Either may be missing.
void compute(const std::optional<Gradients>& gradients, const std::optional<Product>& product) {
  const auto first = gradients ? gradients->tasks() : 0, second = product ? product->tasks() : 0;
  const auto task = [&](int64_t task) { task < first ? (*gradients)(task) : (*product)(task - first); };
  parallel(first + second, task, (!gradients || gradients->is_small()) && (!product || product->is_small()));
}

// `x W^T + b`. Transposes whichever is smaller: the weight, or the input and the result. Measured: with few rows and a
// large weight, libtorch's own is as fast.
at::Tensor result_of(const at::Tensor& x, const at::Tensor& weight, const std::optional<at::Tensor>& bias) {
  const auto rows = x.size(0);
  if (rows % 16 == 0 && rows <= 128 && weight.numel() >= 1 << 15) {
    const auto turned = product(weight, transposed(x, rows), rows, bias ? std::optional(bias->unsqueeze(1)) : std::nullopt);
    return transposed(turned, turned.size(0)).squeeze(0);
  }
  return rows << 14 < weight.numel() ? at::linear(x, weight, bias) : product(x, transposed(weight), weight.size(0), bias);
}

// `[.., features]` to `[rows, features]`.
at::Tensor rows_of(const at::Tensor& tensor) {
  return tensor.reshape({-1, tensor.size(-1)}).contiguous();
}

// A linear layer with its gradients.
struct Linear : torch::autograd::Function<Linear> {
  using Context = torch::autograd::AutogradContext;

  static at::Tensor forward(Context* context, const at::Tensor& input, const at::Tensor& weight,
                            const std::optional<at::Tensor>& bias) {
    // The input is needed only for the weight's gradient, and the weight only for the input's.
    context->save_for_backward({weight.requires_grad() ? input : at::Tensor(), input.requires_grad() ? weight : at::Tensor()});
    context->saved_data["biased"] = bias.has_value();
    context->saved_data["size"] = input.sizes();
    auto size = input.sizes().vec();
    size.back() = weight.size(0);
    // Not a view, so that the result may be overwritten in place.
    return at::_unsafe_view(result_of(rows_of(input), weight, bias), size);
  }

  static torch::autograd::variable_list backward(Context* context, const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto &input = saved[0], &weight = saved[1];
    const auto gradient = rows_of(gradients[0]);
    // If the gradients need gradients themselves, libtorch's operators compute them.
    const bool last = !at::GradMode::is_enabled();
    // `brgemm` compiles and caches a kernel for each number of terms, which here is the number of rows, so not every
    // number may be used.
    const bool common = last && gradient.size(0) % 32 == 0;
    const bool needs_input = context->needs_input_grad(0), needs_weight = context->needs_input_grad(1);
    const bool needs_bias = context->saved_data["biased"].toBool() && context->needs_input_grad(2);
    std::optional<Product> products;
    std::optional<Gradients> sums;
    at::Tensor of_input, of_weight, of_bias;
    if (needs_input && last) {
      products = Product{gradient, weight, at::empty({gradient.size(0), weight.size(1)}, gradient.options())};
      of_input = products->result;
    } else if (needs_input) {
      of_input = gradient.mm(weight);
    }
    if (needs_weight && common) {
      sums = Gradients{gradient, rows_of(input)};
      of_weight = sums->weight, of_bias = sums->bias;
    } else if (needs_weight) {
      of_weight = gradient.t().mm(rows_of(input));
    }
    compute(sums, products);
    if (needs_bias && !of_bias.defined()) of_bias = gradient.sum(0);
    if (needs_input) of_input = of_input.view(context->saved_data["size"].toIntVector());
    return {of_input, of_weight, needs_bias ? of_bias : at::Tensor()};
  }
};

// Whether the processor is one for which this was measured to be faster. On Intel's processors MKL is fast.
bool is_measured() {
#if defined(__x86_64__)
  return is_wide() && __builtin_cpu_is("amd") && at::Context::hasMKLDNN();
#else
  return false;
#endif
}

// Whether our kernels take it. Invalid arguments go to libtorch for its errors, and so do traces, which record only its
// operators.
bool is_ours(const at::Tensor& input, const at::Tensor& weight, const at::Tensor* bias) {
  static const bool measured = is_measured();
  if (!measured || is_traced() || !is_float(input) || !is_float(weight) || input.dim() == 0 || weight.dim() != 2) return false;
  const bool fits = input.size(-1) == weight.size(1) && weight.is_contiguous() && input.numel() > 0 && weight.numel() > 0;
  return fits && (!bias || (is_float(*bias) && bias->sizes() == weight.sizes().slice(0, 1) && bias->is_contiguous()));
}

// How many rows of the matrix are read at once, and how many numbers a task reads.
constexpr int64_t STREAMS = 8;
constexpr int64_t PART = 1 << 17;

template <int64_t COUNT>
WIDE void multiply_rows(const float* rows, const float* vector, int64_t length, const float* bias, float* results) {
  Lanes sums[COUNT] = {};
  const auto most = length / LANES * LANES;
  for (int64_t at = 0; at < most; at += LANES) {
    Lanes lanes, row;
    load(lanes, vector + at);
    for (int64_t i = 0; i < COUNT; ++i) {
      load(row, rows + i * length + at);
      sums[i] += row * lanes;
    }
  }
  for (int64_t i = 0; i < COUNT; ++i) {
    results[i] = bias ? bias[i] : 0;
    for (int64_t lane = 0; lane < LANES; ++lane) results[i] += sums[i][lane];
    for (int64_t at = most; at < length; ++at) results[i] += rows[i * length + at] * vector[at];
  }
}

// `x W^T + b` for a single row. If the weight is large, each thread reads a part of it.
at::Tensor result_of_row(const at::Tensor& x, const at::Tensor& weight, const at::Tensor* bias) {
  const auto out = weight.size(0), length = weight.size(1);
  auto size = x.sizes().vec();
  size.back() = out;
  auto result = at::empty(size, x.options());
  const auto rows = weight.const_data_ptr<float>(), vector = x.const_data_ptr<float>();
  const auto first = bias ? bias->const_data_ptr<float>() : nullptr;
  const auto results = result.mutable_data_ptr<float>();
  const auto multiply = [&](auto count, int64_t row) {
    multiply_rows<count>(rows + row * length, vector, length, first ? first + row : nullptr, results + row);
  };
  const auto tasks = std::clamp<int64_t>(weight.numel() / PART, 1, at::get_num_threads());
  parallel(tasks, [&](int64_t task) {
    auto row = out * task / tasks;
    const auto end = out * (task + 1) / tasks;
    for (; row + STREAMS <= end; row += STREAMS) multiply(std::integral_constant<int64_t, STREAMS>(), row);
    for (; row < end; ++row) multiply(std::integral_constant<int64_t, 1>(), row);
  });
  return result;
}

}  // namespace

extern "C" {

// at::linear, with its gradients.
const char* nn_trained_linear(const at::Tensor* input, const at::Tensor* weight, const at::Tensor* bias, at::Tensor** output) {
  return returned(output, [=] {
    const bool ours = is_ours(*input, *weight, bias) && input->numel() > weight->size(1);
    return ours ? Linear::apply(*input, *weight, optional(bias)) : at::linear(*input, *weight, optional(bias));
  });
}

// at::linear, without gradients. A single row is multiplied on all threads.
const char* nn_plain_linear(const at::Tensor* input, const at::Tensor* weight, const at::Tensor* bias, at::Tensor** output) {
  return returned(output, [=] {
    const bool ours = is_ours(*input, *weight, bias) && input->numel() == weight->size(1) && input->is_contiguous();
    return ours ? result_of_row(*input, *weight, bias) : at::linear(*input, *weight, optional(bias));
  });
}
}
