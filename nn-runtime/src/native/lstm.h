// The steps of a long short-term memory, forwards and backwards.

#pragma once

#include "product.h"

#include <algorithm>

namespace {

constexpr int64_t GATES = 4;

// 1 / (1 + e^-x)
[[gnu::always_inline]] inline void sigmoid(Lanes& x) {
  x = x < -87.0f ? Lanes{} + 87.0f : -x;
  exponential(x);
  x = 1.0f / (1.0f + x);
}

// To four units in the last place: a quotient of polynomials, which are those of the Eigen library.
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

// A layer in one direction. What there is for each step lies `[T, N, hidden]`, or `[T, N, 4, hidden]` where it is of the
// gates: of input, forgetting, cell and output.
struct Layer {
  int64_t steps, batch, hidden;
  bool reverse;

  // Where a sample of a step lies, counted in samples.
  int64_t at(int64_t step, int64_t row) const { return (reverse ? steps - 1 - step : step) * batch + row; }
};

struct Forward : Layer {
  int64_t features;
  const float *input, *input_panels, *bias, *panels, *h0, *c0;
  float *gates, *cells, *output;
};

struct Backward : Layer {
  const float *panels, *c0, *gates, *cells;
  // The gradients of all outputs, of the last once more, of the last cell and then of the one before, and so on, and of what
  // the gates' functions are applied to.
  const float *of_output, *of_last;
  float *of_cell, *of_gates;
};

// The weights of 16 units, which are rows of `[4, hidden, depth]`, become two panels of two gates each.
void pack(const float* weight, int64_t hidden, int64_t depth, int64_t unit, float* panels) {
  for (int64_t gate = 0; gate < GATES; ++gate) {
    const auto from = weight + (gate * hidden + unit) * depth;
    const auto to = panels + (gate / 2 * depth * 2 + gate % 2) * LANES;
    for (int64_t begin = 0; begin < depth; begin += BLOCK) {
      const auto count = std::min(BLOCK, depth - begin);
      float block[BLOCK][LANES];
      for (int64_t lane = 0; lane < LANES; ++lane) {
        for (int64_t k = 0; k < count; ++k) block[k][lane] = from[lane * depth + begin + k];
      }
      for (int64_t k = 0; k < count; ++k) std::memcpy(to + (begin + k) * PANEL, block[k], sizeof block[k]);
    }
  }
}

// What the gates of 16 units get from the input of so many samples.
template <int64_t COUNT>
WIDE void project(const Forward& f, int64_t step, int64_t row, int64_t unit) {
  const auto hidden = f.hidden, place = f.at(step, row);
  const auto gates = f.gates + GATES * hidden * place + unit;
  const auto bias = f.bias + unit;
  for (int64_t r = 0; r < COUNT * GATES; ++r) __builtin_prefetch(gates + r * hidden, 1);
  for (int64_t pair = 0; pair < GATES; pair += 2) {
    Lanes sums[COUNT][2];
    for (int64_t r = 0; r < COUNT; ++r) load(sums[r][0], bias + pair * hidden), load(sums[r][1], bias + (pair + 1) * hidden);
    add_product(f.input + place * f.features, f.features, 1, f.input_panels + (GATES * unit + pair * LANES) * f.features,
                f.features, sums);
    for (int64_t r = 0; r < COUNT; ++r) {
      const auto to = gates + (r * GATES + pair) * hidden;
      store(sums[r][0], to), store(sums[r][1], to + hidden);
    }
  }
}

// A step of 16 units of so many samples.
template <int64_t COUNT>
WIDE void forward(const Forward& f, int64_t step, int64_t row, int64_t unit) {
  const auto hidden = f.hidden, now = f.at(step, row) * hidden;
  const auto output = step ? f.output + f.at(step - 1, row) * hidden : f.h0 + row * hidden;
  const auto cells = (step ? f.cells + f.at(step - 1, row) * hidden : f.c0 + row * hidden) + unit;
  const auto gates = f.gates + GATES * now + unit;
  // Those of the next units.
  for (int64_t r = 0; r < COUNT * GATES; ++r) __builtin_prefetch(gates + r * hidden + LANES);
  Lanes sums[2][COUNT][2];
  for (int64_t pair = 0; pair < 2; ++pair) {
    for (int64_t r = 0; r < COUNT; ++r) {
      const auto both = gates + (r * GATES + 2 * pair) * hidden;
      load(sums[pair][r][0], both), load(sums[pair][r][1], both + hidden);
    }
    add_product(output, hidden, 1, f.panels + (GATES * unit + pair * PANEL) * hidden, hidden, sums[pair]);
  }
  for (int64_t r = 0; r < COUNT; ++r) {
    Lanes cell, gate[GATES] = {sums[0][r][0], sums[0][r][1], sums[1][r][0], sums[1][r][1]};
    sigmoid(gate[0]), sigmoid(gate[1]), tangent(gate[2]), sigmoid(gate[3]);
    for (int64_t g = 0; g < GATES; ++g) store(gate[g], gates + (r * GATES + g) * hidden);
    load(cell, cells + r * hidden);
    cell = gate[1] * cell + gate[0] * gate[2];
    const auto to = now + r * hidden + unit;
    store(cell, f.cells + to);
    tangent(cell);
    store(gate[3] * cell, f.output + to);
  }
}

// From the gradient of 16 outputs those of their gates and of the cells before. All that is pointed to is of these.
WIDE void step_back(const Lanes& of_output, int64_t hidden, const float* cells, const float* before, const float* gates,
                    float* of_cells, float* of_gates) {
  Lanes cell, last, of_cell, i, f, g, o;
  load(cell, cells), load(last, before), load(of_cell, of_cells);
  load(i, gates), load(f, gates + hidden), load(g, gates + 2 * hidden), load(o, gates + 3 * hidden);
  tangent(cell);
  of_cell += of_output * o * (1.0f - cell * cell);
  store(of_cell * g * i * (1.0f - i), of_gates);
  store(of_cell * last * f * (1.0f - f), of_gates + hidden);
  store(of_cell * i * (1.0f - g * g), of_gates + 2 * hidden);
  store(of_output * cell * o * (1.0f - o), of_gates + 3 * hidden);
  store(of_cell * f, of_cells);
}

// A step back, of 32 units of so many samples.
template <int64_t COUNT>
WIDE void backward(const Backward& b, int64_t step, int64_t row, int64_t unit) {
  const auto hidden = b.hidden, here = row * hidden + unit, now = b.at(step, row) * hidden + unit;
  const auto of_next = step + 1 < b.steps ? b.of_gates + GATES * b.at(step + 1, row) * hidden : nullptr;
  const auto before = step ? b.cells + b.at(step - 1, row) * hidden + unit : b.c0 + here;
  const auto gates = GATES * b.at(step, row) * hidden + unit;
  for (int64_t r = 0; r < COUNT; ++r) {
    for (int64_t gate = 0; gate < GATES; ++gate) {
      const auto of_both = b.gates + gates + (r * GATES + gate) * hidden;
      __builtin_prefetch(of_both), __builtin_prefetch(of_both + LANES);
    }
  }
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
  if (of_next) add_product(of_next, GATES * hidden, 1, b.panels + GATES * hidden * unit, GATES * hidden, sums);
  for (int64_t r = 0; r < COUNT; ++r) {
    for (int64_t part = 0; part < 2; ++part) {
      const auto place = r * hidden + part * LANES, gate = gates + r * GATES * hidden + part * LANES;
      step_back(sums[r][part], hidden, b.cells + now + place, before + place, b.gates + gate, b.of_cell + here + place,
                b.of_gates + gate);
    }
  }
}

}  // namespace
