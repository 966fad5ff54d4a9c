// Scaled dot-product attention by oneDNN's `brgemm`. libtorch multiplies these small matrices with MKL, which is
// slower. Called from `attention.rs`.

#include "attend.h"
#include "native.h"
#include "parallel.h"

#include <ATen/Context.h>
#include <ATen/ExpandUtils.h>
#include <ATen/ops/_scaled_dot_product_attention_math.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

namespace {

bool is_matrices(const at::Tensor& tensor) {
  return is_float(tensor) && tensor.dim() == 4 && tensor.numel() > 0 && tensor.stride(3) == 1;
}

bool fit(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value) {
  return is_matrices(query) && is_matrices(key) && is_matrices(value) && query.size(3) == key.size(3) &&
         key.size(2) == value.size(2) && query.sizes().slice(0, 2) == key.sizes().slice(0, 2) &&
         query.sizes().slice(0, 2) == value.sizes().slice(0, 2);
}

// Whether there is no mask, or one of type bool or `float` that broadcasts to `[N, heads, T, S]`.
bool fit_mask(const at::Tensor* mask, const at::Tensor& query, const at::Tensor& key) {
  if (!mask) return true;
  const bool known = mask->scalar_type() == at::kBool || mask->scalar_type() == at::kFloat;
  const int64_t scores[] = {query.size(0), query.size(1), query.size(2), key.size(2)};
  return known && mask->is_cpu() && mask->dim() > 1 && at::is_expandable_to(mask->sizes(), scores);
}

Shape shape_of(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, bool causal, double scale) {
  return {query.size(0), query.size(1), query.size(2), key.size(2), query.size(3), value.size(3),
          static_cast<float>(scale), causal};
}

// The mask as a summand for the scores, `[N, heads, T, S]`. A boolean mask is true for the keys that a query attends to.
at::Tensor summand(const Shape& s, const at::Tensor& mask) {
  auto sizes = mask.sizes().vec();
  sizes.back() = s.keys;
  const auto full = mask.expand(sizes);
  const auto added = mask.scalar_type() == at::kBool ? at::zeros(sizes).masked_fill_(full.logical_not(), -INFINITY) : full;
  return (added.stride(-1) == 1 ? added : added.contiguous()).expand({s.images, s.heads, s.queries, s.keys});
}

// Whether gradients are recorded for any of the tensors.
bool is_trained(std::initializer_list<const at::Tensor*> tensors) {
  const auto has = [](const at::Tensor* tensor) { return tensor && tensor->requires_grad(); };
  return at::GradMode::is_enabled() && std::any_of(tensors.begin(), tensors.end(), has);
}

// One head of `[N, heads, T, features]`.
Read matrix(const at::Tensor& tensor, int64_t image, int64_t head) {
  if (!tensor.defined()) return {};
  return {tensor.const_data_ptr<float>() + image * tensor.stride(0) + head * tensor.stride(1), tensor.stride(2)};
}

// One head of an output, `[N, T, heads, features]`.
Written written(const at::Tensor& tensor, int64_t image, int64_t head) {
  return {tensor.mutable_data_ptr<float>() + image * tensor.stride(0) + head * tensor.stride(2), tensor.stride(1)};
}

struct Inputs {
  const at::Tensor &query, &key, &value;
  // Undefined if there is no mask.
  at::Tensor mask;

  Head of(int64_t i, int64_t j) const { return {matrix(query, i, j), matrix(key, i, j), matrix(value, i, j), matrix(mask, i, j)}; }
};

// Calls `task` with each image and head, on libtorch's threads.
template <typename Task>
void for_each_head(const Shape& s, const Task& task) {
  parallel(s.images * s.heads, [&](int64_t index) { task(index / s.heads, index % s.heads); });
}

// Returns `[N, T, heads, features]`. Writes what the gradients need to `logarithms`, `[N, heads, T]`, if it is defined.
at::Tensor attention(const Shape& s, const Inputs& inputs, const at::Tensor& logarithms = {}) {
  const auto output = at::empty({s.images, s.queries, s.heads, s.value_width}, inputs.query.options());
  const auto kept = logarithms.defined() ? logarithms.mutable_data_ptr<float>() : nullptr;
  for_each_head(s, [&](int64_t i, int64_t j) {
    const auto to = kept ? kept + (i * s.heads + j) * s.queries : nullptr;
    attend(s, inputs.of(i, j), written(output, i, j), to);
  });
  return output;
}

// Attention without a mask, with gradients. The result is `[N, T, heads, features]`.
struct Attention : torch::autograd::Function<Attention> {
  using Context = torch::autograd::AutogradContext;
  using List = torch::autograd::variable_list;

