// LSTM. Each thread computes its own hidden units for the whole batch, so that its part of the recurrent weight stays
// in its cache from step to step. Called from `lstm.rs`.

#include "lstm.h"
#include "native.h"
#include "team.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/lstm.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <algorithm>
#include <array>
#include <iterator>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <utility>

namespace {

using Tensors = std::vector<at::Tensor>;

// How many samples of all time steps are projected at once, so that what is read again stays in the cache.
constexpr int64_t PROJECTED = 128;

// How many rows of a product stay in the cache while all its columns are computed.
constexpr int64_t STRIP = 64;

// With fewer steps, packing the weights takes as long as the steps.
constexpr int64_t FEWEST_STEPS = 2;

// With fewer multiplications per gate and step, waiting for other threads takes longer than the work.
constexpr int64_t FEW_PRODUCTS = 1 << 14;

const float* numbers(const at::Tensor& tensor) {
  return tensor.const_data_ptr<float>();
}

float* numbers(at::Tensor& tensor) {
  return tensor.mutable_data_ptr<float>();
}

// Packs a weight of the gates, `[4 * hidden, depth]`, in panels.
at::Tensor packed(const at::Tensor& weight) {
  const auto hidden = weight.size(0) / GATES, depth = weight.size(1);
  const auto plain = weight.contiguous();
  auto panels = at::empty({GATES * hidden * depth}, plain.options());
  const auto from = numbers(std::as_const(plain));
  const auto to = numbers(panels);
  parallel(hidden / LANES, [&](int64_t block) {
    pack(from, hidden, depth, block * LANES, to + GATES * LANES * depth * block);
  });
  return panels;
}

// Copies the columns of a matrix to panels, `[divided(columns, PANEL), rows, PANEL]`. `of` returns the address of a row.
template <typename Rows>
at::Tensor in_panels(int64_t rows, int64_t columns, const at::TensorOptions& options, const Rows& of) {
  auto panels = at::empty({divided(columns, PANEL), rows, PANEL}, options);
  const auto to = numbers(panels);
  parallel(panels.size(0), [&](int64_t panel) {
    to_panel(of, rows, columns, panel * PANEL, to + panel * rows * PANEL);
  });
  return panels;
}

// Copies a tensor to panels of its last dimension.
at::Tensor in_panels(const at::Tensor& tensor) {
  const auto plain = tensor.contiguous();
  const auto from = numbers(std::as_const(plain));
  const auto columns = plain.size(-1);
  return in_panels(plain.numel() / columns, columns, plain.options(), [=](int64_t row) { return from + row * columns; });
}

// Calls `body` with each block of this thread's part: its first sample, the number of samples (a constant) and its first unit.
template <typename Body>
void share(const Member& member, int64_t samples, int64_t units, int64_t step, const Body& body) {
  const auto blocks = divided(samples, BLOCK);
  member.share(blocks * (units / step), [&](int64_t part) {
    const auto begin = part % blocks * BLOCK, unit = part / blocks * step;
    in_blocks(begin, std::min(begin + BLOCK, samples), [&](int64_t row, auto count) { body(row, count, unit); });
  });
}

bool is_short(const Layer& layer) {
  return layer.batch * layer.hidden * layer.hidden < FEW_PRODUCTS;
}

// How many time steps are projected at once, so that their gates stay in the cache.
int64_t at_once(int64_t steps, int64_t batch) {
  return std::min(steps, divided(PROJECTED, batch));
}

// Projects the input of some time steps at once, and then runs these steps one by one.
void run(const Forward& f) {
  const auto some = at_once(f.steps, f.batch), parts = divided(f.steps, some);
  const auto task = [&](Member& member) {
    for (int64_t part = 0; part < parts; ++part) {
      const auto begin = (f.reverse ? parts - 1 - part : part) * some, count = std::min(some, f.steps - begin);
      share(member, count * f.batch, f.hidden, LANES, [&](int64_t row, auto rows, int64_t unit) {
        project<rows()>(f, begin * f.batch + row, unit);
      });
      member.wait();
      for (int64_t i = 0; i < count; ++i) {
        const auto time = begin + (f.reverse ? count - 1 - i : i);
        share(member, f.batch, f.hidden, LANES, [&](int64_t row, auto rows, int64_t unit) {
          forward<rows()>(f, time, row, unit);
        });
        member.wait();
      }
    }
  };
  together(task, is_short(f));
}

void run(const Backward& b) {
  const auto task = [&](Member& member) {
    for (int64_t i = 0; i < b.steps; ++i) {
      const auto time = b.reverse ? i : b.steps - 1 - i;
      share(member, b.batch, b.hidden, PANEL, [&](int64_t row, auto rows, int64_t unit) {
        backward<rows()>(b, time, row, unit);
      });
      member.wait();
    }
  };
  together(task, is_short(b));
}

// Calls `body` with each block of the result: its first row, the row after its last, and its first column.
template <typename Body>
void in_strips(int64_t rows, int64_t columns, const Body& body) {
  const auto count = divided(columns, PANEL);
  parallel(divided(rows, STRIP) * count, [&](int64_t part) {
    const auto row = part / count * STRIP;
    body(row, std::min(row + STRIP, rows), part % count * PANEL);
  });
}

// The gradient of the other factor of a weight, from those of the gates of `count` samples from `begin` on.
at::Tensor of_factor(const at::Tensor& of_gates, int64_t begin, int64_t count, const at::Tensor& weight) {
  const auto panels = in_panels(weight);
  const auto depth = weight.size(0), columns = weight.size(1);
  auto result = at::empty({count, columns}, weight.options());
  const auto samples = of_gates.size(1) * of_gates.size(2);
  const Product product{numbers(of_gates) + begin * PANEL, samples, numbers(panels), depth, numbers(result), columns};
  in_strips(count, columns, [&](int64_t first, int64_t last, int64_t column) {
    in_blocks(first, last, [&](int64_t row, auto rows) { multiply<rows()>(product, row, column); });
  });
  return result;
}

// The gradient of a weight, from those of the gates and the other factor in panels, which has `columns` columns.
at::Tensor of_weight(const at::Tensor& of_gates, const at::Tensor& panels, int64_t columns) {
  const auto rows = of_gates.size(0) * PANEL, depth = panels.size(1);
  auto result = at::empty({rows, columns}, panels.options());
  const Product product{numbers(of_gates), depth, numbers(panels), depth, numbers(result), columns};
  in_strips(rows, columns, [&](int64_t first, int64_t last, int64_t column) {
    for (auto row = first; row < last; row += PANEL) sum_up(product, row, column);
  });
  return result;
}

// The inputs of a layer in one direction. `x` is `[T, N, features]`, and the weights are `[4 * hidden, features]` and
// `[4 * hidden, hidden]`.
struct Inputs {
  at::Tensor x, h0, c0, of_input, of_hidden;
  std::optional<at::Tensor> input_bias, hidden_bias;
  bool reverse;
};

struct Outputs {
  at::Tensor output, gates, cells;
  bool reverse;

