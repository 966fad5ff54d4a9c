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

/// What is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    Inference,
    /// The same, with one thing more that makes it faster in each contender.
    Steps,
    /// Forward, backward, and a step of SGD with momentum; AdamW for the MLP.
    Training,
    /// A step of AdamW alone.
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
    /// As the command line and the contenders call it.
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

    /// As people call it, and of what size it is.
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

    /// How many classes it tells apart; the others are trained to give zeros.
    pub fn classes(self) -> Option<i64> {
        match self {
            Model::Mlp | Model::LeNet => Some(10),
            Model::ResNet18 | Model::ResNet34 => Some(1000),
            Model::Lstm | Model::Encoder => None,
        }
    }

    /// The one of this name.
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

    /// What the table of its rows is called.
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
    /// The row that [`Display`](fmt::Display) wrote.
    pub fn of(text: &str) -> Option<Row> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let [task, net, batch] = words[..] else { return None };
        Some(Row { task: Task::of(task)?, net: Model::of(net)?, batch: batch.parse().ok()? })
    }

    /// As the tables call it.
    pub fn title(self) -> String {
        let (name, size) = self.net.title();
        self.with(&format!("{name}{size}"))
    }

    /// As the chart calls it.
    pub fn short(self) -> String {
        self.with(self.net.title().0)
    }

    /// What is done with a network of this name.
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
