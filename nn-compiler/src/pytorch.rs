//! What layers and their arguments are called elsewhere, for suggestions. Nothing here is needed by a listing that is right.

use crate::layers::{Argument, Layer};
use crate::nearest;
use crate::shaped::Dtype;
use crate::tree::{self, Call};

/// Layers, in small letters without `_`, where capitals and `_` are not all that differs.
const LAYERS: &[(&str, &str)] = &[
    ("averagepool", "avgpool"),
    ("batchnorm", "bn"),
    ("concat", "cat"),
    ("concatenate", "cat"),
    ("convolution", "conv"),
    ("deconv", "conv_transpose"),
    ("dense", "linear"),
    ("fc", "linear"),
    ("identity", "id"),
    ("interpolate", "upsample"),
    ("multiheadattention", "attention"),
    ("multiply", "mul"),
    ("scaleddotproductattention", "sdpa"),
    ("swish", "silu"),
    ("view", "reshape"),
];

/// Arguments, where ours is not a part of the word.
const ARGUMENTS: &[(&str, &str)] = &[
    ("attn_mask", "mask"),
    ("axis", "dim"),
    ("filters", "out"),
    ("in_channels", "in"),
    ("in_features", "in"),
    ("input_size", "in"),
    ("keepdims", "keepdim"),
    ("nhead", "heads"),
    ("num_embeddings", "vocabulary"),
    ("rate", "p"),
    ("units", "out"),
];

/// Arguments that are not needed, and why.
const NEEDLESS: &[(&str, &str)] = &[
    ("batch_first", "the batch always comes first"),
    ("device", "the parameters are where the `VarStore` is"),
    ("embed_dim", INFERRED),
    ("in_channels", INFERRED),
    ("inplace", "a value is freed after its last use"),
    ("input_size", INFERRED),
    ("normalized_shape", INFERRED),
    ("num_channels", INFERRED),
    ("num_features", INFERRED),
];

pub const INFERRED: &str = "the size of the input is inferred";

/// Arguments of which ours with the same purpose means something else, and the difference.
const DIFFERENT: &[(&str, &str)] = &[
    (
        "attn_mask",
        "a bool `mask` is true where attention is allowed; the masks of `nn.MultiheadAttention` are the opposite: use `-> not`",
    ),
    ("key_padding_mask", "`mask` is true where attention is allowed, but `key_padding_mask` is true where it is not"),
];

/// Modules that are no layer here, in small letters without `_`, and what is written instead.
const COMPOSED: &[(&str, &str)] = &[
    ("sequential", "`->` joins stages, and braces make a group of them: `{ linear 64 -> relu }`"),
    ("transformerencoder", ENCODER),
    ("transformerencoderlayer", ENCODER),
];

const ENCODER: &str = "it is written with its parts: `residual { layernorm -> attention 8 }`, and \
    `residual { layernorm -> linear (4 * features) -> gelu -> linear (features / 4) }`";

/// Element types, where ours is called otherwise.
const ELEMENT_TYPES: &[(&str, &str)] = &[
    ("bfloat16", "bf16"),
    ("byte", "u8"),
    ("double", "f64"),
    ("float", "f32"),
    ("half", "f16"),
    ("int", "i32"),
    ("long", "i64"),
    ("short", "i16"),
];

/// PyTorch's order of positional arguments under our names. `in` is the size of what comes in, whether or not ours can take it.
const POSITIONAL: &[(&str, &[&str])] = &[
    ("attention", &["in", "heads"]),
    ("avgpool", &["kernel", "stride", "padding"]),
    ("bn", &["in"]),
    ("conv", &["in", "out", "kernel", "stride", "padding", "dilation", "groups"]),
    ("conv_transpose", &["in", "out", "kernel", "stride", "padding", "output_padding", "groups"]),
    ("embedding", &["vocabulary", "dim", "padding_idx"]),
    ("groupnorm", &["groups", "in"]),
    ("gru", &["in", "hidden", "layers"]),
    ("instancenorm", &["in"]),
    ("layernorm", &["in"]),
    ("linear", &["in", "out"]),
    ("log_softmax", &["dim"]),
    ("lstm", &["in", "hidden", "layers"]),
    ("maxpool", &["kernel", "stride", "padding", "dilation"]),
    ("rmsnorm", &["in"]),
    ("rnn", &["in", "hidden", "layers"]),
    ("softmax", &["dim"]),
];

/// The layer that is called `word` elsewhere, or but for capitals and `_`.
pub fn layer(word: &str) -> Option<&'static str> {
    layer_as(word, |stem, name| stem == name)
}

/// The layer that somebody may have meant with `word`.
pub fn meant(word: &str) -> Option<&'static str> {
    let ours = || nearest::nearest(word, &layers());
    let abbreviated = || nearest::abbreviated(word, &layers());
    layer(word).or_else(ours).or_else(|| layer_as(word, nearest::is_near)).or_else(abbreviated)
}

