//! A pickle is a program for a stack machine ([`pickletools`](https://docs.python.org/3/library/pickletools.html) describes
//! its instructions), and may call any Python function. This machine knows the few that make tensors, and refuses a pickle
//! that names another.

use std::collections::BTreeMap;

use super::{Id, MOST_DIMENSIONS, Storage, Value, View, size};
use crate::weights::cursor::{Cursor, Damage};
use crate::weights::global::{Global, global};

/// More than any state dict needs. It limits the memory that a hostile file can use.
const MOST_VALUES: usize = 1 << 22;

/// While it runs.
pub struct Machine<'i, 'a> {
    input: &'i mut Cursor<'a>,
    values: Vec<Value<'a>>,
    stack: Vec<Id>,
    /// The height of the stack at each mark.
    marks: Vec<usize>,
    memo: BTreeMap<u32, Id>,
}

impl<'i, 'a> Machine<'i, 'a> {
    pub fn new(input: &'i mut Cursor<'a>) -> Self {
        Machine { input, values: Vec::new(), stack: Vec::new(), marks: Vec::new(), memo: BTreeMap::new() }
    }

    /// All values, and the one that the pickle describes.
    pub fn run(mut self) -> Result<(Vec<Value<'a>>, Id), Damage> {
        loop {
            let at = self.input.at;
            let placed = |damage: Damage| {
                if damage.reason.starts_with("byte ") {
                    damage
                } else {
                    Damage { reason: format!("byte {at}: {}", damage.reason), ..damage }
                }
            };
            if !self.step().map_err(placed)? {
                let root = self.pop()?;
                return Ok((self.values, root));
            }
        }
    }

    /// Executes one instruction. Returns false for the last one.
    fn step(&mut self) -> Result<bool, Damage> {
        let code = self.input.byte()?;
        if code == b'.' {
            return Ok(false);
        }
        if self.scalar(code)? || self.text(code)? || self.remember(code)? || self.collect(code)? || self.make(code)? {
            return Ok(true);
        }
        Err(format!("an instruction 0x{code:02x}, which no state dict has").into())
    }

    fn scalar(&mut self, code: u8) -> Result<bool, Damage> {
        let value = match code {
            b'N' => Value::Other,
            0x88 => Value::Int(1),
            0x89 => Value::Int(0),
            b'J' => Value::Int(i32::from_le_bytes(self.input.array()?).into()),
            b'K' => Value::Int(self.input.byte()?.into()),
            b'M' => Value::Int(u16::from_le_bytes(self.input.array()?).into()),
            0x8a => {
                let length = self.input.byte()?.into();
                long(self.input.take(length)?)
            }
            b'G' => {
                self.input.take(8)?;
                Value::Other
            }
            _ => return Ok(false),
        };
        self.push(value)
    }

    fn text(&mut self, code: u8) -> Result<bool, Damage> {
        let length = match code {
            0x8c | b'U' | b'C' => self.input.byte()?.into(),
            b'X' | b'T' | b'B' => self.input.length()?,
            0x8d | 0x8e => self.input.long_length()?,
            _ => return Ok(false),
        };
        let value = match code {
            b'C' | b'B' | 0x8e => {
                self.input.take(length)?;
                Value::Other
            }
            _ => Value::Text(self.input.text(length)?),
        };
        self.push(value)
    }

