//! The rows of the tables.

use std::fmt;

/// The tables with a row for each network and a column for each contender.
pub const SIDE_BY_SIDE: [&str; 2] = ["inference", "training step"];

/// A network of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    Mlp,
    LeNet,
    ResNet18,
    ResNet34,
    Lstm,
    Encoder,
}

/// What is measured of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    Inference,
    /// Inference with one further measure at a time that makes a contender faster.
    Steps,
    /// Forward, backward and a step of SGD with momentum, or of AdamW for the MLP.
    Training,
    /// Only a step of AdamW.
    AdamW,
}

/// A row of a table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub task: Task,
    pub net: Model,
    pub batch: i64,
}

impl Model {
    /// Its name on the command line and for contenders.
    pub fn name(self) -> &'static str {
        match self {
            Model::Mlp => "mlp",
            Model::LeNet => "lenet",
            Model::ResNet18 => "resnet18",
            Model::ResNet34 => "resnet34",
            Model::Lstm => "lstm",
            Model::Encoder => "encoder",
        }
    }

    /// Its title, and its size.
    fn title(self) -> (&'static str, &'static str) {
        match self {
            Model::Mlp => ("MLP", " 784-512-512-10"),
            Model::LeNet => ("LeNet-5", ""),
            Model::ResNet18 => ("ResNet-18", ", 224x224"),
            Model::ResNet34 => ("ResNet-34", ", 224x224"),
            Model::Lstm => ("LSTM", " 2x256, 64 steps"),
            Model::Encoder => ("Transformer encoder", ", 6 layers of 256, 128 steps"),
        }
    }

    /// The shape of its input.
    pub fn input(self, batch: i64) -> Vec<i64> {
        match self {
            Model::Mlp => vec![batch, 784],
            Model::LeNet => vec![batch, 1, 28, 28],
            Model::ResNet18 | Model::ResNet34 => vec![batch, 3, 224, 224],
            Model::Lstm => vec![batch, 64, 128],
            Model::Encoder => vec![batch, 128, 256],
        }
    }

    /// The number of classes. Networks without classes are trained to return zeros.
    pub fn classes(self) -> Option<i64> {
        match self {
            Model::Mlp | Model::LeNet => Some(10),
            Model::ResNet18 | Model::ResNet34 => Some(1000),
            Model::Lstm | Model::Encoder => None,
        }
    }

    /// The network with this name.
    pub fn of(name: &str) -> Option<Model> {
        [Model::Mlp, Model::LeNet, Model::ResNet18, Model::ResNet34, Model::Lstm, Model::Encoder]
            .into_iter()
            .find(|net| net.name() == name)
    }
}

impl Task {
    fn name(self) -> &'static str {
        match self {
            Task::Inference => "inference",
            Task::Steps => "steps",
            Task::Training => "training",
            Task::AdamW => "adamw",
        }
    }

    /// The title of the table with its rows.
    pub fn table(self) -> &'static str {
        match self {
            Task::Inference => SIDE_BY_SIDE[0],
            Task::Training | Task::AdamW => SIDE_BY_SIDE[1],
            Task::Steps => "steps",
        }
    }

    fn of(name: &str) -> Option<Task> {
        [Task::Inference, Task::Steps, Task::Training, Task::AdamW].into_iter().find(|task| task.name() == name)
    }
}

impl Row {
    /// Reads a row that [`Display`](fmt::Display) wrote.
    pub fn of(text: &str) -> Option<Row> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let [task, net, batch] = words[..] else { return None };
        Some(Row { task: Task::of(task)?, net: Model::of(net)?, batch: batch.parse().ok()? })
    }

    /// Its title in the tables.
    pub fn title(self) -> String {
        let (name, size) = self.net.title();
        self.with(&format!("{name}{size}"))
    }

    /// Its title in the chart.
    pub fn short(self) -> String {
        self.with(self.net.title().0)
    }

    /// Its task together with a name of its network.
    fn with(self, net: &str) -> String {
        match self.task {
            Task::Inference | Task::Steps => format!("{net}, batch {}", self.batch),
            Task::Training if self.net == Model::Mlp => format!("{net}, batch {}, AdamW", self.batch),
            Task::Training => format!("{net}, batch {}, SGD", self.batch),
            Task::AdamW => "AdamW's step alone, ResNet-34".to_owned(),
        }
    }
}

/// `inference resnet18 8`
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} {} {}", self.task.name(), self.net.name(), self.batch)
    }
}

/// The rows of all tables.
pub fn rows() -> Vec<Row> {
    let row = |task| move |(net, batch)| Row { task, net, batch };
    let inference = [
        (Model::Mlp, 1),
        (Model::Mlp, 64),
        (Model::LeNet, 1),
        (Model::LeNet, 64),
        (Model::ResNet18, 1),
        (Model::ResNet18, 8),
        (Model::ResNet34, 1),
        (Model::ResNet34, 8),
        (Model::Lstm, 16),
        (Model::Encoder, 8),
    ];
    let training = [
        (Model::Mlp, 64),
        (Model::LeNet, 64),
        (Model::ResNet18, 8),
        (Model::ResNet34, 8),
        (Model::Lstm, 16),
        (Model::Encoder, 8),
    ];
    let mut rows: Vec<Row> = inference.map(row(Task::Inference)).into();
    rows.extend([(Model::ResNet18, 8)].map(row(Task::Steps)));
    rows.extend(training.map(row(Task::Training)));
    rows.extend([(Model::ResNet34, 8)].map(row(Task::AdamW)));
    rows
}
