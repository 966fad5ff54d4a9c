//! Calls as they were written, for messages and outlines.

use crate::state::Datum;
use crate::tree::{Argument, Call};

impl Call {
    /// The call as it was written, on one line.
    pub fn listing(&self) -> String {
        let words: String = self.written().map(|(key, written)| format!(" {key}{written}")).collect();
        format!("{}{words}", self.name)
    }

    /// The call with names replaced by their numbers: `conv 64 k=3` where `conv c k=3` was written.
    /// `given`: the values of the arguments, in the order in which they were written.
    pub fn evaluated<'d>(&self, given: impl Iterator<Item = &'d Datum>) -> String {
        let words = self.written().zip(given).map(|((key, written), datum)| match datum {
            Datum::Size(size, _) if size.as_constant().is_some() => format!(" {key}{size}"),
            _ => format!(" {key}{written}"),
        });
        format!("{}{}", self.name, words.collect::<String>())
    }

    /// The arguments, each with its `key=` if it has one.
    fn written(&self) -> impl Iterator<Item = (String, &Argument)> {
        let by_key = self.settings.iter().map(|setting| (format!("{}=", setting.key), &setting.value));
        self.arguments.iter().map(|argument| (String::new(), argument)).chain(by_key)
    }
}
