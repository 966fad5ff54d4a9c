//! Names of layers and arguments in other libraries, for suggestions. A listing without mistakes needs nothing of this.

use crate::layers::{Argument, Layer};
use crate::nearest;
use crate::shaped::Dtype;
use crate::tree::{self, Call};

/// Names of layers that differ from ours in more than capitals and `_`, in small letters without `_`.
const LAYERS: &[(&str, &str)] = &[
    ("averagepool", "avgpool"),
    ("averagepooling", "avgpool"),
    ("batchnorm", "bn"),
    ("concat", "cat"),
    ("concatenate", "cat"),
    ("convolution", "conv"),
    ("deconv", "conv_transpose"),
    ("dense", "linear"),
    ("fc", "linear"),
    ("gap", "global_avgpool"),
    ("globalaveragepool", "global_avgpool"),
    ("globalaveragepooling", "global_avgpool"),
    ("identity", "id"),
    ("interpolate", "upsample"),
    ("lazylinear", "linear"),
    ("lrelu", "leaky_relu"),
    ("maxpooling", "maxpool"),
    ("multiheadattention", "attention"),
    ("multiply", "mul"),
    ("resize", "upsample"),
    ("scaleddotproductattention", "sdpa"),
    ("selfattention", "attention"),
    ("swish", "silu"),
    ("view", "reshape"),
];

/// Names of arguments that do not contain ours.
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

/// Arguments that are not needed, and why not.
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

/// Arguments whose counterpart here has another meaning, and the difference.
const DIFFERENT: &[(&str, &str)] = &[
    (
        "attn_mask",
        "a bool `mask` is true where attention is allowed; the masks of `nn.MultiheadAttention` are the opposite: use `-> not`",
    ),
    ("key_padding_mask", "`mask` is true where attention is allowed, but `key_padding_mask` is true where it is not"),
];

/// Modules that are not layers here, in small letters without `_`, and what to write instead.
const COMPOSED: &[(&str, &str)] = &[
    ("contiguous", "leave it out: no layer needs it"),
    ("crossentropy", "a loss is no part of a network: `loss::CrossEntropy::new()` takes the network's output"),
    ("depthwise", DEPTHWISE),
    ("depthwiseconv", DEPTHWISE),
    ("positionalembedding", POSITIONS),
    ("positionalencoding", POSITIONS),
    ("positionembedding", POSITIONS),
    ("positionencoding", POSITIONS),
    ("print", "`net.trace(&input)` reports the output of every layer"),
    ("sequential", "`->` joins stages, and braces make a group of them: `{ linear 64 -> relu }`"),
    ("transformerencoder", ENCODER),
    ("transformerencoderlayer", ENCODER),
];

const DEPTHWISE: &str = "it is `conv` with a group for each channel: `conv 32 k=3 p=1 g=32`";

const POSITIONS: &str = "`positional` adds sinusoidal encodings; learned ones for up to 64 positions of 32 features are \
    `param position: [64, 32] init=normal(0.0, 0.02);`, added with `x + (position -> narrow dim=0 start=0 len=T)`";

const ENCODER: &str = "it is written with its parts: `residual { layernorm -> attention 8 }`, and \
    `residual { layernorm -> linear (4 * features) -> gelu -> linear (features / 4) }`";

/// Names of element types that differ from ours.
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

/// PyTorch's order of positional arguments, under our names. `in` is the input's size, whether or not our layer takes it.
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

/// The layer called `word` in other libraries, or differing from `word` only in capitals and `_`.
pub fn layer(word: &str) -> Option<&'static str> {
    layer_as(word, |stem, name| stem == name)
}

/// The layer that `word` most likely means.
pub fn meant(word: &str) -> Option<&'static str> {
    let ours = || nearest::nearest(word, &layers());
    let abbreviated = || nearest::abbreviated(word, &layers());
    layer(word).or_else(ours).or_else(|| layer_as(word, nearest::is_near)).or_else(abbreviated)
}

/// All names of layers.
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

/// Our name for an argument.
pub fn argument(key: &str) -> Option<&'static str> {
    ARGUMENTS.iter().find(|(name, _)| *name == key).map(|(_, ours)| *ours)
}

/// How our argument differs from `key` in other libraries.
pub fn difference(key: &str) -> Option<&'static str> {
    DIFFERENT.iter().find(|(name, _)| *name == key).map(|(_, what)| *what)
}

/// What to write for a module that is not a layer here.
pub fn composed(word: &str) -> Option<&'static str> {
    let word = plain(word);
    COMPOSED.iter().find(|(name, _)| *name == word).map(|(_, how)| *how)
}