/// Every name of a layer.
fn layers() -> Vec<&'static str> {
    let id = "id"; // It is one in all but that it has no arguments and no code.
    Layer::all().flat_map(|layer| layer.names).copied().chain([id]).collect()
}

fn layer_as(word: &str, is: fn(&str, &str) -> bool) -> Option<&'static str> {
    let word = plain(word);
    let find = |name: &str| layers().into_iter().find(|layer| plain(layer) == name);
    let rank = ["1d", "2d", "3d"].into_iter().find(|rank| word.ends_with(rank)).unwrap_or_default();
    let stem = word.strip_suffix(rank).unwrap_or(&word);
    let translated = || LAYERS.iter().find(|(name, _)| is(stem, name)).map(|(_, layer)| plain(layer));
    find(&word).or_else(|| translated().and_then(|layer| find(&format!("{layer}{rank}")).or_else(|| find(&layer))))
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace('_', "")
}

/// What an argument is called here.
pub fn argument(key: &str) -> Option<&'static str> {
    ARGUMENTS.iter().find(|(name, _)| *name == key).map(|(_, ours)| *ours)
}

/// How our argument differs from the one that is called `key` elsewhere.
pub fn difference(key: &str) -> Option<&'static str> {
    DIFFERENT.iter().find(|(name, _)| *name == key).map(|(_, what)| *what)
}

/// What is written for a module that is no layer here.
pub fn composed(word: &str) -> Option<&'static str> {
    let word = plain(word);
    COMPOSED.iter().find(|(name, _)| *name == word).map(|(_, how)| *how)
}

/// The element type that is called `word` elsewhere: `long`, `int64`, `float32`.
pub fn element_type(word: &str) -> Option<&'static str> {
    let name = ELEMENT_TYPES.iter().find(|(name, _)| *name == word).map(|(_, ours)| *ours);
    let digits = word.trim_start_matches(char::is_alphabetic);
    let short = format!("{}{digits}", word.chars().next()?);
    name.or_else(|| Dtype::NAMES.iter().map(|(name, _)| *name).find(|name| *name == short))
}

/// Why an argument is not needed; `sized`: the layer takes the size of what comes in, to be checked.
pub fn needless(key: &str, sized: bool) -> Option<&'static str> {
    NEEDLESS.iter().find(|(name, why)| *name == key && !(sized && *why == INFERRED)).map(|(_, why)| *why)
}

/// The question whether a call was meant that is written as PyTorch would.
pub fn did_you_mean(call: &Call) -> Option<String> {
    let answers: Vec<String> = translations(call).iter().map(|answer| format!("`{answer}`")).collect();
    (!answers.is_empty()).then(|| format!("did you mean {}?", answers.join(" or ")))
}

/// The argument of a call that is the size of what comes in, if nothing but that is wrong with it.
pub fn incoming(call: &Call) -> Option<&tree::Argument> {
    let [right] = &translations(call)[..] else { return None };
    call.arguments.iter().enumerate().find_map(|(index, argument)| {
        let mut without = call.clone();
        without.arguments.remove(index);
        (without.to_string() == *right).then_some(argument)
    })
}

/// Whether PyTorch gives a layer several arguments by position, where ours takes one.
pub fn takes_several(name: &str) -> bool {
    let order = |known: &Layer| POSITIONAL.iter().find(|(layer, _)| *layer == known.stem());
    Layer::find(name).and_then(order).is_some_and(|(_, order)| order.len() > 1)
}

/// A call that is written as PyTorch writes it, as it would be written here: `Conv2d 3 16 kernel_size=3` is `conv2d 16 k=3`.
/// There are two answers where it is not clear whether the first number is the size of what comes in.
fn translations(call: &Call) -> Vec<String> {
    let word = call.name.to_string();
    let name = Layer::find(&word).map_or_else(|| layer(&word), |_| Some(word.as_str()));
    let Some((name, known)) = name.and_then(|name| Some((name, Layer::find(name)?))) else { return Vec::new() };
    let order = POSITIONAL.iter().find(|(layer, _)| *layer == known.stem()).map(|(_, order)| order.to_vec());
    let order = order.unwrap_or_else(|| known.positional().map(|argument| argument.name).collect());
    let outgoing: Vec<&str> = order.iter().copied().filter(|name| *name != "in").collect();
    let mut answers = Vec::new();
    for order in [order, outgoing] {
        answers.extend(translation(name, known, call, &order).filter(|answer| !answers.contains(answer)));
    }
    answers.extend(gathered(name, known, call).filter(|_| answers.is_empty()));
    answers
}

