//! Python's pickles, as far as state dicts need them. No code in them runs.

mod machine;

use safetensors::Dtype;

use super::cursor::{Cursor, Damage};
use super::global::Global;
use machine::Machine;

/// The most dimensions that libtorch supports.
const MOST_DIMENSIONS: usize = 64;

/// A value's index among all values.
pub type Id = usize;

/// A value.
#[derive(Debug)]
pub enum Value<'a> {
    /// A value that does not belong to a tensor: `None`, a fraction, bytes.
    Other,
    /// A number or boolean.
    Int(i64),
    Text(&'a str),
    /// A list or tuple.
    List(Vec<Id>),
    /// A dictionary, or the attributes of a TorchScript object.
    Dict(Vec<(Id, Id)>),
    Global(Global),
    Storage(Storage<'a>),
    Tensor(View<'a>),
}

/// The part of the file with this key.
#[derive(Clone, Copy, Debug)]
pub struct Storage<'a> {
    /// `None` where each tensor has its own type.
    pub dtype: Option<Dtype>,
    pub key: &'a str,
    /// Bytes if it has no type.
    pub elements: usize,
}

/// A tensor as a view of a storage; `offset` in elements.
///
/// Shape and strides are not copied, since a hostile file can have many tensors of one long shape.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    pub dtype: Dtype,
    pub key: &'a str,
    pub offset: usize,
    shape: Id,
    strides: Id,
}

/// All values of a pickle.
pub struct Pickle<'a> {
    values: Vec<Value<'a>>,
    /// The value that the pickle describes.
    pub root: Id,
}

impl<'a> Pickle<'a> {
    /// Reads one pickle, up to its end.
    pub fn read(input: &mut Cursor<'a>) -> Result<Self, Damage> {
        let (values, root) = Machine::new(input).run()?;
        Ok(Self { values, root })
    }

    pub fn get(&self, id: Id) -> &Value<'a> {
        &self.values[id]
    }

    /// Its number of values, which limits how much can be visited.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// The storages that it names.
    pub fn storages(&self) -> impl Iterator<Item = Storage<'a>> {
        self.values.iter().filter_map(|value| match value {
            Value::Storage(storage) => Some(*storage),
            _ => None,
        })
    }

    /// The shape and the strides of a tensor, in elements.
    pub fn layout(&self, view: &View) -> Result<(Vec<usize>, Vec<usize>), Damage> {
        Ok((self.sizes(view.shape)?, self.sizes(view.strides)?))
    }

    fn sizes(&self, list: Id) -> Result<Vec<usize>, Damage> {
        match self.get(list) {
            Value::List(sizes) if sizes.len() <= MOST_DIMENSIONS => {
                sizes.iter().map(|&id| size(self.get(id))).collect()
            }
            _ => Err("a tensor whose shape is not a list of sizes".into()),
        }
    }
}

fn size(value: &Value) -> Result<usize, Damage> {
    match value {
        Value::Int(size) => usize::try_from(*size).map_err(|_| format!("a size of {size}").into()),
        _ => Err("a size that is not a number".into()),
    }
}
