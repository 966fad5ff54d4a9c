//! Text as numbers.
//!
//! ```
//! use nn_runtime::data::text::{self, Words};
//! use nn_runtime::data::{DataLoader, TensorDataset, synthetic};
//! use tch::Tensor;
//!
//! // Reviews, for a network that tells praise from blame.
//! let reviews = synthetic::reviews(100, 1);
//! let words = Words::of(reviews.iter().map(|review| &*review.text));
//! let tokens = words.encode(reviews.iter().map(|review| &*review.text), 20)?;
//! let praise: Vec<f32> = reviews.iter().map(|review| f32::from(review.positive)).collect();
//! let reviews = TensorDataset::new((tokens, Tensor::from_slice(&praise)))?;
//!
//! // Shakespeare, for a network that tells the next letter.
//! let (letters, tokens) = text::Characters::encoded(text::shakespeare());
//! let loader = DataLoader::new(text::Windows::new(tokens, 128), 64).shuffle();
//! let (seen, next) = loader.epoch(0).next().unwrap()?;
//! assert_eq!((seen.size(), next.size()), (vec![64, 128], vec![64, 128]));
//! # Ok::<(), nn_runtime::Error>(())
//! ```

use std::collections::BTreeSet;

use tch::{Device, Kind, Tensor};

use super::{BatchOf, Dataset, TensorDataset, guard};
use crate::Error;

/// Returns the beginning of a widely used selection of Shakespeare's plays, 250 KB: speeches, each headed by its
/// speaker.
pub fn shakespeare() -> &'static str {
    nn_shakespeare::TEXT
}

/// Words and their numbers. 0 is padding, 1 stands for any unknown word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    /// Fills up texts that are too short.
    pub const PADDING: i64 = 0;
    /// Stands for an unknown word.
    pub const UNKNOWN: i64 = 1;

    /// Collects the words of texts, separated by white space.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let words: BTreeSet<&str> = texts.into_iter().flat_map(str::split_whitespace).collect();
        Self(words.into_iter().map(str::to_owned).collect())
    }

    /// The number of rows that an embedding needs.
    pub fn len(&self) -> usize {
        self.0.len() + 2
    }

    /// Whether there are no words.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of a word.
    pub fn number(&self, word: &str) -> i64 {
        let found = self.0.binary_search_by(|known| known.as_str().cmp(word));
        found.map_or(Self::UNKNOWN, |index| index as i64 + 2)
    }

    /// Returns the word with a number, unless it stands for none.
    pub fn word(&self, number: i64) -> Option<&str> {
        self.0.get(usize::try_from(number - 2).ok()?).map(String::as_str)
    }

    /// Encodes texts as `i64[texts, length]`: longer texts are cut, shorter ones filled up with [`Words::PADDING`].
    ///
    /// # Errors
    /// If memory runs out.
    pub fn encode<'a>(&self, texts: impl IntoIterator<Item = &'a str>, length: usize) -> Result<Tensor, Error> {
        let mut numbers = Vec::new();
        let mut count = 0;
        for text in texts {
            count += 1;
            numbers.extend(text.split_whitespace().take(length).map(|word| self.number(word)));
            numbers.resize(count * length, Self::PADDING);
        }
        Ok(Tensor::f_from_slice(&numbers)?.f_view([count as i64, length as i64])?)
    }
}

/// Characters and their numbers, from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Characters(Vec<char>);

impl Characters {
    /// Collects the characters of a text.
    pub fn of(text: &str) -> Self {
        Self(text.chars().collect::<BTreeSet<char>>().into_iter().collect())
    }

    /// Collects the characters of a text, and encodes the text with them: `i64[characters]`.
    pub fn encoded(text: &str) -> (Self, Tensor) {
        let characters = Self::of(text);
        let tokens = characters.encode(text).expect("each character is one of the text's");
        (characters, tokens)
    }

    /// The number of different characters.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no characters.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Encodes a text as `i64[characters]`.
    ///
    /// # Errors
    /// If the text has a character that is not among these.
    pub fn encode(&self, text: &str) -> Result<Tensor, Error> {
        let number = |(place, character)| match self.0.binary_search(&character) {
            Ok(number) => Ok(number as i64),
            Err(_) => Err(Error::other(format!(
                "character {place}, {character:?}, is not one of the {} characters of the original text",
                self.len()
            ))),
        };
        let numbers = text.chars().enumerate().map(number).collect::<Result<Vec<i64>, _>>()?;
        Ok(Tensor::f_from_slice(&numbers)?)
    }

    /// Decodes numbers to text, with U+FFFD for numbers that stand for no character.
    pub fn decode(&self, numbers: &[i64]) -> String {
        let character = |&number: &i64| usize::try_from(number).ok().and_then(|number| self.0.get(number)).copied();
        numbers.iter().map(|number| character(number).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    }
}

/// All windows of `length` tokens in a long text, each with its target shifted by one: a sample is
/// `(tokens[i..i + length], tokens[i + 1..i + length + 1])`.
#[derive(Debug)]
pub struct Windows {
    tokens: TensorDataset<Tensor>,
    length: usize,
}

impl Windows {
    /// Takes `i64[tokens]`. A text of at most `length` tokens has no windows.
    ///
    /// # Panics
    /// If `tokens` does not have one dimension.
    #[track_caller]
    pub fn new(tokens: Tensor, length: usize) -> Self {
        assert_eq!(tokens.dim(), 1, "the tokens of a text have one dimension");
        Self { tokens: TensorDataset::new(tokens).expect("one tensor is as long as itself"), length }
    }
}

impl Dataset for Windows {
    type Sample = (Tensor, Tensor);

    fn len(&self) -> usize {
        self.tokens.len().saturating_sub(self.length)
    }

    fn get(&self, index: usize) -> Result<(Tensor, Tensor), Error> {
        let (seen, next) = self.batch(&[index])?;
        Ok((seen.f_squeeze_dim(0)?, next.f_squeeze_dim(0)?))
    }

    fn batch(&self, indices: &[usize]) -> Result<BatchOf<Self>, Error> {
        indices.iter().try_for_each(|&index| guard::within(index, self.len()))?;
        let starts: Vec<i64> = indices.iter().map(|&index| index as i64).collect();
        let offsets = Tensor::f_arange(self.length as i64 + 1, (Kind::Int64, Device::Cpu))?;
        let places = Tensor::f_from_slice(&starts)?.f_unsqueeze(1)?.f_add(&offsets)?;
        let tokens = self.tokens.tensors();
        let windows = tokens.f_take(&places.f_to_device(tokens.device())?)?;
        let part = |start| Ok::<_, Error>(windows.f_narrow(1, start, self.length as i64)?.f_contiguous()?);
        Ok((part(0)?, part(1)?))
    }
}

#[cfg(test)]
mod tests;