/// `permute 0 2 1` is `permute (0, 2, 1)`, and `view(-1, 32)` or `reshape N 32` is `reshape [_, 32]` or `[N, 32]`.
fn gathered(name: &str, layer: &'static Layer, call: &Call) -> Option<String> {
    let mut positional = layer.positional();
    let (Some(only), None) = (positional.next(), positional.next()) else { return None };
    let (arguments, gathered) = match &call.arguments[..] {
        [tree::Argument::Tuple(items, _)] => (&items[..], true),
        several => (several, several.len() > 1),
    };
    match only.name {
        _ if !gathered || !call.settings.is_empty() => None,
        "dims" => {
            let dims: Vec<String> = arguments.iter().map(tree::Argument::to_string).collect();
            Some(format!("{name} ({})", dims.join(", ")))
        }
        "sizes" => Some(format!("{name} {}", sizes(arguments))),
        _ => None,
    }
}

/// A list of sizes, where PyTorch writes -1 for what is left.
fn sizes(items: &[tree::Argument]) -> String {
    let size = |item: &tree::Argument| match item.to_string().as_str() {
        "-1" => "_".to_string(),
        size => size.to_string(),
    };
    format!("[{}]", items.iter().map(size).collect::<Vec<_>>().join(", "))
}

/// The call where positional arguments have this order, if nothing is wrong with it then.
fn translation(name: &str, layer: &'static Layer, call: &Call, order: &[&str]) -> Option<String> {
    if call.arguments.len() > order.len() {
        return None;
    }
    let mut given: Vec<(&Argument, &tree::Argument)> = Vec::new();
    for (name, value) in order.iter().zip(&call.arguments).filter(|(name, _)| **name != "in") {
        given.push((layer.arguments.iter().find(|argument| argument.name == *name)?, value));
    }
    for setting in &call.settings {
        let key = setting.key.to_string();
        match find(layer, &key) {
            Some(argument) if argument.name == "in" => {}
            Some(argument) => given.push((argument, &setting.value)),
            None => drop(needless(&key, false)?),
        }
    }
    if given.iter().any(|(argument, value)| argument.name == "sizes" && !matches!(value, tree::Argument::List(..))) {
        return None;
    }
    // Whoever gives the size of what comes in gives that of what goes out, too.
    let needed = |argument: &Argument| argument.required || argument.positional && order.first() == Some(&"in");
    let fits = layer.arguments.iter().all(|argument| {
        let count = given.iter().filter(|(known, _)| known.name == argument.name).count();
        count == 1 || count == 0 && !needed(argument)
    });
    fits.then(|| written(name, layer, &given))
}

/// The argument that `key` means here.
fn find(layer: &'static Layer, key: &str) -> Option<&'static Argument> {
    let known = || layer.all_arguments().filter(|argument| !argument.any);
    let names: Vec<&str> = known().map(|argument| argument.name).collect();
    let exact = known().find(|argument| argument.is_called(key));
    if exact.is_none() && difference(key).is_some() {
        return None;
    }
    let meant = || argument(key).filter(|name| names.contains(name)).or_else(|| nearest::part(key, &names));
    exact.or_else(|| known().find(|argument| Some(argument.name) == meant()))
}

/// Positional arguments first, up to one that is left out; the others by key.
fn written(name: &str, layer: &'static Layer, given: &[(&Argument, &tree::Argument)]) -> String {
    let value = |argument: &Argument| given.iter().find(|(known, _)| known.name == argument.name);
    let by_position: Vec<_> = layer.positional().map_while(value).collect();
    let by_key = given.iter().filter(|(argument, _)| !by_position.iter().any(|(known, _)| known.name == argument.name));
    let words = by_position.iter().map(|(argument, value)| match value {
        tree::Argument::List(items, _) if argument.name == "sizes" => sizes(items),
        value => value.to_string(),
    });
    let settings = by_key.map(|(argument, value)| format!("{}={value}", argument.short.unwrap_or(argument.name)));
    let words: Vec<String> = std::iter::once(name.to_string()).chain(words).chain(settings).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_other_libraries() {
        for (word, name) in [
            ("Conv2d", "conv2d"),
            ("BatchNorm2d", "bn2d"),
            ("batch_norm", "bn"),
            ("LayerNorm", "layernorm"),
            ("max_pool2d", "maxpool2d"),
            ("ReLU", "relu"),
            ("Dense", "linear"),
            ("Identity", "id"),
        ] {
            assert_eq!(layer(word), Some(name), "{word}");
        }
        assert_eq!(layer("Gate"), None);
    }

    #[test]
    fn finds_what_was_meant() {
        for (word, name) in [("liner", "linear"), ("batchnorn", "bn"), ("batchnorn2d", "bn2d"), ("embed", "embedding")]
        {
            assert_eq!(meant(word), Some(name), "{word}");
        }
        assert_eq!(meant("transmogrify"), None);
    }

    #[test]
    fn names_are_known() {
        for (_, ours) in LAYERS {
            assert!(layers().contains(ours), "{ours}");
        }
        for (layer, order) in POSITIONAL {
            let layer = Layer::find(layer).expect(layer);
            for name in order.iter().filter(|name| **name != "in") {
                assert!(layer.arguments.iter().any(|argument| argument.name == *name), "{name}");
            }
        }
    }
}