/// The element type called `word` in other libraries: `long`, `int64`, `float32`.
pub fn element_type(word: &str) -> Option<&'static str> {
    let name = ELEMENT_TYPES.iter().find(|(name, _)| *name == word).map(|(_, ours)| *ours);
    let digits = word.trim_start_matches(char::is_alphabetic);
    let short = format!("{}{digits}", word.chars().next()?);
    name.or_else(|| Dtype::NAMES.iter().map(|(name, _)| *name).find(|name| *name == short))
}

/// Why an argument is not needed. `sized`: whether the layer takes the input's size, to check it.
pub fn needless(key: &str, sized: bool) -> Option<&'static str> {
    NEEDLESS.iter().find(|(name, why)| *name == key && !(sized && *why == INFERRED)).map(|(_, why)| *why)
}

/// The question whether a call was meant that is written as in PyTorch.
pub fn did_you_mean(call: &Call) -> Option<String> {
    let answers: Vec<String> = translations(call).iter().map(|answer| format!("`{answer}`")).collect();
    (!answers.is_empty()).then(|| format!("did you mean {}?", answers.join(" or ")))
}

/// Translates a call in PyTorch's style, if only one translation is possible.
pub fn translated(call: &Call) -> Option<String> {
    match &translations(call)[..] {
        [only] => Some(only.clone()),
        _ => None,
    }
}

/// The argument of a call that is the input's size, if the call has no other mistake.
pub fn incoming(call: &Call) -> Option<&tree::Argument> {
    let [right] = &translations(call)[..] else { return None };
    call.arguments.iter().enumerate().find_map(|(index, argument)| {
        let mut without = call.clone();
        without.arguments.remove(index);
        (without.to_string() == *right).then_some(argument)
    })
}

/// Whether a layer has several positional arguments in PyTorch, but one here.
pub fn takes_several(name: &str) -> bool {
    let order = |known: &Layer| POSITIONAL.iter().find(|(layer, _)| *layer == known.stem());
    Layer::find(name).and_then(order).is_some_and(|(_, order)| order.len() > 1)
}

/// A call written as in PyTorch, in our form: `conv2d 16 k=3` for `Conv2d 3 16 kernel_size=3`. There are two
/// translations if it is not clear whether the first number is the input's size.
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

/// A list of sizes, with `_` for PyTorch's -1.
fn sizes(items: &[tree::Argument]) -> String {
    let size = |item: &tree::Argument| match item.to_string().as_str() {
        "-1" => "_".to_string(),
        size => size.to_string(),
    };
    format!("[{}]", items.iter().map(size).collect::<Vec<_>>().join(", "))
}

/// The call with its positional arguments read in this order, if that makes it a valid call.
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
    // Who gives the input's size also gives the output's.
    let needed = |argument: &Argument| argument.required || argument.positional && order.first() == Some(&"in");
    let fits = layer.arguments.iter().all(|argument| {
        let count = given.iter().filter(|(known, _)| known.name == argument.name).count();
        count == 1 || count == 0 && !needed(argument)
    });
    fits.then(|| written(name, layer, &given))
}

/// Our argument for `key`.
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

/// Writes a call: positional arguments up to the first that is left out, the others by key.
fn written(name: &str, layer: &'static Layer, given: &[(&Argument, &tree::Argument)]) -> String {
    let given_for = |argument: &Argument| given.iter().find(|(known, _)| known.name == argument.name);
    let by_position: Vec<_> = layer.positional().map_while(given_for).collect();
    let by_key = given.iter().filter(|(argument, _)| !by_position.iter().any(|(known, _)| known.name == argument.name));
    let words = by_position.iter().map(|(argument, given)| match given {
        tree::Argument::List(items, _) if argument.name == "sizes" => sizes(items),
        given => value(given),
    });
    let settings =
        by_key.map(|(argument, given)| format!("{}={}", argument.short.unwrap_or(argument.name), value(given)));
    let words: Vec<String> = std::iter::once(name.to_string()).chain(words).chain(settings).collect();
    words.join(" ")
}

/// Writes a value without the quotes and capitals that Python has.
fn value(given: &tree::Argument) -> String {
    match given {
        tree::Argument::Text(text) if syn::parse_str::<syn::Ident>(&text.value()).is_ok() => text.value(),
        given => match given.to_string().as_str() {
            "True" => "true".to_string(),
            "False" => "false".to_string(),
            other => other.to_string(),
        },
    }
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
