//! Calls as they were written, for messages and outlines.

use crate::state::Datum;
use crate::tree::{Argument, Call};

impl Call {
    /// As it was written, on one line.
    pub fn listing(&self) -> String {
        let words: String = self.written().map(|(key, written)| format!(" {key}{written}")).collect();
        format!("{}{words}", self.name)
    }

    /// The same with numbers for the names that stand for them: `conv 64 k=3`, where `conv c k=3` is written.
    /// `given` is what the arguments stand for, in the order in which they are written.
    pub fn evaluated<'d>(&self, given: impl Iterator<Item = &'d Datum>) -> String {
        let words = self.written().zip(given).map(|((key, written), datum)| match datum {
            Datum::Size(size, _) if size.as_constant().is_some() => format!(" {key}{size}"),
            _ => format!(" {key}{written}"),
        });
        format!("{}{}", self.name, words.collect::<String>())
    }

    /// The arguments, with `key=` before those that have one.
    fn written(&self) -> impl Iterator<Item = (String, &Argument)> {
        let by_key = self.settings.iter().map(|setting| (format!("{}=", setting.key), &setting.value));
        self.arguments.iter().map(|argument| (String::new(), argument)).chain(by_key)
    }
}
