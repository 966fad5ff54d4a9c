//! The parser on correct listings: whole programs, and the structure of small ones.

#[path = "parse/dump.rs"]
mod dump;

use dump::Dump;
use nn_compiler::parse::parse;
use nn_compiler::report::Report;
use nn_compiler::tree::File;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;
use std::fs;
use std::path::{Path, PathBuf};
use syn::Item;

fn parse_right(tokens: TokenStream) -> File {
    let mut report = Report::default();
    let file = parse(tokens, &mut report);
    let mistakes: Vec<_> =
        report.finish().iter().map(|m| format!("{:?}: {}", m.place().start(), m.message())).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
    file
}

/// The contents of every `network!` in these items and in their modules.
fn listings(items: Vec<Item>) -> Vec<TokenStream> {
    let listing = |item| match item {
        Item::Macro(call) if call.mac.path.is_ident("network") => vec![call.mac.tokens],
        Item::Mod(module) => listings(module.content.map_or_else(Vec::new, |(_, items)| items)),
        _ => Vec::new(),
    };
    items.into_iter().flat_map(listing).collect()
}

/// The listings of each program in a folder.
fn programs(folder: &str) -> Vec<(PathBuf, Vec<TokenStream>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let paths = fs::read_dir(folder).expect("the programs").map(|entry| entry.expect("a program").path());
    let listings = |path: &Path| {
        let program = syn::parse_file(&fs::read_to_string(path).expect("a text")).expect("a Rust file");
        listings(program.items)
    };
    paths.filter(|path| !path.ends_with("mod.rs")).map(|path| (path.clone(), listings(&path))).collect()
}

#[test]
fn programs_parse() {
    for (path, listings) in ["tests/programs", "src/models"].into_iter().flat_map(programs) {
        let networks: usize = listings.into_iter().map(|listing| parse_right(listing).networks.len()).sum();
        assert!(networks > 0, "there is no network in {}", path.display());
    }
}

/// The dump of the only body of a network with these contents.
fn body(contents: &str) -> String {
    let listing = format!("Net(x: [N, 8]) -> [N, 8] {{ {contents} }}");
    parse_right(listing.parse().expect("tokens")).networks[0].body.dump()
}

/// The dump of everything in `listing`.
fn file(listing: &str) -> String {
    parse_right(listing.parse().expect("tokens")).dump()
}