  // All outputs, the last one and the last cell.
  Tensors results() const {
    const auto last = reverse ? 0 : output.size(0) - 1;
    return {output, output[last].clone(), cells[last % cells.size(0)].clone()};
  }
};

// If `keeps`, keeps the gates and cells of all time steps for the gradients.
Outputs computed(const Inputs& of, bool keeps) {
  const auto x = of.x.contiguous(), h0 = of.h0.contiguous(), c0 = of.c0.contiguous();
  const auto in = packed(of.of_input), panels = packed(of.of_hidden);
  const auto bias = of.input_bias ? of.input_bias->add(*of.hidden_bias) : at::zeros({of.of_input.size(0)}, x.options());
  const Layer layer{x.size(0), x.size(1), of.of_hidden.size(1), of.reverse};
  const auto kept = keeps ? layer.steps : at_once(layer.steps, layer.batch);
  const auto made = [&](int64_t times, int64_t width) { return at::empty({times, layer.batch, width}, x.options()); };
  auto output = made(layer.steps, layer.hidden), gates = made(kept, GATES * layer.hidden), cells = made(kept, layer.hidden);
  run(Forward{layer, x.size(2), kept, numbers(x), numbers(in), numbers(bias), numbers(panels), numbers(h0), numbers(c0),
              numbers(gates), numbers(cells), numbers(output)});
  return {output, gates, cells, of.reverse};
}

// A layer in one direction over `[T, N, features]`, with its gradients.
struct Lstm : torch::autograd::Function<Lstm> {
  using Context = torch::autograd::AutogradContext;

  static Tensors of(const Inputs& of) {
    return apply(of.x, of.h0, of.c0, of.of_input, of.of_hidden, of.input_bias, of.hidden_bias, of.reverse);
  }

