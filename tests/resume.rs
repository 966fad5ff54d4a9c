//! Runs that are killed, interrupted or damaged, and resumed.

use std::cell::RefCell;
use std::fs;
use std::ops::ControlFlow;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nn_dsl::Error;
use nn_dsl::loss::CrossEntropy;
use nn_dsl::metrics::{Accuracy, F1};
use nn_dsl::optim::AdamW;
use nn_dsl::prelude::*;
use nn_dsl::schedule::OneCycle;
use nn_dsl::train::{BatchEnd, Callback, Checkpoints, Ended, Epoch, History};

network! {
    Digits(image: [N, 1, 8, 8]) -> [N, 10] {
        // Wide enough to be trained channels-last.
        conv 16 k=3 p=1 -> bn -> relu -> maxpool 2 -> conv 16 k=3 -> relu -> flatten -> dropout 0.3 -> linear 10
    }

    Wider(image: [N, 1, 8, 8]) -> [N, 10] {
        conv 8 k=3 p=1 -> relu -> maxpool 2 -> flatten -> linear 10
    }
}

const EPOCHS: usize = 4;

/// Ends a run after some batch, or slows down each batch.
#[derive(Default)]
struct Brake {
    fail_after: Option<usize>,
    pause: Duration,
}

impl Callback for Brake {
    fn batch(&mut self, batch: &BatchEnd) -> Result<(), Error> {
        sleep(self.pause);
        if self.fail_after == Some(batch.steps) { Err(Error::other("the brake")) } else { Ok(()) }
    }
}

/// A run that uses everything that has a state. The final weights and the history are written to its folder.
fn run(folder: &Path, brake: Brake) -> Result<Ended, Error> {
    tch::set_num_threads(1);
    tch::manual_seed(11);
    let (train, held_out) = data::digits().subset((0..600).collect::<Vec<_>>()).train_test_split(0.2, 1);
    let train = DataLoader::new(train, 32).shuffle().seed(3).workers(2);
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Digits::new(&vs.root());
    let mut trainer = Trainer::new(&vs, &net, CrossEntropy::new(), AdamW::new(1e-2).build(&vs)?)
        .metric(Accuracy::new())
        .metric(F1::new(10))
        .schedule_steps(OneCycle::new(8 * EPOCHS))
        .accumulate(2)
        .validate_on(&DataLoader::new(held_out, 64))
        .epochs(EPOCHS)
        .seed(5)
        .checkpoints(Checkpoints::new(folder).every_steps(3).resume())
        .callback(brake);
    let history = trainer.fit(&train)?;
    weights::save(&vs, folder.join("final.weights"))?;
    history.save(folder.join("history.json"))?;
    Ok(trainer.ended())
}

/// The bytes of the final weights, and the history without its times.
fn result(folder: &Path) -> (Vec<u8>, String) {
    let history = History::load(folder.join("history.json")).unwrap();
    let mut timeless = History::default();
    history.epochs().iter().for_each(|epoch| timeless.push(Epoch { seconds: 0.0, ..epoch.clone() }));
    (fs::read(folder.join("final.weights")).unwrap(), timeless.to_json())
}

/// Tests run in parallel, but share libtorch's random generator.
fn alone() -> MutexGuard<'static, ()> {
    static GENERATOR: Mutex<()> = Mutex::new(());
    GENERATOR.lock().unwrap_or_else(PoisonError::into_inner)
}

fn checkpoints(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.to_string_lossy().contains("/step-")).collect();
    files.sort();
    files
}

/// Starts this test program as another process, which runs slowly in `folder`.
fn start(folder: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--ignored", "--quiet"]).env("RUN_FOLDER", folder).spawn().unwrap()
}

#[test]
#[ignore = "the other process of the tests that end one"]
fn child() {
    let folder = std::env::var("RUN_FOLDER").expect("RUN_FOLDER names the folder of the run");
    let ended = run(Path::new(&folder), Brake { pause: Duration::from_millis(4), ..Brake::default() }).unwrap();
    fs::write(Path::new(&folder).join("ended"), format!("{ended:?}")).unwrap();
}

