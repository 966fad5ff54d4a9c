//! Mistakes in listings as rustc shows them in the terminal.
//!
//! The messages themselves are tested in `nn-compiler`. Here it matters that they point at the right token of a real
//! file, that each mistake is a single error, and what is left to rustc. `TRYBUILD=overwrite` writes rustc's present
//! output.

#[test]
fn errors() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
    // If some program passes, trybuild builds instead of checking, and only then are const generics evaluated.
    cases.pass("tests/ui/passes/*.rs");
}