  static Tensors forward(Context* context, const at::Tensor& input, const at::Tensor& h0, const at::Tensor& c0,
                         const at::Tensor& of_input, const at::Tensor& of_hidden, const std::optional<at::Tensor>& input_bias,
                         const std::optional<at::Tensor>& hidden_bias, bool reverse) {
    const auto made = computed({input, h0, c0, of_input, of_hidden, input_bias, hidden_bias, reverse}, true);
    context->save_for_backward({input, h0, c0, of_input, of_hidden, input_bias.value_or(at::Tensor()),
                                hidden_bias.value_or(at::Tensor()), made.output, made.gates, made.cells});
    context->saved_data["reverse"] = reverse;
    return made.results();
  }

  static Tensors backward(Context* context, const Tensors& gradients) {
    const auto saved = context->get_saved_variables();
    const auto reverse = context->saved_data["reverse"].toBool();
    if (at::GradMode::is_enabled()) return differentiable(saved, gradients, reverse);
    const auto x = saved[0].contiguous(), h0 = saved[1].contiguous(), c0 = saved[2].contiguous();
    const auto &of_input = saved[3], &of_hidden = saved[4], &output = saved[7], &gates = saved[8], &cells = saved[9];
    const auto panels = in_panels(of_hidden), of_output = gradients[0].contiguous(), of_last = gradients[1].contiguous();
    const Layer layer{x.size(0), x.size(1), of_hidden.size(1), reverse};
    auto of_cell = gradients[2].clone(at::MemoryFormat::Contiguous);
    auto of_gates = at::empty({GATES * layer.hidden / PANEL, layer.steps, layer.batch, PANEL}, gates.options());
    run(Backward{layer, numbers(panels), numbers(c0), numbers(gates), numbers(cells), numbers(of_output), numbers(of_last),
                 numbers(of_cell), numbers(of_gates)});
    const auto samples = layer.steps * layer.batch, first = layer.first() * layer.batch;
    // The output of the step before each sample.
    const auto before = [&, start = numbers(h0), rest = numbers(output)](int64_t row) {
      if (row >= first && row < first + layer.batch) return start + (row - first) * layer.hidden;
      return rest + (reverse ? row + layer.batch : row - layer.batch) * layer.hidden;
    };
    const auto wants = [&](size_t input) { return context->needs_input_grad(input); };
    const auto of_biases = saved[5].defined() ? of_gates.sum({1, 2}).flatten() : at::Tensor();
    return {wants(0) ? of_factor(of_gates, 0, samples, of_input).view_as(x) : at::Tensor(),
            wants(1) ? of_factor(of_gates, first, layer.batch, of_hidden) : at::Tensor(),
            of_cell,
            wants(3) ? of_weight(of_gates, in_panels(x), x.size(2)) : at::Tensor(),
            wants(4) ? of_weight(of_gates, in_panels(samples, layer.hidden, x.options(), before), layer.hidden) : at::Tensor(),
            of_biases,
            of_biases,
            at::Tensor()};
  }

  // For gradients of gradients: the gradients of libtorch's LSTM.
  static Tensors differentiable(const Tensors& saved, const Tensors& gradients, bool reverse) {
    const auto turned = [&](const at::Tensor& steps) { return reverse ? steps.flip(0) : steps; };
    Tensors inputs(saved.begin(), saved.begin() + 7);
    // Uses views, because one input may be computed from another, and would then be counted twice.
    for (auto& input : inputs) {
      if (input.defined()) input = input.view_as(input);
    }
    Tensors weights, wanted, result(inputs.size() + 1);
    const auto is_given = [](const at::Tensor& tensor) { return tensor.defined(); };
    const auto is_wanted = [](const at::Tensor& tensor) { return tensor.defined() && tensor.requires_grad(); };
    std::copy_if(inputs.begin() + 3, inputs.end(), std::back_inserter(weights), is_given);
    std::copy_if(inputs.begin(), inputs.end(), std::back_inserter(wanted), is_wanted);
    const auto [output, last, cell] = at::lstm(turned(inputs[0]), {inputs[1].unsqueeze(0), inputs[2].unsqueeze(0)}, weights,
                                               inputs[5].defined(), 1, 0, false, false, false);
    const auto found = torch::autograd::grad({turned(output), last[0], cell[0]}, wanted, gradients, std::nullopt, true, true);
    for (size_t i = 0, next = 0; i < inputs.size(); ++i) {
      if (is_wanted(inputs[i])) result[i] = found[next++];
    }
    return result;
  }
};

}  // namespace

