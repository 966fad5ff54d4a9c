//! Test cases for layers as text: inputs, a chain, and the outputs or the mistake. Several values are separated by
//! semicolons: `assert_shape("sub", "[N, 4]; [N, 1]", "[N, 4]")`. A chain that begins with `(` names its inputs `a`,
//! `b`, `c`, `d` itself.

use crate::report::Mistake;

/// The chain, fed with a tensor of shape `input`, gives the shape `output`.
#[track_caller]
pub fn assert_shape(chain: &str, input: &str, output: &str) {
    let mistakes = mistakes(&listing(chain, input, output));
    let messages: Vec<String> = mistakes.iter().map(Mistake::message).collect();
    assert!(messages.is_empty(), "`{chain}` on {input}: {}", messages.join("\n"));
}

/// The chain, fed with a tensor of shape `input`, has this one mistake. `«..»` marks where, if that is part of the case:
/// `assert_error("conv 6 k=«7»", "[N, 1, 4, 4]", "a 7x7 kernel does not fit the 4x4 input")`.
#[track_caller]
pub fn assert_error(chain: &str, input: &str, what: &str) {
    let plain: String = chain.chars().filter(|c| !"«»".contains(*c)).collect();
    let mistakes = mistakes(&listing(&plain, input, "[_]"));
    let found: Vec<&str> = mistakes.iter().map(Mistake::what).collect();
    assert_eq!(found, [what], "`{plain}` on {input}");
    if let Some((before, rest)) = chain.split_once('«') {
        let marked = rest.split('»').next().unwrap_or_default();
        let ((_, start), (_, end)) = (mistakes[0].place().start(), mistakes[0].place().end());
        let offset = listing(before, input, "[_]").chars().count() - " }".len();
        let columns = (offset, offset + marked.chars().count());
        assert_eq!((start, end), columns, "`{plain}`: `{marked}` is to blame");
    }
}

fn listing(chain: &str, input: &str, output: &str) -> String {
    let (names, inputs): (Vec<&str>, Vec<String>) = ["a", "b", "c", "d"]
        .into_iter()
        .zip(input.split(';'))
        .map(|(name, shape)| (name, format!("{name}: {}", shape.trim())))
        .unzip();
    let outputs: Vec<String> =
        output.split(';').zip(["r", "s", "t"]).map(|(shape, name)| format!("{name}: {}", shape.trim())).collect();
    let output = if let [_] = outputs[..] { output.to_string() } else { format!("({})", outputs.join(", ")) };
    let start =
        if names.len() == 1 || chain.starts_with('(') { String::new() } else { format!("({}) -> ", names.join(", ")) };
    format!("Net({}) -> {output} {{ {start}{chain} }}", inputs.join(", "))
}

fn mistakes(listing: &str) -> Vec<Mistake> {
    crate::check(listing.parse().unwrap_or_else(|error| panic!("{listing}: {error}")))
}
