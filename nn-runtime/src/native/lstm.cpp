// Long short-term memory. libtorch has oneDNN compute it, whose threads wait for each other at every step; here each goes
// through all steps with samples of its own. Called from `lstm.rs`.

#include "lstm.h"
#include "native.h"
#include "parallel.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
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

// Samples, samples of steps, and terms of a sum, that a task takes at once: what it reads again and again stays in the cache.
constexpr int64_t SAMPLES = 32;
constexpr int64_t PROJECTED = 128;
constexpr int64_t SUMMED = 1024;

// In fewer steps packing the weights takes as long as they do, and with fewer samples a thread has too little to do.
constexpr int64_t FEWEST_STEPS = 4;
constexpr int64_t FEWEST_SAMPLES = 2;

const float* numbers(const at::Tensor& tensor) {
  return tensor.const_data_ptr<float>();
}

float* numbers(at::Tensor& tensor) {
  return tensor.mutable_data_ptr<float>();
}

// Calls `task` with parts of a batch, so that each thread has as much to do.
template <typename Task>
void in_parts(int64_t batch, const Task& task) {
  const int64_t threads = at::get_num_threads(), parts = threads * divided(batch, threads * SAMPLES);
  parallel(parts, [&](int64_t part) {
    const auto begin = batch * part / parts, end = batch * (part + 1) / parts;
    if (begin < end) task(begin, end);
  });
}

// A weight of the gates, `[4 * hidden, depth]`, as products read it.
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

// The columns of a matrix in panels, `[columns / PANEL, rows, PANEL]`.
at::Tensor in_panels(const at::Tensor& matrix) {
  return matrix.reshape({-1, matrix.size(-1) / PANEL, PANEL}).transpose(0, 1).contiguous();
}

// `a^T b` of `[T, N, rows]` and `[T, N, columns]`.
at::Tensor summed(const at::Tensor& a, const at::Tensor& b) {
  const auto rows = a.flatten(0, 1), columns = b.flatten(0, 1);
  if (columns.size(1) % PANEL != 0) return rows.t().mm(columns);
  const auto panels = in_panels(columns);
  auto result = at::empty({rows.size(1), columns.size(1)}, rows.options());
  const Sum sum{rows.size(0), rows.size(1), columns.size(1), numbers(rows), numbers(panels), numbers(result)};
  parallel(sum.rows / PANEL, [&](int64_t panel) {
    for (int64_t first = 0; first < sum.depth; first += SUMMED) {
      sum_up(sum, panel * PANEL, first, std::min(SUMMED, sum.depth - first), scratch(SUMMED * PANEL));
    }
  });
  return result;
}

// The input of some steps at once, whose gates are in the cache then, and after it step by step.
void run(const Forward& f) {
  in_parts(f.batch, [&](int64_t begin, int64_t end) {
    const auto some = divided(PROJECTED, end - begin);
    for (int64_t first = 0; first < f.steps; first += some) {
      const auto last = std::min(first + some, f.steps);
      for (int64_t unit = 0; unit < f.hidden; unit += LANES) {
        for (auto step = first; step < last; ++step) {
          in_blocks(begin, end, [&](int64_t row, auto count) { project<count()>(f, step, row, unit); });
        }
      }
      for (auto step = first; step < last; ++step) {
        for (int64_t unit = 0; unit < f.hidden; unit += LANES) {
          in_blocks(begin, end, [&](int64_t row, auto count) { forward<count()>(f, step, row, unit); });
        }
      }
    }
  });
}

void run(const Backward& b) {
  in_parts(b.batch, [&](int64_t begin, int64_t end) {
    for (auto step = b.steps; step-- > 0;) {
      for (int64_t unit = 0; unit < b.hidden; unit += PANEL) {
        in_blocks(begin, end, [&](int64_t row, auto count) { backward<count()>(b, step, row, unit); });
      }
    }
  });
}

// A layer in one direction, of `[T, N, features]`, with its gradients.
struct Lstm : torch::autograd::Function<Lstm> {
  using Context = torch::autograd::AutogradContext;

