//! The Python in the book runs in PyTorch. Its Rust is run by the documentation tests, its errors by `nn-compiler/tests/book.rs`.

mod reference;

/// The listings of a chapter in Python, in order.
fn python(chapter: &str) -> String {
    let blocks = chapter.split("```python\n").skip(1);
    let listings = blocks.map(|block| block.split_once("```").expect("a listing ends").0);
    listings.collect::<Vec<_>>().join("\n")
}

#[test]
fn python_runs() {
    let program = python(include_str!("../book/src/from-pytorch.md"));
    assert!(program.contains("class LeNet(nn.Module)"), "the chapter has no listings in Python");
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let folder = folder.path().to_str().expect("a path in UTF-8");
    reference::python(&["-c", &format!("import os, sys\nos.chdir(sys.argv[1])\n{program}"), folder]);
}
