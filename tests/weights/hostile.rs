//! Damaged and malicious files: each is an error that changes nothing, and takes no more memory than the file's own size.

use super::{file, open};
use nn_dsl::prelude::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;

/// How often each file is damaged.
const CASES: usize = 1000;

/// The memory that opening a file of some kilobytes may take.
const MEMORY: isize = 1 << 20;

/// Counts the memory that each thread holds.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

/// A thread that is ending is no longer counted.
fn count(bytes: isize) {
    let _ = HELD.try_with(|held| {
        held.set(held.get() + bytes);
        MOST.with(|most| most.set(most.get().max(held.get())));
    });
}

// SAFETY: the system's allocator does everything.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        unsafe { System.dealloc(memory, layout) }
    }
}

/// The peak of this thread's memory during `work`.
fn memory<T>(work: impl FnOnce() -> T) -> (T, isize) {
    let before = HELD.get();
    MOST.set(before);
    let result = work();
    (result, MOST.get() - before)
}

fn variables(vs: &nn::VarStore) -> BTreeMap<String, Tensor> {
    vs.variables().into_iter().collect()
}

/// Variables of zeros for the tensors of tests/weights/files.py.
fn zeros() -> nn::VarStore {
    let vs = nn::VarStore::new(Device::Cpu);
    let expected = open("expected.safetensors");
    for name in expected.names() {
        let tensor = expected.tensor(name).unwrap().expect("it is named");
        let _ = vs.root().add(name, tensor.zeros_like(), false);
    }
    vs
}

/// Cuts a file short, or changes some of its bytes.
fn damage(bytes: &mut Vec<u8>, random: &mut fastrand::Rng) {
    if random.u8(..4) == 0 {
        return bytes.truncate(random.usize(..bytes.len()));
    }
    for _ in 0..random.usize(1..8) {
        let at = random.usize(..bytes.len());
        bytes[at] = match random.u8(..4) {
            0 => 0,
            1 => 0xff,
            2 => bytes[at] ^ (1 << random.u8(..8)),
            _ => random.u8(..),
        };
    }
}

/// Loads damaged copies of a file. If checksums guard the data, whatever loads must be what was saved.
fn survives(name: &str, rules: impl Fn(Weights) -> Weights, guarded: bool) {
    let whole = std::fs::read(file(name)).unwrap();
    let copy = file(&format!("damaged-{name}"));
    let mut random = fastrand::Rng::with_seed(7);
    let (mut vs, unchanged) = (zeros(), variables(&zeros()));
    let expected = {
        rules(open(name)).load(&vs).unwrap();
        std::mem::replace(&mut vs, zeros())
    };
    let mut refused = 0;
    for case in 0..CASES {
        let mut bytes = whole.clone();
        damage(&mut bytes, &mut random);
        std::fs::write(&copy, &bytes).unwrap();
        let (opened, taken) = memory(|| Weights::open(&copy));
        assert!(taken < MEMORY, "opening case {case} of {name} takes {taken} bytes");
        match opened.and_then(|weights| rules(weights).load(&vs)) {
            Ok(_) => {
                assert!(!guarded || variables(&vs) == variables(&expected), "case {case} of {name}");
                vs = zeros();
            }
            Err(error) => {
                refused += 1;
                assert!(error.to_string().contains("\nhelp: "), "case {case} of {name}: {error}");
                assert_eq!(variables(&vs), unchanged, "case {case} of {name}: {error}");
            }
        }
    }
    assert!(refused > CASES / 4, "{refused} of {name}");
    std::fs::remove_file(copy).unwrap();
}

#[test]
fn damaged_files_are_refused_or_loaded_whole() {
    for (name, guarded) in [("new.pt", true), ("protocol4.pt", true), ("legacy.pt", false)] {
        survives(name, |weights| weights, guarded);
    }
    for name in ["plain.npz", "compressed.npz"] {
        survives(name, |weights| weights.ignore("bfloat16"), true);
    }
    survives("expected.safetensors", |weights| weights, false);
}