  // All outputs, the last, and the last cell. The weights are `[4 * hidden, features]` and `[4 * hidden, hidden]`.
  static Tensors forward(Context* context, const at::Tensor& input, const at::Tensor& h0, const at::Tensor& c0,
                         const at::Tensor& of_input, const at::Tensor& of_hidden, const std::optional<at::Tensor>& input_bias,
                         const std::optional<at::Tensor>& hidden_bias, bool reverse) {
    const auto x = input.contiguous(), h = h0.contiguous(), c = c0.contiguous();
    const auto in = packed(of_input), panels = packed(of_hidden);
    const auto bias = input_bias ? input_bias->add(*hidden_bias) : at::zeros({of_input.size(0)}, x.options());
    const Layer layer{x.size(0), x.size(1), of_hidden.size(1), reverse};
    auto gates = at::empty({layer.steps, layer.batch, GATES * layer.hidden}, x.options());
    auto output = at::empty({layer.steps, layer.batch, layer.hidden}, x.options()), cells = at::empty_like(output);
    run(Forward{layer, x.size(2), numbers(x), numbers(in), numbers(bias), numbers(panels), numbers(h), numbers(c),
                numbers(gates), numbers(cells), numbers(output)});
    context->save_for_backward({input, h0, c0, of_input, of_hidden, input_bias.value_or(at::Tensor()),
                                hidden_bias.value_or(at::Tensor()), output, gates, cells});
    context->saved_data["reverse"] = reverse;
    const auto last = reverse ? 0 : layer.steps - 1;
    return {output, output[last].clone(), cells[last].clone()};
  }

  static Tensors backward(Context* context, const Tensors& gradients) {
    const auto saved = context->get_saved_variables();
    const auto reverse = context->saved_data["reverse"].toBool();
    if (at::GradMode::is_enabled()) return differentiable(saved, gradients, reverse);
    const auto x = saved[0].contiguous(), h0 = saved[1].contiguous(), c0 = saved[2].contiguous();
    const auto &of_input = saved[3], &of_hidden = saved[4], &output = saved[7], &gates = saved[8], &cells = saved[9];
    const auto panels = in_panels(of_hidden), of_output = gradients[0].contiguous(), of_last = gradients[1].contiguous();
    auto of_cell = gradients[2].clone(at::MemoryFormat::Contiguous), of_gates = at::empty_like(gates);
    const Layer layer{x.size(0), x.size(1), of_hidden.size(1), reverse};
    run(Backward{layer, numbers(panels), numbers(c0), numbers(gates), numbers(cells), numbers(of_output), numbers(of_last),
                 numbers(of_cell), numbers(of_gates)});
    const auto flat = of_gates.flatten(0, 1), first = of_gates[reverse ? layer.steps - 1 : 0];
    const auto others = output.narrow(0, reverse ? 1 : 0, layer.steps - 1), start = h0.unsqueeze(0);
    const auto before = reverse ? at::cat({others, start}) : at::cat({start, others});
    const auto wants = [&](size_t input) { return context->needs_input_grad(input); };
    const auto of_biases = saved[5].defined() ? flat.sum(0) : at::Tensor();
    return {wants(0) ? flat.mm(of_input).view_as(x) : at::Tensor(),
            wants(1) ? first.mm(of_hidden) : at::Tensor(),
            of_cell,
            wants(3) ? summed(of_gates, x) : at::Tensor(),
            wants(4) ? summed(of_gates, before) : at::Tensor(),
            of_biases,
            of_biases,
            at::Tensor()};
  }

  // The gradients as libtorch has them, whose gradients are known.
  static Tensors differentiable(const Tensors& saved, const Tensors& gradients, bool reverse) {
    const auto turned = [&](const at::Tensor& steps) { return reverse ? steps.flip(0) : steps; };
    Tensors inputs(saved.begin(), saved.begin() + 7);
    // Views of them, or what one was computed from of another would be counted twice.
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

// What is wrong libtorch says, and a trace holds its operators alone.
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
  if (input.size(0) < FEWEST_SAMPLES * at::get_num_threads() || input.size(1) < FEWEST_STEPS) return false;
  return hidden % PANEL == 0 && states[0].sizes() == state && states[1].sizes() == state;
}

std::array<at::Tensor, 3> stacked(const at::Tensor& input, at::TensorList states, at::TensorList weights, const NnStack& stack) {
  auto x = input.transpose(0, 1);
  Tensors last, cells;
  for (int64_t layer = 0; layer < stack.layers; ++layer) {
    Tensors outputs;
    for (int64_t direction = 0; direction < stack.directions(); ++direction) {
      const auto cell = layer * stack.directions() + direction;
      const auto w = weights.begin() + cell * stack.of_each();
      const auto bias = [&](int i) { return stack.biased ? std::optional(w[i]) : std::nullopt; };
      const auto made = Lstm::apply(x, states[0][cell], states[1][cell], w[0], w[1], bias(2), bias(3), direction == 1);
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

// at::lstm of `[N, T, features]`, for which it pays, with its gradients. There are three results.
const char* nn_lstm(const at::Tensor* input, at::Tensor* const* states, at::Tensor* const* weights, size_t count,
                    const NnStack* stack, at::Tensor** results) {
  return guarded([=] {
    const auto made = stacked(*input, list(states, 2), list(weights, count), *stack);
    for (size_t i = 0; i < made.size(); ++i) results[i] = new at::Tensor(made[i]);
  });
}
}
