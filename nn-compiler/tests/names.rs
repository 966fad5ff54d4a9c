//! The names that parameters are saved under.

use nn_compiler::{infer, parse, report::Report, resolve, shaped};

/// The names of all parameters and buffers of the last network in a listing, in order.
fn names(listing: &str) -> Vec<String> {
    let mut report = Report::default();
    let tokens = listing.parse().expect("a listing is made of Rust tokens");
    let program = resolve::resolve(parse::parse(tokens, &mut report), &mut report);
    let network = program.networks.last().and_then(|network| infer::infer(network, &program, &mut report));
    let mistakes: Vec<String> = report.finish().iter().map(|mistake| mistake.message()).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
    let mut names = Vec::new();
    let outline = network.expect("a listing without mistakes is inferred").outline;
    shaped::Outline::for_each_name(&outline, &mut |name, _| names.push(name.to_string()));
    names
}

/// The weights of a network that takes `[N, 8]`, without the `.weight`.
fn weights(body: &str) -> Vec<String> {
    let listing = format!(
        "block pair(d) {{ linear d bias=false -> linear d bias=false }}
         #[sequential] block steps(d) {{ linear d bias=false -> relu -> linear d bias=false }}
         Net(x: [N, 8]) -> [N, 8] {{ {body} }}"
    );
    names(&listing).into_iter().filter_map(|name| name.strip_suffix(".weight").map(str::to_string)).collect()
}

#[test]
fn unlabelled_stages_are_counted_by_layer() {
    assert_eq!(weights("linear 8 -> relu -> linear 8 -> bn -> linear 8"), ["linear1", "linear2", "bn1", "linear3"]);
}

#[test]
fn labels_name_stages_and_are_not_counted() {
    assert_eq!(weights("fc: linear 8 -> linear 8 -> head: linear 8"), ["fc", "linear1", "head"]);
}

#[test]
fn groups_name_by_position() {
    assert_eq!(
        weights("features: { linear 8 -> relu -> linear 8 -> fc: linear 8 -> linear 8 }"),
        ["features.0", "features.2", "features.fc", "features.4"]
    );
    assert_eq!(weights("{ linear 8 } -> { relu } -> { linear 8 }"), ["group1.0", "group2.0"]);
}

#[test]
fn values_and_assertions_hold_no_position() {
    assert_eq!(weights("features: { let y = linear 8; y -> [N, 8] -> linear 8 }"), ["features.0", "features.1"]);
}

#[test]
fn blocks_are_named_after_themselves() {
    assert_eq!(weights("pair 8 -> pair 8"), ["pair1.linear1", "pair1.linear2", "pair2.linear1", "pair2.linear2"]);
    assert_eq!(weights("steps 8"), ["steps1.0", "steps1.2"]);
    assert_eq!(weights("body: steps 8"), ["body.0", "body.2"]);
}

#[test]
fn keywords_add_no_level_and_count_in_source_order() {
    assert_eq!(weights("residual { linear 8 -> linear 8 } -> linear 8"), ["linear1", "linear2", "linear3"]);
    assert_eq!(weights("residual linear 8 -> residual { linear 8 }"), ["linear1", "linear2"]);
}

#[test]
fn labelled_keywords_are_groups() {
    assert_eq!(weights("block1: residual { linear 8 -> relu -> linear 8 }"), ["block1.0", "block1.2"]);
}

#[test]
fn only_what_is_used_counts() {
    assert_eq!(weights("residual { linear 8 } shortcut { linear 8 } -> linear 8"), ["linear1", "linear2"]);
    assert_eq!(weights("if features == 8 { linear 8 } else { linear 9 } -> linear 8"), ["linear1", "linear2"]);
    assert_eq!(
        weights("residual { linear 4 } shortcut skip: { linear 4 } -> linear 8"),
        ["linear1", "skip.0", "linear2"]
    );
}

#[test]
fn turns_are_named_as_if_written_out() {
    assert_eq!(weights("repeat 2 { linear 8 } -> linear 8"), ["linear1", "linear2", "linear3"]);
    assert_eq!(weights("repeat 2 { linear 8 -> relu }"), ["group1.0", "group2.0"]);
    assert_eq!(weights("repeat 2 { pair 8 }"), ["pair1.linear1", "pair1.linear2", "pair2.linear1", "pair2.linear2"]);
    assert_eq!(weights("net: { linear 8 -> repeat 2 { linear 8 } }"), ["net.0", "net.1", "net.2"]);
    assert_eq!(weights("repeat 0 { linear 8 } -> linear 8"), ["linear1"]);
}

#[test]
fn labelled_loops_are_groups_of_their_turns() {
    assert_eq!(
        weights("hidden: for d in [4, 6] { linear d -> relu } -> linear 8"),
        ["hidden.0.0", "hidden.1.0", "linear1"]
    );
    assert_eq!(weights("layers: repeat 2 { linear 8 }"), ["layers.0", "layers.1"]);
    assert_eq!(
        weights("layers: { pair 8 -> repeat 2 { steps 8 } }"),
        ["layers.0.linear1", "layers.0.linear2", "layers.1.0", "layers.1.2", "layers.2.0", "layers.2.2"]
    );
}

#[test]
fn string_labels_nest_and_take_loop_names() {
    assert_eq!(weights("\"self.query\": linear 8 -> \"self.key\": linear 8"), ["self.query", "self.key"]);
    assert_eq!(weights("for i in 1..=2 { \"layer{i}\": linear 8 }"), ["layer1", "layer2"]);
    assert_eq!(
        weights("for i in 1..=2 { \"layer{i}\": pair 8 }"),
        ["layer1.linear1", "layer1.linear2", "layer2.linear1", "layer2.linear2"]
    );
    assert_eq!(weights("for n in [\"key\", \"query\"] { \"self.{n}\": linear 8 }"), ["self.key", "self.query"]);
    assert_eq!(weights("\"\": pair 8 -> fc: linear 8"), ["linear1", "linear2", "fc"]);
}

#[test]
fn shared_stages_are_named_once() {
    assert_eq!(weights("shared f = linear 8; f -> relu -> f"), ["f"]);
    assert_eq!(weights("shared f = { linear 8 -> relu }; linear 8 -> f -> f"), ["linear1", "f.0"]);
}

#[test]
fn parameters_are_named_as_labels_are() {
    let body = "param scale: [8] init=ones; buffer mean: [8] init=zeros; let y = linear 8; y * scale + mean";
    let listing = format!("Net(x: [N, 8]) -> [N, 8] {{ {body} }}");
    assert_eq!(names(&listing), ["scale", "mean", "linear1.weight", "linear1.bias"]);
}
