// The time steps of an LSTM, forwards and backwards.

#pragma once

#include "product.h"
#include "transpose.h"

namespace {

constexpr int64_t GATES = 4;

// 1 / (1 + e^-x)
[[gnu::always_inline]] inline void sigmoid(Lanes& x) {
  x = x < -87.0f ? Lanes{} + 87.0f : -x;
  exponential(x);
  x = 1.0f / (1.0f + x);
}

// tanh, with an error of at most four units in the last place, as a quotient of polynomials, which are the Eigen library's.
[[gnu::always_inline]] inline void tangent(Lanes& x) {
  x = x > 7.90531111f ? Lanes{} + 7.90531111f : x;
  x = x < -7.90531111f ? Lanes{} - 7.90531111f : x;
  const Lanes s = x * x;
  Lanes p = s * -2.76076847742355e-16f + 2.00018790482477e-13f;
  p = p * s - 8.60467152213735e-11f;
  p = p * s + 5.12229709037114e-08f;
  p = p * s + 1.48572235717979e-05f;
  p = p * s + 6.37261928875436e-04f;
  p = p * s + 4.89352455891786e-03f;
  Lanes q = s * 1.19825839466702e-06f + 1.18534705686654e-04f;
  q = q * s + 2.26843463243900e-03f;
  q = q * s + 4.89352518554385e-03f;
  x = x * p / q;
}

// A layer in one direction. Tensors with a value per time step are `[T, N, hidden]`; the gates (input, forget, cell, output)
// are `[T, N, hidden / LANES, GATES, LANES]`.
struct Layer {
  int64_t steps, batch, hidden;
  bool reverse;