/// The error for a file with these bytes. It must take little memory.
fn error(bytes: &[u8]) -> String {
    let path = file("crafted");
    std::fs::write(&path, bytes).unwrap();
    let (opened, taken) = memory(|| Weights::open(&path));
    assert!(taken < MEMORY, "{taken} bytes");
    let error = opened.map(|weights| weights.to_string()).expect_err("it is hostile").to_string();
    error.replace(path.to_str().unwrap(), "crafted")
}

/// A safetensors file with this header.
fn safetensors(header: &str, numbers: usize) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &vec![0; numbers]].concat()
}

#[test]
fn what_is_declared_is_not_believed() {
    assert!(error(b"").contains("cannot be read as a safetensors file"));
    assert!(error(&[0xff; 64]).contains("cannot be read as a safetensors file: header too large"));
    let huge = r#"{"a":{"dtype":"F32","shape":[4000000000,4000000000],"data_offsets":[0,16]}}"#;
    assert!(error(&safetensors(huge, 16)).contains("cannot be read as a safetensors file: "));
    let overlapping = r#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},
        "b":{"dtype":"F32","shape":[4],"data_offsets":[8,24]}}"#;
    assert!(error(&safetensors(overlapping, 24)).contains("invalid offset for tensor `b`"));
    // 2^60 elements in a storage of PyTorch's before 1.6.
    let mut legacy = std::fs::read(file("legacy.pt")).unwrap();
    let keys_end = legacy.windows(2).rposition(|bytes| bytes == b"e.").expect("a list of keys") + 2;
    legacy[keys_end..keys_end + 8].copy_from_slice(&(1u64 << 60).to_le_bytes());
    assert!(error(&legacy).contains("elements, and should have"), "{}", error(&legacy));
}

#[test]
fn a_pickle_does_not_grow() {
    let pickle = |program: &[u8]| {
        [b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02N.\x80\x02N.", program, b"\x80\x02]."].concat()
    };
    // A dictionary that contains itself, and forty nested dictionaries, each of which has the one before twice.
    assert!(error(&pickle(b"\x80\x02}q\x00X\x01\x00\x00\x00ah\x00s.")).contains("nested without end"));
    let mut doubling = b"\x80\x02}q\x00".to_vec();
    for depth in 0..40 {
        doubling.extend([b'}', b'q', depth + 1, b'(', b'K', 0, b'h', depth, b'K', 1, b'h', depth, b'u']);
    }
    doubling.push(b'.');
    assert!(error(&pickle(&doubling)).contains("nested without end"));
    assert!(error(&pickle(b"\x80\x02X\xff\xff\xff\xff.")).contains("expected 4294967295 more bytes"));
    assert!(error(&pickle(b"\x80\x02cos\nsystem\n.")).contains("it asks for Python's `os.system`"));
    assert!(error(&pickle(b"\x80\x02R.")).contains("a value is missing"));
}

#[test]
fn a_bomb_is_not_unpacked() {
    let (weights, taken) = memory(|| open("zeros.npz"));
    assert_eq!(weights.shape("zeros"), Some(&[4096, 4096][..]));
    let vs = nn::VarStore::new(Device::Cpu);
    let _ = vs.root().add("zeros", Tensor::ones([2, 2], (Kind::Float, Device::Cpu)), false);
    let (refused, more) = memory(|| weights.load(&vs).unwrap_err().to_string());
    assert!(refused.contains("`zeros` is f32 [2, 2] in the network and f32 [4096, 4096] in the file"), "{refused}");
    assert!(taken + more < MEMORY, "{taken} and {more} bytes");
    // A declared size that deflate cannot reach is refused.
    let mut bytes = std::fs::read(file("zeros.npz")).unwrap();
    let directory = bytes.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").expect("a directory");
    bytes[directory + 24..directory + 28].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
    assert!(error(&bytes).contains("bytes cannot hold the 4294967280 that are declared"), "{}", error(&bytes));
    assert!(Path::new(&file("zeros.npz")).metadata().unwrap().len() < 1 << 17);
}