    /// Instructions that move values but make none.
    fn remember(&mut self, code: u8) -> Result<bool, Damage> {
        match code {
            // The version, and the length of the following frame.
            0x80 => drop(self.input.byte()?),
            0x95 => drop(self.input.take(8)?),
            b'(' => self.marks.push(self.stack.len()),
            b'0' => drop(self.pop()?),
            b'q' => {
                let index = self.input.byte()?.into();
                self.memo.insert(index, self.top()?);
            }
            b'r' => {
                let index = u32::from_le_bytes(self.input.array()?);
                self.memo.insert(index, self.top()?);
            }
            0x94 => {
                let index = self.memo.len() as u32;
                self.memo.insert(index, self.top()?);
            }
            b'h' | b'j' => {
                let index =
                    if code == b'h' { self.input.byte()?.into() } else { u32::from_le_bytes(self.input.array()?) };
                let id = self.memo.get(&index).ok_or("nothing is remembered under that number")?;
                self.stack.push(*id);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn collect(&mut self, code: u8) -> Result<bool, Damage> {
        let value = match code {
            b']' | b')' | 0x8f => Value::List(Vec::new()),
            b'}' => Value::Dict(Vec::new()),
            b't' => Value::List(self.pop_marked()?),
            0x85..=0x87 => Value::List(self.pop_many(usize::from(code - 0x84))?),
            b'a' => {
                let item = self.pop()?;
                return self.append(vec![item]);
            }
            b'e' | 0x90 => {
                let items = self.pop_marked()?;
                return self.append(items);
            }
            b's' => {
                let pair = self.pop_many(2)?;
                return self.insert(&pair);
            }
            b'u' => {
                let pairs = self.pop_marked()?;
                return self.insert(&pairs);
            }
            _ => return Ok(false),
        };
        self.push(value)
    }

    /// Instructions that refer to Python's classes and functions.
    fn make(&mut self, code: u8) -> Result<bool, Damage> {
        let value = match code {
            b'c' => {
                let (module, name) = (self.input.line()?, self.input.line()?);
                Value::Global(global(module, name)?)
            }
            0x93 => {
                let named = self.pop_many(2)?;
                let [Value::Text(module), Value::Text(name)] = [&self.values[named[0]], &self.values[named[1]]] else {
                    return Err("a class whose name is not text".into());
                };
                Value::Global(global(module, name)?)
            }
            b'R' | 0x81 => {
                let call = self.pop_many(2)?;
                self.call(call[0], call[1])?
            }
            b'Q' => {
                let id = self.pop()?;
                self.storage(id)?
            }
            b'b' => {
                let state = self.pop()?;
                return self.set_state(state);
            }
            _ => return Ok(false),
        };
        self.push(value)
    }

    fn call(&mut self, callee: Id, arguments: Id) -> Result<Value<'a>, Damage> {
        let Value::Global(callee) = self.values[callee] else {
            return Err("a call of something that is not a function".into());
        };
        let first = self.list(arguments)?.first().copied();
        Ok(match (callee, first) {
            (Global::OrderedDict, Some(pairs)) => Value::Dict(self.take_pairs(pairs)?),
            (Global::OrderedDict | Global::Object, _) => Value::Dict(Vec::new()),
            (Global::Tensor, _) => Value::Tensor(self.tensor(self.list(arguments)?)?),
            (Global::Parameter, Some(tensor)) => match self.values[tensor] {
                Value::Tensor(view) => Value::Tensor(view),
                _ => return Err("a parameter without a tensor".into()),
            },
            _ => Value::Other,
        })
    }

    /// `OrderedDict([(key, value), ..])`, as Python 2 wrote it. The pairs are moved, not copied.
    fn take_pairs(&mut self, list: Id) -> Result<Vec<(Id, Id)>, Damage> {
        let Value::List(pairs) = &mut self.values[list] else { return Err("a dictionary of no pairs".into()) };
        let pairs = std::mem::take(pairs);
        let pair = |id| match self.list(id)? {
            [key, value] => Ok((*key, *value)),
            _ => Err("a dictionary of no pairs".into()),
        };
        pairs.into_iter().map(pair).collect()
    }

    /// `('storage', class, key, device, elements)`
    fn storage(&self, id: Id) -> Result<Value<'a>, Damage> {
        let (parts, view) = match *self.list(id)? {
            [_, class, key, _, elements] => ([class, key, elements], None),
            [_, class, key, _, elements, view] => ([class, key, elements], Some(view)),
            _ => return Err("a reference to something that is not a storage".into()),
        };
        if view.is_some_and(|view| !matches!(self.values[view], Value::Other)) {
            return Err("a view of a storage, as PyTorch wrote it before 0.4".into());
        }
        match parts.map(|id| &self.values[id]) {
            [Value::Global(Global::Storage(dtype)), Value::Text(key), elements] => {
                Ok(Value::Storage(Storage { dtype: *dtype, key, elements: size(elements)? }))
            }
            _ => Err("a reference to something that is not a storage".into()),
        }
    }

    /// `(storage, offset, shape, strides, .., dtype?)`
    fn tensor(&self, arguments: &[Id]) -> Result<View<'a>, Damage> {
        let [storage, offset, shape, strides, rest @ ..] = arguments else {
            return Err("a tensor without a shape".into());
        };
        let Value::Storage(storage) = self.values[*storage] else { return Err("a tensor without a storage".into()) };
        let named = rest.iter().take(MOST_DIMENSIONS).find_map(|&id| match self.values[id] {
            Value::Global(Global::Dtype(dtype)) => Some(dtype),
            _ => None,
        });
        let dtype = storage.dtype.or(named).ok_or("a tensor without a type")?;
        let offset = size(&self.values[*offset])?;
        Ok(View { dtype, key: storage.key, offset, shape: *shape, strides: *strides })
    }