  int64_t first() const { return reverse ? steps - 1 : 0; }
  int64_t last() const { return reverse ? 0 : steps - 1; }
  int64_t before(int64_t time) const { return reverse ? time + 1 : time - 1; }
  int64_t after(int64_t time) const { return reverse ? time - 1 : time + 1; }
};

struct Forward : Layer {
  // `gates` and `cells` have room for this many time steps. Later steps overwrite earlier ones.
  int64_t features, kept;
  const float *input, *input_panels, *bias, *panels, *h0, *c0;
  float *gates, *cells, *output;
};

struct Backward : Layer {
  const float *panels, *c0, *gates, *cells;
  // The gradients of all outputs; of the last output once more; of the cells, first the last one and then step by step
  // the one before; and of the gates before their activations, in panels, `[GATES * hidden / PANEL, T, N, PANEL]`.
  const float *of_output, *of_last;
  float *of_cell, *of_gates;
};

// Packs the weights of 16 units, rows of `[4, hidden, depth]`, in two panels of two gates each.
void pack(const float* weight, int64_t hidden, int64_t depth, int64_t unit, float* panels) {
  for (int64_t gate = 0; gate < GATES; ++gate) {
    const auto to = panels + (gate / 2 * depth * 2 + gate % 2) * LANES;
    transpose(weight + (gate * hidden + unit) * depth, depth, LANES, depth, to, PANEL);
  }
}

// Computes the input's part of the gates of 16 units, for `COUNT` samples from `place` on.
template <int64_t COUNT>
WIDE void project(const Forward& f, int64_t place, int64_t unit) {
  const auto gates = f.gates + GATES * (place % (f.kept * f.batch) * f.hidden + unit);
  const auto bias = f.bias + unit;
  for (int64_t pair = 0; pair < GATES; pair += 2) {
    Lanes sums[COUNT][2];
    for (int64_t r = 0; r < COUNT; ++r) {
      load(sums[r][0], bias + pair * f.hidden), load(sums[r][1], bias + (pair + 1) * f.hidden);
    }
    add_product(f.input + place * f.features, f.features, 1, f.input_panels + (GATES * unit + pair * LANES) * f.features,
                f.features, sums);
    for (int64_t r = 0; r < COUNT; ++r) std::memcpy(gates + r * GATES * f.hidden + pair * LANES, sums[r], sizeof sums[r]);
  }
}

// Computes a time step of 16 units, for `COUNT` samples from `row` on.
template <int64_t COUNT>
WIDE void forward(const Forward& f, int64_t time, int64_t row, int64_t unit) {
  const auto hidden = f.hidden, before = f.before(time), here = row * hidden, now = time % f.kept * f.batch * hidden + here;
  const auto is_first = time == f.first();
  const auto output = is_first ? f.h0 + here : f.output + before * f.batch * hidden + here;
  const auto cells = (is_first ? f.c0 : f.cells + before % f.kept * f.batch * hidden) + here + unit;
  const auto gates = f.gates + GATES * (now + unit);
  const auto to = f.output + time * f.batch * hidden + here + unit;
  Lanes sums[2][COUNT][2];
  for (int64_t pair = 0; pair < 2; ++pair) {
    for (int64_t r = 0; r < COUNT; ++r) {
      std::memcpy(sums[pair][r], gates + r * GATES * hidden + pair * PANEL, sizeof sums[pair][r]);
    }
    add_product(output, hidden, 1, f.panels + (GATES * unit + pair * PANEL) * hidden, hidden, sums[pair]);
  }
  for (int64_t r = 0; r < COUNT; ++r) {
    Lanes cell, gate[GATES] = {sums[0][r][0], sums[0][r][1], sums[1][r][0], sums[1][r][1]};
    sigmoid(gate[0]), sigmoid(gate[1]), tangent(gate[2]), sigmoid(gate[3]);
    std::memcpy(gates + r * GATES * hidden, gate, sizeof gate);
    load(cell, cells + r * hidden);
    cell = gate[1] * cell + gate[0] * gate[2];
    store(cell, f.cells + now + r * hidden + unit);
    tangent(cell);
    store(gate[3] * cell, to + r * hidden);
  }
}

// Computes the gradients of the gates of 16 units, which are `step` apart, and of their cells in the step before, from
// those of their outputs. All pointers are to these units.
WIDE void step_back(const Lanes& of_output, int64_t step, const float* cells, const float* before, const float* gates,
                    float* of_cells, float* of_gates) {
  Lanes cell, last, of_cell, i, f, g, o;
  load(cell, cells), load(last, before), load(of_cell, of_cells);
  load(i, gates), load(f, gates + LANES), load(g, gates + 2 * LANES), load(o, gates + 3 * LANES);
  tangent(cell);
  of_cell += of_output * o * (1.0f - cell * cell);
  store(of_cell * g * i * (1.0f - i), of_gates);
  store(of_cell * last * f * (1.0f - f), of_gates + step);
  store(of_cell * i * (1.0f - g * g), of_gates + 2 * step);
  store(of_output * cell * o * (1.0f - o), of_gates + 3 * step);
  store(of_cell * f, of_cells);
}

// Computes the gradients of a time step of 32 units, for `COUNT` samples from `row` on.
template <int64_t COUNT>
WIDE void backward(const Backward& b, int64_t time, int64_t row, int64_t unit) {
  const auto hidden = b.hidden, here = row * hidden + unit, now = time * b.batch * hidden + here;
  const auto samples = b.steps * b.batch;
  const auto of_gates = b.of_gates + unit * samples + (time * b.batch + row) * PANEL;
  const auto of_next = time == b.last() ? nullptr : b.of_gates + (b.after(time) * b.batch + row) * PANEL;
  const auto before = time == b.first() ? b.c0 + here : b.cells + b.before(time) * b.batch * hidden + here;
  Lanes sums[COUNT][2], last;
  for (int64_t r = 0; r < COUNT; ++r) {
    for (int64_t part = 0; part < 2; ++part) {
      const auto place = r * hidden + part * LANES;
      load(sums[r][part], b.of_output + now + place);
      if (of_next) continue;
      load(last, b.of_last + here + place);
      sums[r][part] += last;
    }
  }
  for (int64_t r = 0; r < COUNT; ++r) {
    fetch(b.gates + GATES * (now + r * hidden), GATES * PANEL), fetch(before + r * hidden, PANEL);
  }
  if (of_next) add_product(of_next, samples, b.panels + GATES * hidden * unit, GATES * hidden, sums);
  for (int64_t r = 0; r < COUNT; ++r) {
    for (int64_t part = 0; part < 2; ++part) {
      const auto place = r * hidden + part * LANES;
      step_back(sums[r][part], hidden * samples, b.cells + now + place, before + place, b.gates + GATES * (now + place),
                b.of_cell + here + place, of_gates + r * PANEL + part * LANES);
    }
  }
}

}  // namespace
