//! What rustc renders: mistakes in listings, as the terminal shows them.
//!
//! The messages themselves are tested in `nn-compiler`; here it matters that they point at the right token of a real file, that
//! one mistake is one error, and what is left to rustc. `TRYBUILD=overwrite` writes what rustc says now.

#[test]
fn errors() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
