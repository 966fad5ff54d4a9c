//! What rustc renders: mistakes in listings, as the terminal shows them.
//!
//! The messages themselves are tested in `nn-compiler`; here it matters that they point at the right token of a real file, that
//! one mistake is one error, and what is left to rustc. `TRYBUILD=overwrite` writes what rustc says now.

#[test]
fn errors() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
    // With a program that passes trybuild builds instead of checking, and only then are const generics evaluated.
    cases.pass("tests/ui/passes/*.rs");
}
