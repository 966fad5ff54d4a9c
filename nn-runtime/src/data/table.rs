//! Tables of comma-separated values.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use csv::{ErrorKind, StringRecord, Trim};
use tch::Tensor;

use crate::Error;

/// A CSV file to read, with its delimiter and whether its first line is a header.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("irises.csv");
/// # std::fs::write(&path, "length;width;species\n5.1;3.5;setosa\n6.2;2.9;versicolor\n").unwrap();
/// use nn_runtime::data::{Csv, TensorDataset};
///
/// let table = Csv::new(path).delimiter(b';').read()?;
/// let features = table.floats(["length", "width"])?;
/// let (labels, species) = table.classes("species")?;
/// assert_eq!((features.size(), labels.size()), (vec![2, 2], vec![2]));
/// assert_eq!(species, ["setosa", "versicolor"]);
/// let irises = TensorDataset::new((features, labels))?;
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Csv {
    path: PathBuf,
    delimiter: u8,
    header: bool,
}

impl Csv {
    /// A file of comma-separated values with a header.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), delimiter: b',', header: true }
    }

    /// Sets the delimiter (a comma).
    pub fn delimiter(self, delimiter: u8) -> Self {
        Self { delimiter, ..self }
    }

    /// Treats the first line as values, not as a header; columns are then numbered from 0.
    pub fn no_header(self) -> Self {
        Self { header: false, ..self }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// If it cannot be read, is not UTF-8, or has a line with more or fewer values than the first.
    pub fn read(self) -> Result<Table, Error> {
        let wrong = |error| wrong(&self.path, error);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .has_headers(self.header)
            .trim(Trim::All)
            .from_path(&self.path)
            .map_err(wrong)?;
        let names =
            if self.header { reader.headers().map_err(wrong)?.iter().map(str::to_owned).collect() } else { Vec::new() };
        let rows = reader.into_records().collect::<Result<_, _>>().map_err(wrong)?;
        Ok(Table { path: self.path, names, rows })
    }
}

/// A table of text, whose columns you can get as tensors: [`Csv::read`].
#[derive(Clone, Debug)]
pub struct Table {
    path: PathBuf,
    names: Vec<String>,
    rows: Vec<StringRecord>,
}

/// A column, by its name or its number from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// Its name in the first line.
    Name(String),
    /// Its number, from 0.
    Number(usize),
}

impl From<&str> for Column {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<usize> for Column {
    fn from(number: usize) -> Self {
        Self::Number(number)
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "`{name}`"),
            Self::Number(number) => number.fmt(f),
        }
    }
}

impl Table {
    /// The names of the columns; none if the file has no header.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Returns columns as `f32[rows, columns]`.
    ///
    /// # Errors
    /// If there is no such column, or a value is not a finite number.
    pub fn floats<C: Into<Column>>(&self, columns: impl IntoIterator<Item = C>) -> Result<Tensor, Error> {
        let finite = |text: &str| text.parse().ok().filter(|number: &f32| number.is_finite());
        let columns = columns
            .into_iter()
            .map(|column| Ok(Tensor::f_from_slice(&self.parsed(&column.into(), "a number", finite)?)?));
        Ok(Tensor::f_stack(&columns.collect::<Result<Vec<_>, Error>>()?, 1)?)
    }

    /// Returns a column as `i64[rows]`.
    ///
    /// # Errors
    /// If there is no such column, or a value is not an integer.
    pub fn integers(&self, column: impl Into<Column>) -> Result<Tensor, Error> {
        let numbers = self.parsed(&column.into(), "an integer", |text| text.parse::<i64>().ok())?;
        Ok(Tensor::f_from_slice(&numbers)?)
    }

    /// Returns a column of names as classes, `i64[rows]`, and the sorted names that they stand for.
    ///
    /// # Errors
    /// If there is no such column, or a value is empty.
    pub fn classes(&self, column: impl Into<Column>) -> Result<(Tensor, Vec<String>), Error> {
        let names = self.parsed(&column.into(), "a name", |text| (!text.is_empty()).then_some(text))?;
        let classes: Vec<&str> = names.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let class = |name| classes.binary_search(name).expect("it is one of them") as i64;
        let labels: Vec<i64> = names.iter().map(class).collect();
        Ok((Tensor::f_from_slice(&labels)?, classes.into_iter().map(str::to_owned).collect()))
    }

    /// Returns a column as text.
    ///
    /// # Errors
    /// If there is no such column.
    pub fn texts(&self, column: impl Into<Column>) -> Result<Vec<&str>, Error> {
        self.parsed(&column.into(), "text", Some)
    }

    fn parsed<'a, T>(
        &'a self,
        column: &Column,
        expected: &str,
        parse: impl Fn(&'a str) -> Option<T>,
    ) -> Result<Vec<T>, Error> {
        let number = self.find(column)?;
        let value = |row: &'a StringRecord| {
            parse(&row[number]).ok_or_else(|| Error::Table {
                path: self.path.clone(),
                place: format!("line {}, column {column}", line(row.position())),
                reason: format!("expected {expected}, found `{}`", &row[number]),
                help: "correct the value or delete the line; use `classes` for a column of names".to_owned(),
            })
        };
        self.rows.iter().map(value).collect()
    }

    /// The number of a column.
    fn find(&self, column: &Column) -> Result<usize, Error> {
        let width = self.rows.first().map_or(self.names.len(), StringRecord::len);
        let found = match column {
            Column::Name(name) => self.names.iter().position(|known| known == name),
            Column::Number(number) => Some(*number).filter(|number| *number < width),
        };
        found.ok_or_else(|| Error::Table {
            path: self.path.clone(),
            place: "line 1".to_owned(),
            reason: format!("there is no column {column}"),
            help: if self.names.is_empty() {
                format!("the table has no header; its columns are 0 to {}", width.saturating_sub(1))
            } else {
                format!("the columns are {}", self.names.join(", "))
            },
        })
    }
}

fn line(position: Option<&csv::Position>) -> u64 {
    position.map_or(0, csv::Position::line)
}

/// An error of the CSV reader, in the form of the other errors.
fn wrong(path: &Path, error: csv::Error) -> Error {
    let place = format!("line {}", line(error.position()));
    let (reason, help) = match error.into_kind() {
        ErrorKind::Io(reason) => return Error::reading(path)(reason),
        ErrorKind::UnequalLengths { expected_len, len, .. } => (
            format!("expected {expected_len} values as in the first line, found {len}"),
            "put a value that contains the separator in quotes; `Csv::delimiter` sets the separator",
        ),
        ErrorKind::Utf8 { err, .. } => {
            (format!("expected UTF-8, found other bytes in value {}", err.field()), "save it as UTF-8")
        }
        other => (format!("{other:?}"), "this is not a CSV file"),
    };
    Error::Table { path: path.into(), place, reason, help: help.to_owned() }
}

#[cfg(test)]
mod tests;
