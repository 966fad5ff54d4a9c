//! Processes that run networks on request, each in one way.

use crate::peer::Peer;
use crate::rows::{Row, Task};
use anyhow::{Context, Result};
use std::env;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A way to run networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// Its title in the tables.
    pub title: &'static str,
    /// Its name in the protocol of contenders.
    name: &'static str,
    program: Program,
    /// Whether it compiles networks, which takes long.
    pub compiles: bool,
    /// Whether malloc keeps freed memory, as with a `Trainer`.
    pub keeps_memory: bool,
}

/// The program that runs the networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Program {
    /// `contender.py`.
    Python,
    /// This program.
    Ours,
    Peer(Peer),
}

const fn python(title: &'static str, name: &'static str, compiles: bool) -> Way {
    Way { title, name, program: Program::Python, compiles, keeps_memory: true }
}

const fn rust(title: &'static str, name: &'static str) -> Way {
    Way { title, name, program: Program::Ours, compiles: false, keeps_memory: true }
}

const fn peer(peer: Peer) -> Way {
    Way { program: Program::Peer(peer), ..rust(peer.name(), peer.name()) }
}

/// What all others are compared with.
pub const EAGER: Way = python("PyTorch", "eager", false);
/// PyTorch without the settings of malloc that all the others share.
pub const OUT_OF_THE_BOX: Way = Way { keeps_memory: false, ..python("PyTorch, malloc's defaults", "eager", false) };
pub const COMPILE: Way = python("torch.compile", "compile", true);
pub const FROZEN: Way = python("torch.compile, frozen", "frozen", true);
pub const TORCHSCRIPT: Way = python("TorchScript", "torchscript", false);
pub const FUSED: Way = python("PyTorch, fused optimizer", "fused", false);
pub const TCH: Way = rust("tch", "tch");
pub const NN_DSL: Way = rust("nn-dsl", "nn-dsl");
const PLAIN: Way = Way { keeps_memory: false, ..rust("`forward` under `no_grad`", "plain") };
const MEMORY: Way = rust("and `keep_memory`", "plain");
const INFERENCE_MODE: Way = rust("and `inference_mode`", "inference-mode");
const CHANNELS_LAST: Way = rust("and `parameters::channels_last`", "channels-last");

/// The ways that compete in a row. The first is what the others are compared with. If other libraries are asked for but
/// none can run the row, there are none.
pub fn ways(row: Row, peers: &[Peer]) -> Vec<Way> {
    if !peers.is_empty() {
        let able: Vec<Way> = peers.iter().filter(|one| one.runs(row)).map(|&one| peer(one)).collect();
        return if able.is_empty() { able } else { [&[EAGER], &able[..], &[NN_DSL]].concat() };
    }
    match row.task {
        Task::Inference => vec![EAGER, COMPILE, FROZEN, TORCHSCRIPT, TCH, NN_DSL],
        Task::Steps => vec![PLAIN, MEMORY, INFERENCE_MODE, CHANNELS_LAST, NN_DSL],
        Task::Training => vec![EAGER, OUT_OF_THE_BOX, COMPILE, FUSED, TCH, NN_DSL],
        Task::AdamW => vec![EAGER, OUT_OF_THE_BOX, FUSED, TCH, NN_DSL],
    }
}

/// What contenders are started with.
#[derive(Clone, Debug)]
pub struct Start {
    /// The interpreter with PyTorch.
    pub python: PathBuf,
    /// The number of threads of each contender.
    pub threads: usize,
}

impl Way {
    /// The command that starts the process with these arguments.
    fn command(self, start: &Start, arguments: &[&str]) -> Result<Command> {
        let mut command = match self.program {
            Program::Python => {
                let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/tables/contender.py");
                let mut command = Command::new(&start.python);
                command.arg("-B").arg(script).arg(self.name);
                command
            }
            Program::Ours => {
                let mut command = Command::new(env::current_exe()?);
                command.args(["serve", self.name]);
                command
            }
            Program::Peer(peer) => peer.run(),
        };
        let threads = start.threads.to_string();
        command.args(arguments).env("OMP_NUM_THREADS", &threads).env("RAYON_NUM_THREADS", &threads);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        Ok(command)
    }

    /// Starts a process that infers a few times with one network and with malloc's defaults.
    pub fn once(self, start: &Start, net: &str, batch: i64) -> Result<Contender> {
        Contender::start(self, self.command(start, &["once", net, &batch.to_string()])?)
    }

    /// Starts a process that answers requests.
    pub fn serve(self, start: &Start) -> Result<Contender> {
        let mut command = self.command(start, &[])?;
        if self.keeps_memory {
            command.env("MALLOC_MMAP_MAX_", "0").env("MALLOC_TRIM_THRESHOLD_", "9000000000000000000");
            command.env("MALLOC_TOP_PAD_", (64 << 20).to_string());
        }
        Contender::start(self, command)
    }
}

/// A running contender.
#[derive(Debug)]
pub struct Contender {
    pub way: Way,
    process: Child,
    input: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Contender {
    fn start(way: Way, mut command: Command) -> Result<Contender> {
        let mut process = command.spawn().with_context(|| format!("cannot start {:?}", command.get_program()))?;
        let input = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().context("it is piped")?).lines();
        Ok(Contender { way, process, input, answers })
    }

    /// Asks the contender to load a row. The answer is the number of parameters.
    pub fn load(&mut self, row: Row) -> Result<()> {
        self.ask(&format!("load {row}"))
    }

    /// The seconds that a call takes, measured over `calls`.
    pub fn run(&mut self, calls: usize) -> Result<f64> {
        self.ask(&format!("run {calls}"))?;
        Ok(self.answer()?.parse::<f64>()? / calls as f64)
    }

    fn ask(&mut self, question: &str) -> Result<()> {
        let input = self.input.as_mut().context("it has ended")?;
        writeln!(input, "{question}").with_context(|| format!("{} has ended", self.way.title))
    }

    pub fn answer(&mut self) -> Result<String> {
        Ok(self.answers.next().with_context(|| format!("{} has ended, for the reason above", self.way.title))??)
    }
}

/// The process ends when its input ends.
impl Drop for Contender {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.process.wait();
    }
}