    fn list(&self, id: Id) -> Result<&[Id], Damage> {
        match &self.values[id] {
            Value::List(items) => Ok(items),
            _ => Err("something that is not a list where there must be one".into()),
        }
    }

    /// Moves attributes into an object. Those of a dictionary do not belong to tensors.
    fn set_state(&mut self, state: Id) -> Result<bool, Damage> {
        let object = self.top()?;
        let is_empty = matches!(&self.values[object], Value::Dict(own) if own.is_empty());
        if let (true, Value::Dict(attributes)) = (is_empty, &mut self.values[state]) {
            self.values[object] = Value::Dict(std::mem::take(attributes));
        }
        Ok(true)
    }

    fn append(&mut self, new: Vec<Id>) -> Result<bool, Damage> {
        let list = self.top()?;
        let Value::List(items) = &mut self.values[list] else {
            return Err("items of something that is not a list".into());
        };
        items.extend(new);
        Ok(true)
    }

    fn insert(&mut self, new: &[Id]) -> Result<bool, Damage> {
        let dict = self.top()?;
        let (pairs, rest) = new.as_chunks();
        let Value::Dict(entries) = &mut self.values[dict] else {
            return Err("entries of something that is not a dictionary".into());
        };
        if !rest.is_empty() {
            return Err("a key without a value".into());
        }
        entries.extend(pairs.iter().map(|&[key, value]| (key, value)));
        Ok(true)
    }

    fn push(&mut self, value: Value<'a>) -> Result<bool, Damage> {
        if self.values.len() == MOST_VALUES {
            return Err(format!("it has more than {MOST_VALUES} values, which no state dict has").into());
        }
        self.stack.push(self.values.len());
        self.values.push(value);
        Ok(true)
    }

    fn top(&self) -> Result<Id, Damage> {
        let bottom = self.marks.last().copied().unwrap_or(0);
        self.stack[bottom..].last().copied().ok_or_else(|| "a value is missing".into())
    }

    fn pop(&mut self) -> Result<Id, Damage> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    fn pop_many(&mut self, count: usize) -> Result<Vec<Id>, Damage> {
        let mut popped = (0..count).map(|_| self.pop()).collect::<Result<Vec<_>, _>>()?;
        popped.reverse();
        Ok(popped)
    }

    fn pop_marked(&mut self) -> Result<Vec<Id>, Damage> {
        let mark = self.marks.pop().ok_or("a mark is missing")?;
        Ok(self.stack.split_off(mark))
    }
}

/// An integer of any length, the least significant byte first. One of more than eight bytes is no size.
fn long<'a>(bytes: &[u8]) -> Value<'a> {
    let negative = bytes.last().is_some_and(|&byte| byte >= 0x80);
    let mut extended = [if negative { 0xff } else { 0 }; 8];
    match extended.get_mut(..bytes.len()) {
        Some(start) => {
            start.copy_from_slice(bytes);
            Value::Int(i64::from_le_bytes(extended))
        }
        None => Value::Other,
    }
}