/// Waits until the run has written `count` more checkpoints, and then for `then`.
fn wait_for_checkpoints(folder: &Path, child: &mut Child, count: usize, then: Duration) -> Option<ExitStatus> {
    let (deadline, mut seen, mut new) = (Instant::now() + Duration::from_secs(60), checkpoints(folder), 0);
    while new < count {
        assert!(Instant::now() < deadline, "the run writes no checkpoint");
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        let now = checkpoints(folder);
        new += usize::from(now != seen);
        seen = now;
        sleep(Duration::from_millis(1));
    }
    sleep(then);
    child.try_wait().unwrap()
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_in_the_same_bits() {
    let _alone = alone();
    let (whole, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert_eq!(run(whole.path(), Brake::default()).unwrap(), Ended::Done);

    let mut kills = 0;
    for then in [0, 3, 11, 2, 17, 5, 29, 1, 7, 13] {
        let mut child = start(killed.path());
        let ended = wait_for_checkpoints(killed.path(), &mut child, 1, Duration::from_millis(then));
        if ended.is_none() {
            child.kill().unwrap();
        }
        let status = child.wait().unwrap();
        kills += usize::from(status.signal() == Some(9));
        if status.success() {
            break;
        }
    }
    assert!(kills >= 4, "only {kills} of the kills came in time");
    assert!(start(killed.path()).wait().unwrap().success());
    assert_eq!(result(killed.path()), result(whole.path()));
    let hidden = |name: &str| name.starts_with('.');
    let left: Vec<_> = fs::read_dir(killed.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| hidden(&name.to_string_lossy())), "{left:?}");
}

#[test]
fn ctrl_c_saves_in_the_middle_of_an_epoch() {
    let _alone = alone();
    let (whole, stopped) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    run(whole.path(), Brake::default()).unwrap();
    let ended = || fs::read_to_string(stopped.path().join("ended")).unwrap();
    let mut child = start(stopped.path());
    assert_eq!(wait_for_checkpoints(stopped.path(), &mut child, 2, Duration::from_millis(6)), None);
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    assert_eq!(ended(), "Interrupted");
    assert!(start(stopped.path()).wait().unwrap().success());
    assert_eq!(ended(), "Done");
    assert_eq!(result(stopped.path()), result(whole.path()));
}

#[test]
fn a_run_goes_on_wherever_it_ended() {
    let _alone = alone();
    let whole = tempfile::tempdir().unwrap();
    run(whole.path(), Brake::default()).unwrap();
    let expected = result(whole.path());
    // There are 8 steps in an epoch, and a checkpoint after each third step and each epoch. The one after step 24 is of
    // a whole epoch that was not validated yet.
    for step in [1, 3, 4, 8, 9, 23, 24] {
        let folder = tempfile::tempdir().unwrap();
        run(folder.path(), Brake { fail_after: Some(step), ..Brake::default() }).unwrap_err();
        run(folder.path(), Brake::default()).unwrap();
        assert_eq!(result(folder.path()), expected, "after step {step}");
    }
}

#[test]
fn the_newest_checkpoints_are_kept_and_everyone_reads_their_weights() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), Brake::default()).unwrap();
    let names: Vec<String> =
        checkpoints(folder.path()).iter().map(|path| path.file_name().unwrap().to_string_lossy().into()).collect();
    assert_eq!(names, ["step-00000027.safetensors", "step-00000030.safetensors", "step-00000032.safetensors"]);

    let vs = nn::VarStore::new(Device::Cpu);
    let _net = Digits::new(&vs.root());
    weights::Weights::open(folder.path().join(&names[2])).unwrap().ignore("*/*").load(&vs).unwrap();
    weights::load(&vs, folder.path().join("best.safetensors")).unwrap();
}

/// Keeps the notices of damage, and refuses to run an epoch.
struct Notices<'a>(&'a RefCell<Vec<String>>);
impl Callback for Notices<'_> {
    fn notice(&mut self, text: &str) {
        self.0.borrow_mut().push(text.to_owned());
    }

    fn epoch(&mut self, _: &Epoch) -> Result<ControlFlow<()>, Error> {
        panic!("a run that is done has no further epoch");
    }
}

fn flip_a_bit(path: &Path) {
    let mut content = fs::read(path).unwrap();
    let place = content.len() - 9;
    content[place] ^= 1;
    fs::write(path, &content).unwrap();
}