extern "C" {

// How layers are stacked.
struct NnStack {
  int64_t layers;
  double dropout;
  bool biased, train, bidirectional;

  int64_t directions() const { return bidirectional ? 2 : 1; }
  int64_t of_each() const { return biased ? 4 : 2; }
};
}

namespace {

// Whether our kernel takes it and is faster. Invalid arguments go to libtorch for its errors, and so do traces, which
// record only its operators.
bool pays(const at::Tensor& input, at::TensorList states, at::TensorList weights, const NnStack& stack) {
  static const bool wide = is_wide();
  const auto are_floats = [](at::TensorList tensors) { return std::all_of(tensors.begin(), tensors.end(), is_float); };
  const auto cells = stack.layers * stack.directions();
  if (!wide || is_traced() || !is_float(input) || !are_floats(states) || !are_floats(weights)) return false;
  if (input.dim() != 3 || input.numel() == 0 || weights.size() != static_cast<size_t>(cells * stack.of_each())) return false;
  if (states[0].dim() != 3) return false;
  const auto hidden = states[0].size(2);
  const auto fits = [&](int64_t cell) {
    const auto first = weights.begin() + cell * stack.of_each();
    const auto features = cell < stack.directions() ? input.size(2) : hidden * stack.directions();
    const auto is_bias = [&](const at::Tensor& bias) { return bias.sizes() == at::IntArrayRef({GATES * hidden}); };
    return first[0].sizes() == at::IntArrayRef({GATES * hidden, features}) &&
           first[1].sizes() == at::IntArrayRef({GATES * hidden, hidden}) &&
           std::all_of(first + 2, first + stack.of_each(), is_bias);
  };
  for (int64_t cell = 0; cell < cells; ++cell) {
    if (!fits(cell)) return false;
  }
  const std::array state = {cells, input.size(0), hidden};
  return input.size(1) >= FEWEST_STEPS && hidden % PANEL == 0 && states[0].sizes() == state && states[1].sizes() == state;
}

bool is_recorded(const at::Tensor& input, at::TensorList states, at::TensorList weights) {
  const auto has = [](const at::Tensor& tensor) { return tensor.requires_grad(); };
  const auto have = [&](at::TensorList tensors) { return std::any_of(tensors.begin(), tensors.end(), has); };
  return at::GradMode::is_enabled() && (has(input) || have(states) || have(weights));
}

std::array<at::Tensor, 3> stacked(const at::Tensor& x0, at::TensorList states, at::TensorList weights, const NnStack& stack) {
  const auto recorded = is_recorded(x0, states, weights);
  auto x = x0.transpose(0, 1);
  Tensors last, cells;
  for (int64_t layer = 0; layer < stack.layers; ++layer) {
    Tensors outputs;
    for (int64_t direction = 0; direction < stack.directions(); ++direction) {
      const auto cell = layer * stack.directions() + direction;
      const auto w = weights.begin() + cell * stack.of_each();
      const auto bias = [&](int i) { return stack.biased ? std::optional(w[i]) : std::nullopt; };
      const Inputs of{x, states[0][cell], states[1][cell], w[0], w[1], bias(2), bias(3), direction == 1};
      const auto made = recorded ? Lstm::of(of) : computed(of, false).results();
      outputs.push_back(made[0]), last.push_back(made[1]), cells.push_back(made[2]);
    }
    x = stack.bidirectional ? at::cat(outputs, -1) : outputs[0];
    if (stack.train && layer + 1 < stack.layers) x = at::dropout(x, stack.dropout, true);
  }
  return {x.transpose(0, 1), at::stack(last), at::stack(cells)};
}

}  // namespace

extern "C" {

// Whether `nn_lstm` takes these and is faster than libtorch. There are two states.
bool nn_lstm_pays(const at::Tensor* input, at::Tensor* const* states, at::Tensor* const* weights, size_t count,
                  const NnStack* stack) {
  return pays(*input, list(states, 2), list(weights, count), *stack);
}

// at::lstm over `[N, T, features]`, for which `nn_lstm_pays`, with its gradients. There are three results.
const char* nn_lstm(const at::Tensor* input, at::Tensor* const* states, at::Tensor* const* weights, size_t count,
                    const NnStack* stack, at::Tensor** results) {
  return guarded([=] {
    const auto made = stacked(*input, list(states, 2), list(weights, count), *stack);
    for (size_t i = 0; i < made.size(); ++i) results[i] = new at::Tensor(made[i]);
  });
}
}
