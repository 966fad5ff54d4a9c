//! What is inferred with symbols holds for numbers: each listing is inferred as it is, and again with numbers for its
//! symbols. If the network accepts the numbers, every layer has the shape that was inferred with symbols. If not, the
//! listing with these numbers has a mistake.

use nn_compiler::report::Report;
use nn_compiler::shaped::{Network, Outline};
use nn_compiler::size::Size;
use nn_compiler::{infer, parse, resolve};
use proc_macro2::{Group, Literal, TokenStream, TokenTree};
use std::collections::BTreeMap;

/// The numbers for the symbols.
type Numbers = BTreeMap<&'static str, i64>;

/// The network of a listing, or its mistakes.
fn network(listing: TokenStream) -> Result<Network, String> {
    let mut report = Report::default();
    let program = resolve::resolve(parse::parse(listing, &mut report), &mut report);
    let network = infer::infer(&program.networks[0], &program, &mut report);
    let mistakes: Vec<String> = report.finish().iter().map(|mistake| mistake.message()).collect();
    network.filter(|_| mistakes.is_empty()).ok_or_else(|| mistakes.join("\n"))
}

/// The listing with numbers for its symbols.
fn replaced(listing: TokenStream, numbers: &Numbers) -> TokenStream {
    let replace = |token: TokenTree| match token {
        TokenTree::Ident(name) => match numbers.get(name.to_string().as_str()) {
            Some(number) => TokenTree::Literal(Literal::i64_unsuffixed(*number)),
            None => TokenTree::Ident(name),
        },
        TokenTree::Group(group) => TokenTree::Group(Group::new(group.delimiter(), replaced(group.stream(), numbers))),
        token => token,
    };
    listing.into_iter().map(replace).collect()
}

fn evaluate(size: &Size, numbers: &Numbers) -> Option<i64> {
    size.evaluate(&|symbol| numbers.get(symbol).copied())
}

/// Whether the network accepts tensors of these sizes.
fn admits(network: &Network, numbers: &Numbers) -> bool {
    network.entrance.iter().all(|predicate| {
        match (evaluate(&predicate.left, numbers), evaluate(&predicate.right, numbers)) {
            (Some(left), Some(right)) => predicate.comparison.holds(left, right),
            _ => false,
        }
    })
}

/// The output shapes of every layer, in numbers.
fn shapes(outlines: &[Outline], numbers: &Numbers) -> Vec<(String, Vec<Vec<i64>>)> {
    let number = |size: &Size| evaluate(size, numbers).unwrap_or_else(|| panic!("{size} has no value for {numbers:?}"));
    let in_numbers = |outline: &Outline| {
        let shapes = outline.outputs.iter().map(|ty| ty.dims.iter().map(number).collect());
        (outline.kind.clone(), shapes.collect())
    };
    outlines
        .iter()
        .flat_map(|outline| [vec![in_numbers(outline)], shapes(&outline.children, numbers)].concat())
        .collect()
}

/// Compares the listing with itself in numbers, some of which must be accepted.
fn assert_agrees(listing: &str, all_numbers: impl IntoIterator<Item = Numbers>) {
    let tokens: TokenStream = listing.parse().expect("tokens");
    let symbolic = network(tokens.clone()).unwrap_or_else(|mistakes| panic!("{listing}\n{mistakes}"));
    let mut admitted = 0;
    for numbers in all_numbers {
        let numeric = network(replaced(tokens.clone(), &numbers));
        match (admits(&symbolic, &numbers), numeric) {
            (true, Ok(numeric)) => {
                admitted += 1;
                let (promised, given) = (shapes(&symbolic.outline, &numbers), shapes(&numeric.outline, &numbers));
                assert_eq!(promised, given, "{numbers:?} in {listing}");
            }
            (true, Err(mistakes)) => panic!("{numbers:?} may enter, and should not: {mistakes}\n{listing}"),
            (false, Ok(_)) => panic!("{numbers:?} may not enter, and should: {:?}\n{listing}", symbolic.entrance),
            (false, Err(_)) => {}
        }
    }
    assert!(admitted >= 3, "only {admitted} of the numbers are admitted by {:?} in {listing}", symbolic.entrance);
}

