//! The tasks of a checkout of nn-dsl: `cargo xtask --help`.

mod cache;
mod cargo;
mod cuda;
mod doctor;
mod fashion_mnist;
mod folder;
mod libtorch;
mod minilm;
mod mnist;
mod process;
mod python;
mod reference;

use anyhow::Result;
use clap::Parser;
use libtorch::Kind;
use std::ffi::OsString;
use std::process::ExitCode;

/// Sets up, runs and tests nn-dsl.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
enum Task {
    /// Installs libtorch into this checkout, where plain cargo commands and editors find it
    Setup {
        /// Installs libtorch for NVIDIA GPUs (5 GB on disk); the default if there is an NVIDIA driver
        #[arg(long)]
        cuda: bool,
        /// Installs libtorch for the CPU only (1.2 GB on disk); the default otherwise
        #[arg(long, conflicts_with = "cuda")]
        cpu: bool,
    },
    /// Runs an example; installs libtorch and fetches the example's data if they are missing
    #[command(arg_required_else_help = true)]
    Run {
        /// Builds the example with optimisations
        #[arg(long)]
        release: bool,
        /// The example's name; examples/README.md describes them all
        #[arg(value_parser = cargo::examples())]
        example: String,
        /// Arguments for the example
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Runs every test; installs libtorch and the reference Python if they are missing
    Test {
        /// Arguments for `cargo test`, such as `--package nn-compiler -- name_of_a_test`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Compares the speed of networks with PyTorch, or runs other benchmarks
    Bench {
        /// `tables` with its arguments (`tables resnet18 --quick`, `tables --with candle,burn`, `tables --help`), or
        /// arguments for `cargo bench`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Fetches a data set or a model's weights into your cache, and prints its folder
    Fetch {
        /// What to fetch
        data: Data,
    },
    /// Installs a Python with PyTorch, which the tests compare with, and prints its interpreter
    Python,
    /// Shows what is installed, whether CUDA works, and how to fix what does not
    Doctor,
}

#[derive(Clone, clap::ValueEnum)]
enum Data {
    FashionMnist,
    Minilm,
    Mnist,
}

fn main() -> ExitCode {
    match perform(Task::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<ExitCode> {
    match task {
        Task::Setup { cuda, cpu } => {
            let kind = match (cuda, cpu) {
                (true, _) => Kind::Cuda,
                (_, true) => Kind::Cpu,
                _ => Kind::for_this_machine(),
            };
            println!("{}", libtorch::install(kind)?);
        }
        Task::Run { release, example, args } => return cargo::run(&example, release, args),
        Task::Test { args } => return cargo::test(args),
        Task::Bench { args } => return cargo::bench(args),
        Task::Fetch { data: Data::FashionMnist } => println!("{}", fashion_mnist::fetch()?.display()),
        Task::Fetch { data: Data::Mnist } => println!("{}", mnist::fetch()?.display()),
        Task::Fetch { data: Data::Minilm } => println!("{}", minilm::fetch()?.display()),
        Task::Python => println!("{}", reference::install()?.display()),
        Task::Doctor => doctor::report(),
    }
    Ok(ExitCode::SUCCESS)
}
