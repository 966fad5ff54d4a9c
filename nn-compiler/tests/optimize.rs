//! The optimised form of networks, rule by rule: where each rule applies, and where it must not.

use proc_macro2::TokenStream;
use quote::quote;

/// For the network `Net`, the listings of the optimised form's fields, and the statements of its function.
fn optimized(listing: &str) -> (Vec<String>, Vec<String>) {
    let tokens: TokenStream = listing.parse().expect("Rust tokens");
    let file: syn::File = syn::parse2(nn_compiler::compile(tokens)).expect("an expansion is Rust");
    let (mut fields, mut statements) = (Vec::new(), Vec::new());
    for item in &file.items {
        match item {
            syn::Item::Macro(error) => panic!("{}", quote!(#error)),
            syn::Item::Struct(made) if made.ident == "OptimizedNet" => {
                fields = made.fields.iter().filter_map(|field| field.attrs.first()).map(documentation).collect();
            }
            syn::Item::Impl(methods) if matches!(&*methods.self_ty, syn::Type::Path(ty) if ty.path.is_ident("OptimizedNet")) =>
            {
                statements.extend(methods.items.iter().find_map(run).into_iter().flatten());
            }
            _ => {}
        }
    }
    (fields, statements)
}

/// The text of a doc comment, without its backquotes.
fn documentation(attribute: &syn::Attribute) -> String {
    match &attribute.meta {
        syn::Meta::NameValue(syn::MetaNameValue { value: syn::Expr::Lit(text), .. }) => match &text.lit {
            syn::Lit::Str(text) => text.value().trim_matches([' ', '`']).to_string(),
            other => panic!("{}", quote!(#other)),
        },
        other => panic!("{}", quote!(#other)),
    }
}

/// The statements of the function that runs the network.
fn run(item: &syn::ImplItem) -> Option<Vec<String>> {
    let syn::ImplItem::Fn(function) = item else { return None };
    if function.sig.ident != "run" {
        return None;
    }
    let text = |statement: &syn::Stmt| quote!(#statement).to_string().replace(' ', "").replace("::nn_dsl::", "");
    Some(function.block.stmts.iter().map(text).collect())
}

/// Compares the fields and the statements of a network of one image.
#[track_caller]
fn assert_optimized(body: &str, fields: &[&str], statements: &[&str]) {
    let (found_fields, found) = optimized(&format!("#[optimize] Net(x: [N, 4, H, W]) -> [N, _, _, _] {{ {body} }}"));
    let squeeze = |lines: &[&str]| lines.iter().map(|line| line.replace(' ', "")).collect::<Vec<String>>();
    assert_eq!(found_fields, fields);
    assert_eq!(found, squeeze(statements));
}

#[test]
fn a_convolution_takes_its_norm_and_its_activation_with_it() {
    assert_optimized(
        "conv 8 k=3 -> bn -> relu -> conv 8 k=3 -> gelu approximate=tanh",
        &["conv 8 k=3 -> bn -> relu", "conv 8 k=3 -> gelu"],
        &["let x2 = self.conv1.forward(x);", "self.conv2.forward(&x2)"],
    );
}

#[test]
fn a_linear_layer_takes_a_norm_over_its_features_with_it() {
    let net = |shape: &str, body: &str| optimized(&format!("#[optimize] Net(x: {shape}) -> {shape} {{ {body} }}")).0;
    assert_eq!(net("[N, 4]", "linear 8 -> bn -> relu -> linear 4 -> bn"), ["linear 8 -> bn -> relu", "linear 4 -> bn"]);
    // Here it normalises the steps of a sequence, of which there happen to be as many as features.
    assert_eq!(net("[N, 4, 4]", "linear 4 -> bn -> relu"), ["linear 4", "bn"]);
    let (fields, _) = optimized(
        "#[optimize] Net(x: [N, 3, 8, 8]) -> [N, 4] { conv 2 k=3 -> flatten -> dropout -> linear 4 -> bn -> linear 4 }",
    );
    assert_eq!(fields, ["conv 2 k=3", "linear 4 -> bn", "linear 4"]);
}

#[test]
fn the_end_of_a_residual_is_one_call() {
    assert_optimized(
        "residual { conv 4 k=3 p=1 -> bn } -> relu",
        &["conv 4 k=3 p=1 -> bn -> add -> relu"],
        &["self.conv1.forward_add(x, x)"],
    );
    assert_optimized(
        "let a = conv 4 k=1 -> relu; let b = a -> conv 4 k=1; a + b",
        &["conv 4 k=1 -> relu", "conv 4 k=1 -> add"],
        &["let a = self.conv1.forward(x);", "self.conv2.forward_add(&a, &a)"],
    );
}

#[test]
fn what_is_used_twice_stays() {
    // The norm and the activation belong to one use only.
    assert_optimized(
        "let a = conv 4 k=1; let b = a -> bn -> relu; let c = a -> sigmoid; a * b * c",
        &["conv 4 k=1", "bn"],
        &[
            "let a = self.conv1.forward(x);",
            "let mut x2 = a.batch_norm(Some(&self.bn1.weight), Some(&self.bn1.bias), Some(&self.bn1.running_mean), \
             Some(&self.bn1.running_var), false, 0.1, 0.00001, true);",
            "let b = x2.relu_();",
            "::core::mem::drop(x2);",
            "let c = a.sigmoid();",
            "x2 = &a * &b;",
            "::core::mem::drop(a);",
            "::core::mem::drop(b);",
            "&x2 * &c",
        ],
    );
    // The same convolution is added twice.
    assert_optimized("let a = conv 4 k=1; a + a", &["conv 4 k=1"], &["let a = self.conv1.forward(x);", "&a + &a"]);
}

#[test]
fn a_norm_without_statistics_stays() {
    assert_optimized(
        "conv 4 k=1 -> bn track_running_stats=false -> relu",
        &["conv 4 k=1", "bn track_running_stats=false"],
        &[
            "let mut x2 = self.conv1.forward(x);",
            "x2 = x2.batch_norm(Some(&self.bn1.weight), Some(&self.bn1.bias), None::<&Tensor>, None::<&Tensor>, true, 0.1, 0.00001, true);",
            "x2.relu_()",
        ],
    );
}

#[test]
fn a_norm_goes_into_convolutions_that_are_not_packed() {
    assert_optimized(
        "conv 8 k=4 p=same bias=false -> bn -> elu",
        &["conv 8 k=4 p=same bias=false -> bn"],
        &[
            "let mut x2 = x.conv2d_padding(&self.conv1.weight, Some(&self.conv1.bias), [1, 1], \"same\", [1, 1], 1);",
            "x2.elu_()",
        ],
    );
}

#[test]
fn padding_to_the_same_size_is_packed_where_it_is_alike_on_both_sides() {
    for listing in ["conv 8 k=3 p=same", "conv 8 k=(1, 5) d=(2, 3) p=same"] {
        assert_optimized(listing, &[listing], &["self.conv1.forward(x)"]);
    }
}

#[test]
fn a_second_norm_stays() {
    assert_optimized(
        "conv 4 k=4 p=same -> bn -> bn",
        &["conv 4 k=4 p=same -> bn", "bn"],
        &[
            "let x2 = x.conv2d_padding(&self.conv1.weight, Some(&self.conv1.bias), [1, 1], \"same\", [1, 1], 1);",
            "x2.batch_norm(Some(&self.bn2.weight), Some(&self.bn2.bias), Some(&self.bn2.running_mean), Some(&self.bn2.running_var), false, 0.1, 0.00001, true)",
        ],
    );
}

#[test]
fn nothing_is_written_into_that_is_seen_elsewhere() {
    // The input belongs to the caller.
    assert_optimized("relu", &[], &["x.relu()"]);
    // A view of the input.
    assert_optimized("transpose 2 3 -> relu", &[], &["let x2 = x.transpose(2, 3);", "x2.relu()"]);
    // A view of it is used later.
    assert_optimized(
        "let a = maxpool 2; let b = a -> flip 2; let c = a -> relu; b * c",
        &[],
        &[
            "let a = packed::max_pool2d(x, [2, 2]);",
            "let b = a.flip([2]);",
            "let c = a.relu();",
            "::core::mem::drop(a);",
            "&b * &c",
        ],
    );
    // One is used later, the other is a result.
    assert_optimized(
        "let a = maxpool 2; let b = a -> relu; a - b",
        &[],
        &["let a = packed::max_pool2d(x, [2, 2]);", "let b = a.relu();", "&a - &b"],
    );
    // A Rust function may have kept it.
    assert_optimized(
        "maxpool 1 -> apply f -> relu",
        &[],
        &[
            "let mut x2 = packed::max_pool2d(x, [1, 1]);",
            "let h = x2.size()[2];",
            "let n = x2.size()[0];",
            "let w = x2.size()[3];",
            "x2 = f(&x2);",
            "check::shape(\"f\", &x2, const { use outline::*; TensorType { dtype: None, dims: &[Symbol(\"N\"), Known(4), Symbol(\"H\"), Symbol(\"W\")] } }, \
             float, &[(\"H\", h), (\"N\", n), (\"W\", w)]);",
            "x2.relu()",
        ],
    );
}

#[test]
fn what_has_memory_of_its_own_is_overwritten() {
    assert_optimized(
        "maxpool 2 -> relu -> scale 2.0 -> silu",
        &[],
        &["let mut x2 = packed::max_pool2d(x, [2, 2]);", "x2 = x2.relu_();", "x2 = &x2 * 2.0;", "x2.silu_()"],
    );
}

#[test]
fn dropout_is_nothing() {
    assert_optimized("dropout -> dropout2d 0.1 -> alpha_dropout", &[], &["x.shallow_clone()"]);
    assert_optimized(
        "option p = 0.1; residual { conv 4 k=1 -> dropout p -> drop_path 0.2 }",
        &["conv 4 k=1 -> add"],
        &["self.conv1.forward_add(x, x)"],
    );
}

#[test]
fn a_weight_of_another_layer_is_packed_for_each_use() {
    assert_optimized(
        "stem: conv 4 k=1 -> conv 4 k=1 weight=stem.weight -> relu -> conv 4 k=1 weight=stem.weight bias=false",
        &["conv 4 k=1", "conv", "conv 4 k=1 weight=stem.weight -> relu"],
        &["let mut x2 = self.stem.forward(x);", "x2 = self.conv1.forward(&x2);", "self.conv.forward(&x2)"],
    );
}

#[test]
fn what_another_function_gives_is_not_overwritten() {
    assert_optimized("shared c = conv 4 k=1; c -> relu", &["conv"], &["let x2 = self.c.forward(x,);", "x2.relu()"]);
}

#[test]
fn pooling_side_by_side_is_computed_with_the_convolution_before_it() {
    assert_optimized(
        "conv 8 k=3 -> relu -> maxpool 2 -> conv 8 k=3 -> maxpool (3, 1)",
        &["conv 8 k=3 -> relu", "conv 8 k=3"],
        &["let x2 = self.conv1.forward_max_pool(x, [2, 2]);", "self.conv2.forward_max_pool(&x2, [3, 1])"],
    );
    // Overlapping windows, and a layer that is no convolution.
    assert_optimized(
        "conv 8 k=3 -> maxpool 3 s=2 -> relu -> maxpool 2",
        &["conv 8 k=3"],
        &[
            "let mut x2 = self.conv1.forward(x);",
            "x2 = ops::max_pool2d(&x2, [3, 3], [2, 2], [0, 0], [1, 1], false);",
            "x2 = x2.relu_();",
            "packed::max_pool2d(&x2, [2, 2])",
        ],
    );
    // The convolution's result is also used elsewhere.
    assert_optimized(
        "let a = conv 8 k=1; a -> maxpool 2 -> add { id, a -> maxpool 2 }",
        &["conv 8 k=1"],
        &[
            "let a = self.conv1.forward(x);",
            "let x2 = packed::max_pool2d(&a, [2, 2]);",
            "let x3 = packed::max_pool2d(&a, [2, 2]);",
            "::core::mem::drop(a);",
            "&x2 + &x3",
        ],
    );
    // A sum.
    assert_optimized(
        "add { conv 8 k=1, conv 8 k=1 } -> maxpool 2",
        &["conv 8 k=1", "conv 8 k=1 -> add"],
        &[
            "let mut x2 = self.conv1.forward(x);",
            "x2 = self.conv2.forward_add(x, &x2);",
            "packed::max_pool2d(&x2, [2, 2])",
        ],
    );
}

#[test]
fn attention_does_not_train() {
    let of = |listing: &str| {
        let (_, statements) = optimized(&format!(
            "#[optimize] Net(q: [N, 4, T, 8], k: [N, 4, S, 8], v: [N, 4, S, 6], _m: bool[T, S]) \
             -> [N, 4, T, 6] {{ (q, k, v) -> {listing} }}"
        ));
        statements.join("\n")
    };
    let attention = |options: &str| format!("ops::scaled_dot_product_attention(q,k,v,{options},false)");
    assert_eq!(of("sdpa"), attention("None::<&Tensor>,0.0,false,false,None"));
    assert_eq!(of("sdpa dropout=0.1 scale=0.5"), attention("None::<&Tensor>,0.1,false,false,Some(0.5)"));
    assert_eq!(of("sdpa mask=_m"), attention("Some(_m),0.0,false,false,None"));
    assert_eq!(of("sdpa causal=true"), attention("None::<&Tensor>,0.0,false,true,None"));
}