#[test]
fn a_damaged_checkpoint_is_passed_over() {
    let _alone = alone();
    let (whole, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    run(whole.path(), Brake::default()).unwrap();
    run(folder.path(), Brake { fail_after: Some(14), ..Brake::default() }).unwrap_err();
    let [_, middle, last] = &checkpoints(folder.path())[..] else { panic!("three are kept") };
    flip_a_bit(last);
    let half = fs::read(middle).unwrap();
    fs::write(middle, &half[..half.len() / 2]).unwrap();

    let checks = Checkpoints::new(folder.path()).resume();
    let log = RefCell::new(Vec::new());
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Digits::new(&vs.root());
    let few = DataLoader::new(data::digits().subset(vec![0, 1]), 1);
    let trainer = || {
        let optimizer = AdamW::new(1e-2).build(&vs).unwrap();
        let trainer =
            Trainer::new(&vs, &net, CrossEntropy::new(), optimizer).metric(Accuracy::new()).metric(F1::new(10));
        trainer.schedule_steps(OneCycle::new(32)).checkpoints(checks.clone()).callback(Notices(&log))
    };
    // The remaining checkpoint has the whole first epoch.
    assert_eq!(trainer().epochs(1).fit(&few).unwrap().epochs().len(), 1);
    let notices = log.borrow().join("\n");
    assert!(notices.contains("its checksum is") && notices.contains("the previous checkpoint is used"), "{notices}");
    assert_eq!(log.borrow().len(), 3);
    let begun = format!("all 1 epochs are done in `{}`", checkpoints(folder.path())[0].display());
    assert!(log.borrow()[2].starts_with(&begun), "{notices}");

    run(folder.path(), Brake::default()).unwrap();
    assert_eq!(result(folder.path()), result(whole.path()));

    checkpoints(folder.path()).iter().for_each(|path| fs::write(path, "nothing").unwrap());
    let error = trainer().fit(&few).unwrap_err().to_string();
    assert!(error.contains("has no intact checkpoint to resume from\nnote: "), "{error}");
}

#[test]
fn an_epoch_is_gone_on_with_on_the_same_data() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), Brake { fail_after: Some(4), ..Brake::default() }).unwrap_err();
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Digits::new(&vs.root());
    let trainer = Trainer::new(&vs, &net, CrossEntropy::new(), AdamW::new(1e-2).build(&vs).unwrap());
    let mut trainer = trainer.checkpoints(Checkpoints::new(folder.path()).resume());
    let error = trainer.fit(&DataLoader::new(data::digits(), 64)).unwrap_err().to_string();
    assert!(
        error.starts_with("the checkpoint was made at batch 6 of 15 in its epoch, and the loader has 29"),
        "{error}"
    );
}

#[test]
fn a_run_of_another_network_and_an_earlier_run_are_refused() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), Brake::default()).unwrap();

    let vs = nn::VarStore::new(Device::Cpu);
    let net = Wider::new(&vs.root());
    let before: Vec<Tensor> = vs.trainable_variables().iter().map(|tensor| tensor.detach().copy()).collect();
    let loader = DataLoader::new(data::digits(), 64);
    let trainer = |checkpoints: Checkpoints| {
        let optimizer = AdamW::new(1e-2).build(&vs).unwrap();
        Trainer::new(&vs, &net, CrossEntropy::new(), optimizer).checkpoints(checkpoints).fit(&loader)
    };
    let error = trainer(Checkpoints::new(folder.path()).resume()).unwrap_err().to_string();
    assert!(error.contains("does not fit the network: 0 missing, 6 unexpected, 3 different"), "{error}");
    assert!(
        error.contains("`conv1.weight` is f32 [8, 1, 3, 3] in the network and f32 [16, 1, 3, 3] in the file"),
        "{error}"
    );
    assert!(error.ends_with("use another folder for another network"), "{error}");
    assert_eq!(vs.trainable_variables(), before);

    let own = nn::VarStore::new(Device::Cpu);
    let digits = Digits::new(&own.root());
    let fails = |trainer: Trainer<(Tensor, Tensor)>| {
        let mut trainer = trainer.checkpoints(Checkpoints::new(folder.path()).resume());
        trainer.fit(&loader).unwrap_err().to_string()
    };
    let sgd = optim::Sgd::new(0.1).momentum(0.9).build(&own).unwrap();
    let error = fails(Trainer::new(&own, &digits, CrossEntropy::new(), sgd));
    assert!(error.contains("was saved by AdamW, and this run has Sgd\nhelp: resume with AdamW, or"), "{error}");
    let adamw = AdamW::new(1e-2).build(&own).unwrap();
    let error = fails(Trainer::new(&own, &digits, CrossEntropy::new(), adamw));
    assert!(error.contains("was saved with a schedule, and this run has none\nhelp: "), "{error}");
    let groups = AdamW::new(1e-2).exclude("*.bias").weight_decay(0.1).build(&own).unwrap();
    let error = fails(Trainer::new(&own, &digits, CrossEntropy::new(), groups));
    assert!(error.starts_with(&format!("the state in `{}/step-", folder.path().display())), "{error}");
    assert!(
        error.ends_with("resume with the settings of the run that saved it, or use another folder to start again"),
        "{error}"
    );

    // A folder with only the best weights is refused too.
    checkpoints(folder.path()).iter().for_each(|path| fs::remove_file(path).unwrap());
    let error = trainer(Checkpoints::new(folder.path())).unwrap_err().to_string();
    assert!(
        error.contains("holds checkpoints of an earlier run\nhelp: resume it with `Checkpoints::resume`"),
        "{error}"
    );
}
