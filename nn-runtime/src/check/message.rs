//! Messages for rustc to print, built while constants are evaluated.

use crate::network::TensorType;
use crate::size::{Bindings, Size};

/// A message made in constant evaluation.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Message {
    bytes: [u8; 1024],
    length: usize,
}

impl Message {
    pub(super) const fn new() -> Message {
        Message { bytes: [0; 1024], length: 0 }
    }

    /// Appends a text, cut if it does not fit.
    pub(super) const fn text(mut self, text: &str) -> Message {
        let text = text.as_bytes();
        let mut index = 0;
        while index < text.len() && self.length < self.bytes.len() {
            self.bytes[self.length] = text[index];
            self.length += 1;
            index += 1;
        }
        self
    }

    pub(super) const fn number(self, value: i64) -> Message {
        self.digits(value, "")
    }

    /// `1_234_567`
    pub(super) const fn grouped(self, value: i64) -> Message {
        self.digits(value, "_")
    }

    /// Appends a name with the number at its end increased: the second turn of `layer0` is `layer1`.
    pub(super) const fn counted(self, name: &str, turn: usize) -> Message {
        let bytes = name.as_bytes();
        let (mut stem, mut number, mut weight) = (bytes.len(), 0, 1);
        while turn > 0 && stem > 0 && bytes[stem - 1].is_ascii_digit() {
            stem -= 1;
            number += (bytes[stem] - b'0') as i64 * weight;
            weight *= 10;
        }
        if stem == bytes.len() {
            self.text(name)
        } else {
            self.text(name.split_at(stem).0).number(number + turn as i64)
        }
    }

    const fn digits(self, value: i64, separator: &str) -> Message {
        let mut message = if value < 0 { self.text("-") } else { self };
        let value = value.unsigned_abs();
        let (mut divisor, mut left) = (1, 1);
        while value / divisor >= 10 {
            divisor *= 10;
            left += 1;
        }
        while divisor > 0 {
            let digit = [b'0' + ((value / divisor) % 10) as u8];
            message = match std::str::from_utf8(&digit) {
                Ok(digit) => message.text(digit),
                Err(_) => message,
            };
            (divisor, left) = (divisor / 10, left - 1);
            if left > 0 && left % 3 == 0 {
                message = message.text(separator);
            }
        }
        message
    }

    pub(super) const fn size(self, size: &Size) -> Message {
        match size {
            Size::Known(value) => self.number(*value),
            Size::Symbol(name) => self.text(name),
            Size::Sum(sizes) => self.sizes(sizes, " + "),
            Size::Product(sizes) => self.sizes(sizes, " * "),
            Size::Quotient(dividend, divisor) => self.size(dividend).text(" / ").size(divisor),
            Size::Remainder(dividend, divisor) => self.size(dividend).text(" % ").size(divisor),
        }
    }

    pub(super) const fn sizes(self, sizes: &[Size], separator: &str) -> Message {
        let mut message = self;
        let mut index = 0;
        while index < sizes.len() {
            if index > 0 {
                message = message.text(separator);
            }
            message = message.size(&sizes[index]);
            index += 1;
        }
        message
    }

    pub(super) const fn ty(self, ty: &TensorType) -> Message {
        self.text("[").sizes(ty.dims, ", ").text("]")
    }

    /// `[N, 64] and [N, 1]`
    pub(super) const fn types(self, types: &[TensorType]) -> Message {
        let mut message = self;
        let mut index = 0;
        while index < types.len() {
            message = if index > 0 { message.text(" and ") } else { message };
            message = message.ty(&types[index]);
            index += 1;
        }
        message
    }

    /// Appends the shapes in numbers, if they have symbols.
    pub(super) const fn example(self, types: &[TensorType], values: &Bindings) -> Message {
        let (mut message, mut symbolic) = (self.text("\nnote: it does not hold for "), false);
        let mut index = 0;
        while index < types.len() {
            message = message.text(if index > 0 { " and [" } else { "[" });
            let mut axis = 0;
            while axis < types[index].dims.len() {
                let size = &types[index].dims[axis];
                symbolic |= !matches!(size, Size::Known(_));
                message = if axis > 0 { message.text(", ") } else { message };
                message = match size.evaluate(values) {
                    Some(value) => message.number(value),
                    None => message.size(size),
                };
                axis += 1;
            }
            message = message.text("]");
            index += 1;
        }
        if symbolic { message } else { self }
    }

    /// The message.
    pub const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.length);
        match std::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "the shapes differ",
        }
    }
}