/// Sizes of one symbol, for batches of two.
fn one(symbol: &'static str) -> impl Iterator<Item = Numbers> {
    (0..80).map(move |number| BTreeMap::from([("N", 2), (symbol, number)]))
}

/// Pairs of sizes that differ in parity, in remainders and in which is the greater, for batches of three.
fn pairs(a: &'static str, b: &'static str) -> impl Iterator<Item = Numbers> {
    let some = [0, 1, 2, 3, 5, 7, 8, 12, 15, 16, 17, 24, 31, 32, 48, 64, 97];
    some.into_iter().flat_map(move |x| some.map(|y| BTreeMap::from([("N", 3), (a, x), (b, y)])))
}

#[test]
fn windows() {
    for chain in [
        "conv 4 k=3",
        "conv 4 k=7 s=2 p=3 -> maxpool 3 s=2 p=1 -> conv 4 k=3 s=2 p=1 -> conv 4 k=3 s=2",
        "conv 4 k=3 d=3 -> conv 4 k=5 s=3 p=1 d=2",
        "maxpool 3 s=2 ceil=true -> maxpool 3 s=2 ceil=true",
        "avgpool 3 s=2 p=1 ceil=true -> conv 4 k=2",
        "conv 4 k=4 p=same -> maxpool 2 -> maxpool 2 -> maxpool 2",
        "conv_transpose 4 k=3 s=2 p=1 output_padding=1 -> conv 4 k=4 s=2",
        "adaptive_avgpool 5 -> conv 4 k=5",
        "conv 4 k=3 p=2 padding_mode=reflect",
        "conv 4 k=3 p=same padding_mode=circular d=4",
        "pad (3, 0) -> conv 4 k=3 d=2 -> pad (2, 2) mode=reflect",
        "upsample 3 -> maxpool 2 -> upsample 2 -> conv 4 k=9 s=4",
    ] {
        assert_agrees(&format!("Net(x: [N, 4, T]) -> [N, 4, _] {{ {chain} }}"), one("T"));
    }
}

#[test]
fn images() {
    for body in [
        "conv 4 k=(5, 1) s=(2, 1) p=(0, 3) d=(2, 1) -> maxpool 2",
        "conv 8 k=3 s=2 -> conv 8 k=3 s=2 -> conv 8 k=3 s=2 -> global_avgpool",
        "residual { conv 3 k=3 p=1 -> bn -> relu } -> residual { conv 3 k=5 p=4 d=2 }",
        "cat { id, conv 5 k=3 p=1, maxpool 3 s=1 p=1 } -> conv 4 k=2 s=2",
        "cat for d in [1, 2, 3] { conv 4 k=3 p=d d=d } -> maxpool 3",
        "let [n, c, h, w] = id; conv 4 k=3 p=1 -> reshape [n, 2, (2 * h), w] -> maxpool 4",
        "repeat 3 { conv 3 k=3 -> relu } -> conv_transpose 3 k=4 s=2 p=1",
        "mul { id, global_avgpool -> conv 3 k=1 -> sigmoid } -> pixel_shuffle 1 -> upsample 2 mode=bilinear",
    ] {
        assert_agrees(&format!("Net(x: [N, 3, H, W]) -> [N, _, _, _] {{ {body} }}"), pairs("H", "W"));
    }
}

#[test]
fn what_where_says() {
    for body in [
        "where T % 4 == 0 { x -> maxpool 2 -> maxpool 2 -> upsample 4 -> [N, 4, T] -> conv 4 k=3 }",
        "where T % 2 == 1 { x -> residual { conv 4 k=1 s=2 -> conv_transpose 4 k=1 s=2 } }",
        "where T <= 30, T >= 3 { param p: [30, 4] init=zeros; (x -> transpose 1 2) + (p -> narrow 0 0 T) -> transpose 1 2 }",
        "where T % 6 == 0 { x -> reshape [N, 4, (T / 6), 6] -> flatten start=2 end=3 -> chunk 2 dim=2 -> add }",
        "where T != 5, T > 2 { x -> conv 4 k=2 }",
        "where T / 8 == 3 { x -> conv 4 k=8 s=8 -> [N, 4, 3] }",
    ] {
        assert_agrees(&format!("Net(x: [N, 4, T]) -> [N, 4, _] {body}"), one("T"));
    }
}

