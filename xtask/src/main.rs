//! What a checkout of nn-dsl can do for you: `cargo xtask --help`.

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
    /// Installs libtorch into this checkout; plain cargo commands and editors find it there
    Setup {
        /// The libtorch for NVIDIA GPUs (5 GB), which is the default where there is an NVIDIA driver
        #[arg(long)]
        cuda: bool,
        /// The libtorch for the CPU alone (1.2 GB), which is the default elsewhere
        #[arg(long, conflicts_with = "cuda")]
        cpu: bool,
    },
    /// Runs an example, with libtorch and the example's data fetched where they are missing
    #[command(arg_required_else_help = true)]
    Run {
        /// Builds it with optimisations
        #[arg(long)]
        release: bool,
        /// Its name; examples/README.md tells what each is about
        #[arg(value_parser = cargo::examples())]
        example: String,
        /// What the example itself is given
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Runs every test, with libtorch and the reference Python set up where they are missing
    Test {
        /// What `cargo test` is given, such as `--package nn-compiler -- name_of_a_test`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Compares the speed of networks with PyTorch's, or runs other benchmarks
    Bench {
        /// `tables` and its words (`tables resnet18 --quick`, `tables --with candle,burn`, `tables --help`), or else what
        /// `cargo bench` is given
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Fetches a data set or a model's weights into your cache, and prints its folder
    Fetch {
        /// What to fetch
        data: Data,
    },
    /// Sets up the Python with PyTorch that tests compare with, and prints its interpreter
    Python,
    /// Tells what is installed, whether CUDA can be used, and how to fix what is wrong
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