#[test]
fn arguments() {
    assert_eq!(body("conv 6 k=5 p=same"), "{ conv(6, k=5, p=same) }");
    assert_eq!(body("conv 1_000 k=(5, 1) s=(c / 2)"), "{ conv(1000, k=tuple(5, 1), s=(/ c 2)) }");
    assert_eq!(body("pad (2 << i, 0) value=-0.5"), "{ pad(tuple((<< 2 i), 0), value=-0.5) }");
    assert_eq!(body("linear 8 bias=!tied in=(a - -1)"), "{ linear(8, bias=!tied, in=(- a -1)) }");
    assert_eq!(body("reshape [N, -1, 4 * d, _,]"), "{ reshape([N, -1, (* 4 d), _]) }");
    assert_eq!(body("pyramid [(1, 16), (6, [2, 3])]"), "{ pyramid([tuple(1, 16), tuple(6, [2, 3])]) }");
    assert_eq!(body("ones i64[N, T] -> cast bool"), "{ ones(i64[N, T]) -> cast(bool) }");
    assert_eq!(body(r#"rearrange "n (h e) -> n h e" e=head"#), r#"{ rearrange("n (h e) -> n h e", e=head) }"#);
    assert_eq!(body("linear 8 init=uniform(-0.1, 0.1)"), "{ linear(8, init=uniform!(-0.1, 0.1)) }");
    assert_eq!(body("linear 65 weight=embed.weight"), "{ linear(65, weight=embed.weight) }");
    assert_eq!(body("where a b -> transpose 1 2"), "{ where(a, b) -> transpose(1, 2) }");
}

#[test]
fn parentheses_after_a_name_are_its_own_where_they_touch_it() {
    assert_eq!(body("attend d (2 * d)"), "{ attend(d, (* 2 d)) }");
    assert_eq!(body("noisy normal(0.0, 1.0) 3"), "{ noisy(normal!(0.0, 1.0), 3) }");
    assert_eq!(body("linear config::WIDTH (3)"), "{ linear(`config :: WIDTH`, 3) }");
    assert_eq!(body("linear config::width(3)"), "{ linear(`config :: width (3)`) }");
}

#[test]
fn constants_of_rust() {
    assert_eq!(body("linear (super::config::WIDTH)"), "{ linear(`super :: config :: WIDTH`) }");
    assert_eq!(
        body("conv 6 k={ K + 1 } p=crate::pad::<2>(K)"),
        "{ conv(6, k=`{ K + 1 }`, p=`crate :: pad ::< 2 > (K)`) }"
    );
    assert_eq!(body("[N, { A } * 2, width(3)]"), "{ [N, (* `{ A }` 2), `width (3)`] }");
}

#[test]
fn precedence_of_sizes() {
    assert_eq!(body("linear (a + b * c - d)"), "{ linear((- (+ a (* b c)) d)) }");
    assert_eq!(body("linear ((a + b) * c % d / e)"), "{ linear((/ (% (* (+ a b) c) d) e)) }");
    assert_eq!(body("linear (1 << i + 1)"), "{ linear((<< 1 (+ i 1))) }");
    assert_eq!(body("linear (-a * b)"), "{ linear((* -a b)) }");
    assert_eq!(
        body("if a == 1 && b < c + 1 || !d { relu } else if e >= 2 { tanh } else { id }"),
        "{ if (|| (&& (== a 1) (< b (+ c 1))) !d) { relu } else if (>= e 2) { tanh } else { id } }"
    );
}

#[test]
fn arithmetic_on_values() {
    assert_eq!(body("(1.0 - z) * h + z * n"), "{ (+ (* [(- 1.0 z)] h) (* z n)) }");
    assert_eq!(body("a - b - c / 2"), "{ (- (- a b) (/ c 2.0)) }");
    assert_eq!(
        body("symbols + (position -> narrow dim=0 start=0 len=T) -> relu"),
        "{ (+ symbols [position -> narrow(dim=0, start=0, len=T)]) -> relu }"
    );
    assert_eq!(
        body("(x -> a: linear 64) + r * (h -> b: linear 64) -> tanh"),
        "{ (+ [x -> a: linear(64)] (* r [h -> b: linear(64)])) -> tanh }"
    );
    assert_eq!(body("-1.0 * id + embed.weight"), "{ (+ (* -1.0 id) [embed.weight]) }");
    assert_eq!(body("let d = a - 1; (a, d - b) -> cat"), "{ let d = (- a 1.0); (a, (- d b)) -> cat }");
}

#[test]
fn stages() {
    assert_eq!(body("(a, b -> relu,) -> cat dim=1"), "{ (a, b -> relu) -> cat(dim=1) }");
    assert_eq!(
        body("[N, 64] -> i64[N, _] -> ([N, 64], [1, N, 64])"),
        "{ [N, 64] -> i64[N, _] -> ([N, 64], [1, N, 64]) }"
    );
    assert_eq!(body("embed.weight -> transpose 0 1"), "{ embed.weight -> transpose(0, 1) }");
    assert_eq!(body("a: { relu -> tanh }"), "{ a: { relu -> tanh } }");
    assert_eq!(body("residual a: b 3 k=1 shortcut { c } -> d"), "{ residual a: b(3, k=1) shortcut { c } -> d }");
    assert_eq!(body("residual conv 3 shortcut down: conv 4"), "{ residual conv(3) shortcut down: conv(4) }");
    assert_eq!(
        body("apply path::to::f a train k=2 -> apply rotary"),
        "{ apply `path :: to :: f`(a, train, k=2) -> apply `rotary` }"
    );
}

#[test]
fn labels_are_any_words() {
    assert_eq!(
        body(r#"cat: conv 6 -> residual: relu -> type: tanh -> r#fn: relu -> let: bn -> "a.{i}": id -> "": id"#),
        r#"{ cat: conv(6) -> residual: relu -> type: tanh -> fn: relu -> let: bn -> "a.{i}": id -> "": id }"#
    );
}

#[test]
fn joins() {
    assert_eq!(body("cat dim=2 { id, conv 6 -> relu, }"), "{ cat(dim=2) [id, conv(6) -> relu] }");
    assert_eq!(body("add { id }"), "{ add [id] }");
    assert_eq!(
        body("mul for d in [6, 12] { conv 3 d=d } -> stack"),
        "{ mul for d in [6, 12] { conv(3, d=d) } -> stack }"
    );
    assert_eq!(body("stack repeat 2 { linear 3 }"), "{ stack repeat 2 { linear(3) } }");
}

#[test]
fn loops() {
    assert_eq!(
        body("for (t, _) in [(1, 16), (6, 24)] { conv t }"),
        "{ for t, _ in [tuple(1, 16), tuple(6, 24)] { conv(t) } }"
    );
    assert_eq!(
        body("for i in 0..n + 1 { a i } -> for _ in 1..=6 { b }"),
        "{ for i in 0..(+ n 1) { a(i) } -> for _ in 1..=6 { b } }"
    );
    assert_eq!(body("for d in dilations { conv 3 }"), "{ for d in dilations { conv(3) } }");
    assert_eq!(body("blocks: repeat (n / 2) { relu }"), "{ blocks: repeat (/ n 2) { relu } }");
}

#[test]
fn external_networks() {
    assert_eq!(
        body("encoder::Encoder -> a: ResNet18<10> -> Deep<{ N }, 3>(a, b.c()) -> gate: Gate(32)"),
        "{ `encoder :: Encoder` -> a: `ResNet18 < 10 >` -> `Deep < { N } , 3 >`(`a , b . c ()`) -> gate: `Gate`(`32`) }"
    );
    assert_eq!(body("crate::a::B::<4> -> tanh"), "{ `crate :: a :: B :: < 4 >` -> tanh }");
}

#[test]
fn statements() {
    assert_eq!(
        body("let a = relu; let (y, _, h) = a -> lstm 8; let [n, _] = id; let _ = h; y"),
        "{ let a = relu; let (y, _, h) = a -> lstm(8); let [n, _] = id; let (_) = h; y }"
    );
    assert_eq!(
        body("const half = c / 2; shared f = { conv 3 -> relu }; option p = 0.1; f -> f"),
        "{ const half = (/ c 2); shared f = { conv(3) -> relu }; option p = 0.1; f -> f }"
    );
    assert_eq!(
        body("param cls: [1, 1, d] init=normal(0.0, 0.02); buffer mean: f32[C] init=zeros saved=false; cls"),
        "{ param cls: [1, 1, d](init=normal!(0.0, 0.02)); buffer mean: f32[C](init=zeros, saved=false); cls }"
    );
}

#[test]
fn doc_comments_stand_anywhere_in_a_body() {
    let contents = "/// Why.\n let a = /// First.\n conv 6 /// Not 5.\n k=3\n /// Then.\n -> relu; //! Last.\n (a, /** b */ b) -> cat";
    assert_eq!(body(contents), "{ let a = conv(6, k=3) -> relu; (a, b) -> cat }");
}

#[test]
fn items() {
    assert_eq!(
        file(
            "block a(c, s = 1, skip,) { conv c s=s } pub(crate) B<const C: i64,>(x: [N, 3, H], y: i64[T],) -> (p: [N, C], q: []) where H % 16 == 0, T <= 5, { x }"
        ),
        "pub (crate) B<C: i64>(x: [N, 3, H], y: i64[T]) -> (p: [N, C], q: []) where (== (% H 16) 0), (<= T 5) { x }\n\
         block a(c, s=1, skip) { conv(c, s=s) }"
    );
    assert_eq!(
        file("/// Doc.\n #[init(uniform(-0.1, 0.1))] #[cfg(test)] #[sequential] A(x: [N]) -> [N] { relu }"),
        "sequential init=uniform!(-0.1, 0.1) `# [doc = \" Doc.\"]` `# [cfg (test)]` A(x: [N]) -> [N] { relu }"
    );
    assert_eq!(file(""), "");
}

#[test]
fn tokens_of_another_macro() {
    let tokens = quote!(Net(x: [N, 8]) -> [N, 8] { conv 6 k=3 init=normal(0.0, 1.0) -> pad (1, 2) });
    let body = parse_right(tokens).networks[0].body.dump();
    assert_eq!(body, "{ conv(6, k=3, init=normal!(0.0, 1.0)) -> pad(tuple(1, 2)) }");
}

#[test]
fn variables_of_macro_rules() {
    let variable = |tokens: TokenStream| Group::new(Delimiter::None, tokens);
    let (number, sum, path) = (variable(quote!(8)), variable(quote!(a + b)), variable(quote!(encoder::Encoder)));
    let tokens = quote!(Net(x: [N, 8]) -> [N, #number] { linear #number k=#sum in=(2 * #sum) -> #path -> apply #path });
    let body = parse_right(tokens).networks[0].body.dump();
    let apply = "apply `encoder :: Encoder`";
    assert_eq!(body, format!("{{ linear(8, k=(+ a b), in=(* 2 (+ a b))) -> `encoder :: Encoder` -> {apply} }}"));
}

/// `tokens` without the token at `index`, counted with those in groups. `index` ends below zero where it is in `tokens`.
fn without(tokens: TokenStream, index: &mut isize) -> TokenStream {
    let mut left = Vec::new();
    for token in tokens {
        *index -= 1;
        match token {
            _ if *index == -1 => {}
            TokenTree::Group(group) if *index >= 0 => {
                left.push(Group::new(group.delimiter(), without(group.stream(), index)).into());
            }
            token => left.push(token),
        }
    }
    left.into_iter().collect()
}

#[test]
fn one_missing_token_is_one_mistake_or_two() {
    for (path, listings) in programs("tests/programs") {
        for listing in listings {
            // Every fifth token, since all would take several seconds.
            for removed in (0..).step_by(5) {
                let mut index = removed;
                let mut report = Report::default();
                parse(without(listing.clone(), &mut index), &mut report);
                assert!(report.len() <= 2, "token {removed} of {}: {:?}", path.display(), report.finish());
                if index >= 0 {
                    break;
                }
            }
        }
    }
}