#[test]
fn several_symbols() {
    for listing in [
        "Net(a: [N, S, 8], b: [N, T, 8]) -> [N, T, 8] where S == T { a + b -> linear 8 }",
        "Net(a: [N, S, 8], b: [N, T, 8]) -> [N, S + T, 8] { (a, b) -> cat -> linear 8 }",
        "Net(q: [N, S, 8], k: [N, T, 8]) -> [N, S, 8] { (q, k, k) -> sdpa heads=2 }",
        "Net(a: [N, 4, S], b: [N, 4, T]) -> [N, 4, _] where S == 2 * T { let c = a -> maxpool 2; c + b -> conv 4 k=3 }",
        "Net(a: [N, 4, S], b: [N, 4, T]) -> [N, 4, T] where S <= T { (b -> narrow 2 0 S) + a -> pad (0, (T - S)) }",
    ] {
        assert_agrees(listing, pairs("S", "T"));
    }
}

#[test]
fn unet() {
    let blocks = "block double_conv(c) { conv c k=3 p=1 -> bn -> relu -> conv c k=3 p=1 -> bn -> relu }
        block up(c, skip) { (conv_transpose c k=2 s=2, skip) -> cat -> double_conv c }";
    let body = "{
        let e1 = image -> double_conv 4;
        let e2 = e1 -> maxpool 2 -> double_conv 8;
        let e3 = e2 -> maxpool 2 -> double_conv 16;
        e3 -> maxpool 2 -> double_conv 32 -> [N, 32, (H / 8), (W / 8)] -> up 16 skip=e3 -> up 8 skip=e2 -> up 4 skip=e1 -> conv 2 k=1
    }";
    let signature = "Net(image: [N, 3, H, W]) -> [N, 2, H, W] where H % 8 == 0, W % 8 == 0";
    assert_agrees(&format!("{signature} {body} {blocks}"), pairs("H", "W"));
}

/// The `where` clause that a mistake suggests makes the listing correct.
#[test]
fn suggested_predicates_suffice() {
    let up = "block up(skip) { (conv_transpose channels k=2 s=2, skip) -> add -> conv channels k=3 p=1 }";
    for listing in [
        "Net(x: [N, 4, T]) -> [N, 4, T] @ { maxpool 2 -> upsample 2 }",
        "Net(x: [N, 4, T]) -> [N, 4, T] @ { residual { conv 4 k=2 s=2 -> conv_transpose 4 k=2 s=2 } }",
        "Net(x: [N, 4, H, W]) -> [N, 4, H, W] @ { let a = maxpool 2; let b = a -> maxpool 2; b -> up a -> up x }",
        "Net(x: [N, 4, H, W]) -> [N, _, 64] @ { maxpool 2 -> reshape [N, (H * W / 64), 64] }",
        "Net(x: [N, T, 4]) -> [N, T, 4] @ { param p: [64, 4] init=zeros; x + (p -> narrow 0 0 T) }",
        "Net(a: [N, S], b: [N, T], c: [N, R]) -> [N, S] @ { (a, b, c) -> add }",
        "Net(x: [N, T, D]) -> [N, T, D] @ { (x, x, x) -> sdpa heads=6 }",
        "Net(x: [N, C, T]) -> [N, _, T] @ { pixel_unshuffle 1 -> reshape [N, (C / 3), (3 * T)] -> chunk 3 dim=2 -> cat dim=1 -> reshape [N, C, T] }",
    ] {
        let listing = format!("{listing} {up}");
        let mistakes = network(listing.replace('@', "").parse().expect("tokens")).expect_err(&listing);
        let (_, rest) = mistakes.split_once("say which inputs are meant: `").unwrap_or_else(|| panic!("{mistakes}"));
        let (clause, _) = rest.split_once('`').expect("a closing quote");
        let mended = listing.replace('@', clause);
        assert!(network(mended.parse().expect("tokens")).is_ok(), "`{clause}` does not suffice for {listing}");
    }
}
