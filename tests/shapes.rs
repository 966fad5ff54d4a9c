//! The compiler accepts the calls that PyTorch accepts, and infers the same shapes. `tests/shapes` draws calls of all
//! layers, including wrong ones, and runs them in PyTorch.

mod reference;

use nn_compiler::layers::Layer;
use proc_macro2::TokenStream;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A call, and PyTorch's result.
struct Case<'a> {
    /// The function in `tests/shapes` that drew it.
    family: &'a str,
    inputs: &'a str,
    chain: &'a str,
    /// The number of outputs.
    values: usize,
    /// For `yes` and `either`, the output shapes. For `no`, why PyTorch refuses it. For `stricter`, why the language does.
    verdict: &'a str,
    what: &'a str,
}

impl<'a> Case<'a> {
    fn parse(line: &'a str) -> Case<'a> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [family, inputs, chain, values, verdict, what] = fields[..] else { panic!("not a case: {line}") };
        let values = values.parse().expect("a number");
        Case { family, inputs, chain, values, verdict, what }
    }

    /// Whether a stage of the chain has this name.
    fn calls(&self, layer: &str) -> bool {
        self.chain.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == layer)
    }

    /// What the compiler says, if it disagrees.
    fn disagreement(&self) -> Option<String> {
        let said = match self.verdict {
            "yes" => self.gives_other()?,
            "either" => self.gives_other().filter(|_| self.is_refused().is_none())?,
            _ if self.is_refused().is_none() => "accepts it".to_string(),
            _ => return None,
        };
        let Case { chain, inputs, verdict, what, .. } = self;
        Some(format!("{chain} on {inputs}\n  PyTorch: {verdict}: {what}\n  nn-dsl: {said}"))
    }

    /// What the compiler says if the expected shapes are declared as the outputs.
    fn gives_other(&self) -> Option<String> {
        let declared =
            |shapes: &str| if self.values == 1 { shapes.to_string() } else { format!("({})", named('k', shapes)) };
        let mistake = self.mistake(&declared(self.what), self.chain)?;
        // A float made from another type is `f32`, not the network's own type.
        self.mistake(&declared(&in_f32(self.what)), self.chain).and(Some(mistake))
    }

    /// The compiler's error for the call, whatever the outputs are.
    fn is_refused(&self) -> Option<String> {
        let values = ["_"].repeat(self.values).join(", ");
        let pattern = if self.values == 1 { "_y".to_string() } else { format!("({values})") };
        self.mistake("[1]", &format!("let {pattern} = {}; zeros [1]", self.chain))
    }

    fn mistake(&self, outputs: &str, body: &str) -> Option<String> {
        nn_compiler::check(self.listing(outputs, body)).first().map(|mistake| mistake.message())
    }

    fn listing(&self, outputs: &str, body: &str) -> TokenStream {
        let listing = format!("Net({}) -> {outputs} {{ {body} }}", named('a', self.inputs));
        listing.parse().unwrap_or_else(|error| panic!("{listing}: {error}"))
    }
}

/// `a: [2, 3], b: [4]`
fn named(first: char, shapes: &str) -> String {
    let declared = |(name, shape): (char, &str)| format!("{name}: {shape}");
    (first..='z').zip(shapes.split("; ")).map(declared).collect::<Vec<_>>().join(", ")
}

/// The same shapes, with `f32` instead of the network's own float type.
fn in_f32(shapes: &str) -> String {
    let with_dtype = |shape: &str| if shape.starts_with('[') { format!("f32{shape}") } else { shape.to_string() };
    shapes.split("; ").map(with_dtype).collect::<Vec<_>>().join("; ")
}

/// Replaces the `index`th number in the text, counted cyclically.
fn with_number(text: &str, index: usize, number: i64) -> String {
    let starts_number = |(at, c): &(usize, char)| {
        let before = text[..*at].chars().next_back();
        c.is_ascii_digit()
            && !before.is_some_and(|before| before.is_ascii_alphanumeric() || before == '_' || before == '.')
    };
    let starts: Vec<usize> = text.char_indices().filter(starts_number).map(|(at, _)| at).collect();
    let Some(start) = starts.get(index % starts.len().max(1)) else { return text.to_string() };
    let rest = text[*start..].trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{}{number}{rest}", &text[..*start])
}

/// A line for each case.
static DRAWN: LazyLock<String> =
    LazyLock::new(|| reference::python(&[concat!(env!("CARGO_MANIFEST_DIR"), "/tests/shapes/main.py"), "1"]));

#[test]
fn shapes_are_pytorchs() {
    let cases: Vec<Case> = DRAWN.lines().map(Case::parse).collect();
    let mut counts: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut wrong: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for case in &cases {
        *counts.entry(case.family).or_default().entry(case.verdict).or_default() += 1;
        wrong.entry(case.family).or_default().extend(case.disagreement());
    }
    for (family, counts) in &counts {
        println!("{family:>24}: {counts:?}");
    }
    wrong.retain(|_, wrong| !wrong.is_empty());
    for (family, wrong) in &wrong {
        println!("\n{family}: {} disagreements", wrong.len());
        wrong.iter().take(10).for_each(|wrong| println!("{wrong}"));
    }
    assert!(wrong.is_empty(), "the compiler and PyTorch disagree about {:?}", wrong.keys());
    assert!(cases.len() >= 20_000, "only {} cases", cases.len());
    let calls = |name: &str| cases.iter().filter(|case| case.calls(name)).count();
    let drawn: Vec<(&str, usize)> =
        Layer::all().map(|layer| (layer.stem(), layer.names.iter().map(|name| calls(name)).sum())).collect();
    drawn.iter().for_each(|(layer, cases)| println!("{layer:>24}: {cases} cases"));
    let undrawn: Vec<&str> = drawn.iter().filter(|(_, cases)| *cases == 0).map(|(layer, _)| *layer).collect();
    assert!(undrawn.is_empty(), "no case calls {undrawn:?}");
}

/// Sizes that overflow when they are added or multiplied, and sizes that would fill the memory if something were made for each.
#[test]
fn huge_numbers_are_refused_or_carried() {
    for (index, line) in DRAWN.lines().enumerate().step_by(5) {
        let number = [i64::MAX, i64::MAX / 2, 1 << 40, i32::MAX.into()][index % 4];
        let (chain, inputs);
        let mut case = Case::parse(line);
        if index % 3 == 0 {
            inputs = with_number(case.inputs, index / 12, number);
            case.inputs = &inputs;
        } else {
            chain = with_number(case.chain, index / 12, number);
            case.chain = &chain;
        }
        let expansion = nn_compiler::compile(case.listing("[_]", case.chain));
        assert!(!expansion.is_empty());
    }
}
