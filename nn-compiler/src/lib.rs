//! The compiler of `network!`: text -> tree -> resolved program -> shaped network (-> optimised network) -> Rust.
//!
//! It is a plain library on `proc-macro2`, so that it can be tested without rustc and without libtorch. Each stage
//! reads only what the stage before made, adds the mistakes it finds to one [`Report`], and goes on, so that several
//! mistakes are reported at once. Code is generated only for networks without mistakes, so code generation cannot fail.

// This is not a public interface, and the names of fields and variants say what they are.
#![allow(missing_docs)]

pub mod expand;
pub mod infer;
pub mod layers;
mod nearest;
pub mod optimize;
pub mod parse;
pub mod place;
mod pytorch;
pub mod report;
pub mod resolve;
pub mod shaped;
pub mod size;
pub mod state;
pub mod tree;

use proc_macro2::TokenStream;
use quote::quote;
use report::{Mistake, Report};
use resolve::Program;

/// Expands `network! { tokens }` to the networks, or to the mistakes and a stub of each network.
pub fn compile(tokens: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let program = read(tokens.clone(), &mut report);
    let mut output = TokenStream::new();
    let mut taken = program.networks.iter().map(|network| network.name.to_string()).collect();
    for network in &program.networks {
        output.extend(match infer::infer(network, &program, &mut report) {
            Some(shaped) => {
                let optimized = shaped.optimize.then(|| optimize::optimize(&shaped));
                expand::expand(&shaped, optimized.as_ref(), &tokens, &mut taken)
            }
            None => {
                // A network that cannot be inferred must not compile, even if no mistake was found.
                if report.is_empty() {
                    report.push(Mistake::new(
                        &network.name,
                        "this network cannot be inferred, but nn-dsl fails to say why",
                    ));
                }
                expand::stub(network, &program)
            }
        });
    }
    output.extend(expand::uses(&program.keywords));
    output.extend(report::to_compile_errors(&report.finish()));
    output
}

/// Expands `drawing! { Name tokens }` to a string with the drawing of this network of `network! { tokens }`. It is
/// empty if the network has mistakes, which `network!` reports.
pub fn drawing(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter();
    let name = tokens.next().map(|name| name.to_string());
    let mut report = Report::default();
    let program = read(tokens.collect(), &mut report);
    let network = program.networks.iter().find(|network| Some(network.name.to_string()) == name);
    let shaped = network.and_then(|network| infer::infer(network, &program, &mut report));
    report.finish();
    let drawing = shaped.map_or_else(String::new, |shaped| expand::drawing(&shaped));
    quote!(#drawing)
}

/// The mistakes in a listing, in source order.
pub fn check(tokens: TokenStream) -> Vec<Mistake> {
    let mut report = Report::default();
    let program = read(tokens, &mut report);
    for network in &program.networks {
        infer::infer(network, &program, &mut report);
    }
    report.finish()
}

fn read(tokens: TokenStream, report: &mut Report) -> Program {
    resolve::resolve(parse::parse(tokens, report), report)
}
