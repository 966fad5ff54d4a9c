//! Budgets that rustc checks, because they depend on another network, a Rust constant or a const generic.

use super::Message;
use crate::cost;
use crate::network::{self, LayerInfo, Network, Part, Signature};
use crate::size::{Bindings, Values, same_text};

/// How many of the largest layers an error names.
const NAMED: usize = 3;

/// How many levels of a layer's name are kept.
const LEVELS: usize = 16;

/// What is wrong where a network has more parameters than this; nothing, if it keeps to its budget.
pub const fn parameters<N: Network>(most: i64) -> Option<Message> {
    if N::PARAMETERS <= most {
        return None;
    }
    let message = Message::new().text("`").text(N::NAME).text("` has ").grouped(N::PARAMETERS);
    let message = message.text(" parameters, but its budget is ").grouped(most);
    Some(Largest::of(N::LAYERS, Measure(None)).written(message, N::PARAMETERS))
}

/// What is wrong where a network takes more multiply-adds than this at these sizes; nothing, if it keeps to its budget.
pub const fn multiply_adds<N: Network>(sizes: &Bindings<'static>, most: i64) -> Option<Message> {
    let values = at(N::INPUTS, sizes);
    let message = Message::new().text("`").text(N::NAME);
    let Some(total) = cost::of_layers(N::LAYERS, values.bindings()) else {
        return Some(uncounted(N::NAME, N::INPUTS, &values));
    };
    if total <= most {
        return None;
    }
    let message = message.text("` takes ").grouped(total).text(" multiply-adds");
    let message = match cost::batch(N::INPUTS) {
        Some(batch) if !is_given(batch, sizes) => message.text(" per sample"),
        _ => message,
    };
    let message = written_sizes(message, sizes).text(", but its budget is ").grouped(most);
    Some(Largest::of(N::LAYERS, Measure(Some(values))).written(message, total))
}

/// The given sizes, with a batch of 1 unless it is among them.
const fn at(inputs: &[Signature], sizes: &Bindings<'static>) -> Values {
    let mut values = match cost::batch(inputs) {
        Some(batch) => Values::NONE.with(batch, 1),
        None => Values::NONE,
    };
    let mut index = 0;
    while index < sizes.len() {
        values = values.with(sizes[index].0, sizes[index].1);
        index += 1;
    }
    values
}

const fn is_given(name: &str, sizes: &Bindings) -> bool {
    let mut index = 0;
    while index < sizes.len() {
        if same_text(sizes[index].0, name) {
            return true;
        }
        index += 1;
    }
    false
}

/// ` at H=224, W=224`
const fn written_sizes(mut message: Message, sizes: &Bindings) -> Message {
    let mut index = 0;
    while index < sizes.len() {
        let (name, value) = sizes[index];
        message = message.text(if index == 0 { " at " } else { ", " }).text(name).text("=").number(value);
        index += 1;
    }
    message
}

/// Why the multiply-adds cannot be counted: a size is open, or they are too many.
const fn uncounted(network: &str, inputs: &[Signature], values: &Values) -> Message {
    let message = Message::new().text("the multiply-adds of `").text(network);
    let mut input = 0;
    while input < inputs.len() {
        let dims = inputs[input].ty.dims;
        let mut axis = 0;
        while axis < dims.len() {
            if let Some((name, _)) = dims[axis].binds()
                && !is_given(name, values.bindings())
            {
                let message = message.text("` depend on `").text(name).text("`");
                return message.text("\nhelp: say at which size they are counted: `macs(").text(name).text("=..)`");
            }
            axis += 1;
        }
        input += 1;
    }
    message.text("` do not fit an i64")
}

/// What is counted: the multiply-adds at these sizes, or the parameters, which do not depend on sizes.
#[derive(Clone, Copy)]
struct Measure(Option<Values>);

impl Measure {
    /// What a layer adds itself.
    const fn own(&self, layer: &LayerInfo) -> i64 {
        match &self.0 {
            None => network::trained(layer.tensors),
            Some(sizes) => match layer.multiply_adds.evaluate(sizes.bindings()) {
                Some(count) => count,
                None => 0,
            },
        }
    }

    /// Whether a layer is not counted here, but where a `shared` is declared or used.
    const fn passes_over(&self, layer: &LayerInfo) -> bool {
        match self.0 {
            None => matches!(layer.part, Part::Used),
            Some(_) => matches!(layer.part, Part::Declared),
        }
    }

    /// The measure inside a stage. Another network has its own symbols.
    const fn inside(self, layer: &LayerInfo) -> Measure {
        match (self.0, layer.network) {
            (Some(sizes), Some(network)) => Measure(cost::inner(network.inputs, network.fed, sizes.bindings())),
            _ => self,
        }
    }
}

/// A layer with what it adds, and its name: each level's name and turn.
#[derive(Clone, Copy)]
struct Share {
    count: i64,
    listing: &'static str,
    levels: [(&'static str, usize); LEVELS],
    depth: usize,
}

impl Share {
    const NONE: Share = Share { count: 0, listing: "", levels: [("", 0); LEVELS], depth: 0 };

    const fn below(mut self, layer: &LayerInfo, turn: usize) -> Share {
        // A use of a `shared` has no name of its own.
        let name = if matches!(layer.part, Part::Used) { layer.kind } else { layer.name };
        if !name.is_empty() && self.depth < LEVELS {
            self.levels[self.depth] = (name, turn);
            self.depth += 1;
        }
        self
    }

    /// `layer4.0.conv2: conv 512 k=3`
    const fn written(&self, mut message: Message) -> Message {
        let mut level = 0;
        while level < self.depth {
            let (name, turn) = self.levels[level];
            message = if level > 0 { message.text(".") } else { message };
            message = message.counted(name, turn);
            level += 1;
        }
        let message = if self.depth > 0 { message.text(": ") } else { message };
        message.text(self.listing)
    }
}

/// The layers that add most, in descending order.
#[derive(Clone, Copy)]
struct Largest([Share; NAMED]);

impl Largest {
    const fn of(layers: &'static [LayerInfo], measure: Measure) -> Largest {
        Largest([Share::NONE; NAMED]).with_all(layers, measure, Share::NONE)
    }

    const fn with_all(mut self, layers: &'static [LayerInfo], measure: Measure, above: Share) -> Largest {
        let mut index = 0;
        while index < layers.len() {
            let layer = &layers[index];
            let mut turn = 0;
            // Further turns would not be named.
            while turn < layer.turns && turn < NAMED && !measure.passes_over(layer) {
                let share = above.below(layer, turn);
                self = self.with(Share { count: measure.own(layer), listing: layer.listing, ..share });
                self = self.with_all(layer.children, measure.inside(layer), share);
                turn += 1;
            }
            index += 1;
        }
        self
    }

    /// Inserts a share if it is among the largest. Equal ones stay in order.
    const fn with(mut self, mut share: Share) -> Largest {
        let mut place = 0;
        while place < NAMED {
            if share.count > self.0[place].count {
                (self.0[place], share) = (share, self.0[place]);
            }
            place += 1;
        }
        self
    }

    const fn written(&self, mut message: Message, total: i64) -> Message {
        let mut place = 0;
        while place < NAMED && self.0[place].count > 0 {
            let share = &self.0[place];
            let percent = (share.count as i128 * 100 / total as i128) as i64;
            message = message.text("\nnote: ").grouped(share.count).text(" of them, ").number(percent);
            message = share.written(message.text(" %, are in `")).text("`");
            place += 1;
        }
        message
    }
}
