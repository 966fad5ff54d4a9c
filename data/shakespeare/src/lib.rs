#![doc = include_str!("../README.md")]

/// The text: speeches, each headed by its speaker, parted by empty lines; ASCII.
pub const TEXT: &str = include_str!("../shakespeare.txt");
