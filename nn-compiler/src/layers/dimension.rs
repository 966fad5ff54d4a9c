//! Arguments that name dimensions of a tensor; negative ones count from the last.

use super::{Context, Failure};
use crate::place::Place;
use crate::state::{Datum, Given};

impl Context<'_> {
    /// A dimension of a tensor with `rank` of them.
    pub fn dimension(&self, name: &str, rank: usize, default: i64) -> Result<usize, Failure> {
        match self.argument(name) {
            Some(given) => self.as_dimension(name, given, rank),
            None => self.axis(default, rank, self.place(name)),
        }
    }

    /// As [`Context::dimension`], for a required argument.
    pub fn required_dimension(&self, name: &str, rank: usize) -> Result<usize, Failure> {
        let given = self.argument(name).ok_or(Failure::Reported)?;
        self.as_dimension(name, given, rank)
    }

    /// One dimension, or a tuple of distinct ones.
    pub fn dimensions(&self, name: &str, rank: usize) -> Result<Option<Vec<usize>>, Failure> {
        let Some(given) = self.argument(name) else { return Ok(None) };
        let Datum::Tuple(items) = &given.datum else { return Ok(Some(vec![self.as_dimension(name, given, rank)?])) };
        let mut dims = Vec::new();
        for item in items {
            let dim = self.as_dimension(name, item, rank)?;
            if dims.contains(&dim) {
                return Err(self.mistake(item.place, format!("dimension {dim} is named twice")).into());
            }
            dims.push(dim);
        }
        Ok(Some(dims))
    }

    fn as_dimension(&self, name: &str, given: &Given, rank: usize) -> Result<usize, Failure> {
        self.axis(self.as_integer(name, given)?, rank, given.place)
    }

    fn axis(&self, dimension: i64, rank: usize, place: Place) -> Result<usize, Failure> {
        let from_start = if dimension < 0 { dimension + rank as i64 } else { dimension };
        usize::try_from(from_start).ok().filter(|dimension| *dimension < rank).ok_or_else(|| {
            let what = format!("the input has {}, so there is no dimension {dimension}", counted(rank));
            self.mistake(place, what).into()
        })
    }
}

/// `1 dimension`, `2 dimensions`
pub fn counted(rank: usize) -> String {
    if rank == 1 { "1 dimension".to_string() } else { format!("{rank} dimensions") }
}