  static at::Tensor forward(Context* context, const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                            const Shape& s) {
    const auto logarithms = at::empty({s.images, s.heads, s.queries}, query.options());
    const auto output = attention(s, {query, key, value, {}}, logarithms);
    context->save_for_backward({query, key, value, output, logarithms});
    context->saved_data["causal"] = s.causal;
    context->saved_data["scale"] = static_cast<double>(s.scale);
    return output;
  }

  static List backward(Context* context, const List& gradients) {
    const auto saved = context->get_saved_variables();
    const auto s = shape_of(saved[0], saved[1], saved[2], context->saved_data["causal"].toBool(),
                            context->saved_data["scale"].toDouble());
    const auto gradient = gradients[0].transpose(1, 2);
    const auto of = at::GradMode::is_enabled() ? recorded(s, saved, gradient) : computed(s, saved, gradient);
    return {of[0], of[1], of[2], {}};
  }

  static List computed(const Shape& s, const List& saved, const at::Tensor& given) {
    const Inputs inputs = {saved[0], saved[1], saved[2], {}};
    const auto output = saved[3].transpose(1, 2), gradient = given.stride(3) == 1 ? given : given.contiguous();
    const auto logarithms = saved[4].const_data_ptr<float>();
    // The gradients of keys that no query attends to are not written, so they must start as zeros.
    const auto of = [&](int64_t length, int64_t width) {
      const std::array<int64_t, 4> sizes = {s.images, length, s.heads, width};
      return s.seen(s.queries) == s.keys ? at::empty(sizes, given.options()) : at::zeros(sizes, given.options());
    };
    const List results = {of(s.queries, s.width), of(s.keys, s.width), of(s.keys, s.value_width)};
    for_each_head(s, [&](int64_t i, int64_t j) {
      attend_backward(s, inputs.of(i, j),
                      {matrix(output, i, j), matrix(gradient, i, j), logarithms + (i * s.heads + j) * s.queries},
                      {written(results[0], i, j), written(results[1], i, j), written(results[2], i, j)});
    });
    return {results[0].transpose(1, 2), results[1].transpose(1, 2), results[2].transpose(1, 2)};
  }

  // For gradients of gradients: libtorch's gradients of the plain formula.
  static List recorded(const Shape& s, const List& saved, const at::Tensor& gradient) {
    // Uses views, because one input may be computed from another, and would then be counted twice.
    const List inputs = {saved[0].view_as(saved[0]), saved[1].view_as(saved[1]), saved[2].view_as(saved[2])};
    const auto plain = at::_scaled_dot_product_attention_math(inputs[0], inputs[1], inputs[2], {}, 0, s.causal, {}, s.scale);
    List results(3);
    for (int i = 0; i < 3; ++i) {
      if (!saved[i].requires_grad()) continue;
      results[i] = torch::autograd::grad({std::get<0>(plain)}, {inputs[i]}, {gradient}, true, true)[0];
    }
    return results;
  }
};

}  // namespace

extern "C" {

// Whether `nn_attention` takes these and is faster than libtorch. Measured: it is slower if padding adds three tenths,
// or with gradients two tenths, to the scores, and for gradients with a mask.
bool nn_attention_pays(const at::Tensor* query, const at::Tensor* key, const at::Tensor* value, const at::Tensor* mask) {
  static const bool wide = is_wide() && at::Context::hasMKLDNN();
  if (!wide || is_traced() || !fit(*query, *key, *value) || !fit_mask(mask, *query, *key)) return false;
  const bool trained = is_trained({query, key, value, mask});
  if (trained && (mask || value->size(3) % COLUMNS != 0)) return false;
  const auto queries = query->size(2), keys = key->size(2);
  const bool full = 10 * whole(queries, ROWS) * whole(keys, ROWS) <= (trained ? 12 : 13) * queries * keys;
  const bool busy = query->size(0) * query->size(1) >= at::get_num_threads();
  return query->size(3) % COLUMNS == 0 && full && busy && queries >= ROWS && whole(keys, ROWS) >= 2 * ROWS && std::max(queries, keys) <= 4096;
}

// `softmax(q k^T * scale + mask) v` of `[N, heads, T, features]`, for which `nn_attention_pays`. The mask, of type bool
// or `float`, may be null. With `causal`, a query attends to the keys up to its own position. In memory the result is
// `[N, T, heads, features]`.
const char* nn_attention(const at::Tensor* query, const at::Tensor* key, const at::Tensor* value, const at::Tensor* mask,
                         bool causal, double scale, at::Tensor** output) {
  return returned(output, [=] {
    const auto s = shape_of(*query, *key, *value, causal, scale);
    const auto result = is_trained({query, key, value})
                            ? Attention::apply(*query, *key, *value, s)
                            : attention(s, {*query, *key, *value, mask ? summand(s, *mask) : at::Tensor()});
    return result.transpose(1, 2);
  });
}
}
