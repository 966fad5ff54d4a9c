//! Loss of a sequence whose alignment is not known.

use tch::{Device, Kind, Tensor};

use super::Reduction;
use super::check::is_float;
use crate::{Error, Misfit};

/// Connectionist temporal classification (Graves et al., 2006), like `torch.nn.CTCLoss`: the negative log-probability
/// of a sequence of labels, over all its alignments in time.
///
/// ```
/// use nn_runtime::loss::Ctc;
/// use tch::{Device, Kind, Tensor};
///
/// // 12 moments, a batch of 2, a blank and 4 labels; the sequences are 3 and 2 labels long.
/// let log_probabilities = Tensor::randn([12, 2, 5], (Kind::Float, Device::Cpu)).log_softmax(2, None::<Kind>);
/// let labels = Tensor::from_slice2(&[[1i64, 2, 3], [4, 4, 0]]);
/// let (input_lengths, label_lengths) = (Tensor::from_slice(&[12i64, 10]), Tensor::from_slice(&[3i64, 2]));
/// let loss = Ctc::new().loss(&log_probabilities, &labels, &input_lengths, &label_lengths)?;
/// assert!(loss.double_value(&[]) > 0.0);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Ctc {
    blank: i64,
    zero_infinity: bool,
    reduction: Reduction,
}

const NAME: &str = "Ctc";

impl Ctc {
    /// Uses PyTorch's defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the class that stands for no label (0).
    pub fn blank(self, blank: i64) -> Self {
        Self { blank, ..self }
    }

    /// Replaces the infinite loss of a sequence that is too long for its input by 0.
    pub fn zero_infinity(self) -> Self {
        Self { zero_infinity: true, ..self }
    }

    /// Sets how the losses of the sequences are reduced; the mean first divides each by its length.
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Computes the loss of an output `[T, N, classes]` of log-probabilities, with labels `[N, S]` and the lengths
    /// `[N]` of both, all `i64`.
    ///
    /// # Errors
    /// If the tensors do not fit together.
    pub fn loss(
        &self,
        output: &Tensor,
        labels: &Tensor,
        output_lengths: &Tensor,
        label_lengths: &Tensor,
    ) -> Result<Tensor, Error> {
        let sequences = Sequences { output, labels, output_lengths, label_lengths };
        sequences.check_shapes()?;
        sequences.check_values(self.blank)?;
        let Self { blank, zero_infinity, reduction } = *self;
        // On the CPU, where libtorch reads the lengths.
        let [output_lengths, label_lengths] =
            [output_lengths, label_lengths].map(|lengths| lengths.to_device(Device::Cpu));
        Ok(Tensor::f_ctc_loss_tensor(
            output,
            labels,
            &output_lengths,
            &label_lengths,
            blank,
            reduction.into(),
            zero_infinity,
        )?)
    }
}

/// The outputs and labels, with their lengths.
struct Sequences<'a> {
    output: &'a Tensor,
    labels: &'a Tensor,
    output_lengths: &'a Tensor,
    label_lengths: &'a Tensor,
}

impl Sequences<'_> {
    fn misfit(&self, problem: impl Into<String>, help: &str) -> Error {
        let tensors = [
            ("output", self.output),
            ("labels", self.labels),
            ("output_lengths", self.output_lengths),
            ("label_lengths", self.label_lengths),
        ];
        Misfit::new(NAME, problem, &tensors, help).into()
    }

    fn check_shapes(&self) -> Result<(), Error> {
        let lengths = [self.output_lengths, self.label_lengths];
        let fits = match (self.output.size().as_slice(), self.labels.size().as_slice()) {
            (&[_, batch, _], &[others, _]) => batch == others && lengths.iter().all(|length| length.size() == [batch]),
            _ => false,
        };
        if !fits {
            let help = "if the batch comes first, use `output.permute([1, 0, 2])`";
            return Err(self.misfit("they must be [T, N, classes], [N, S], [N] and [N]", help));
        }
        let integers = [self.labels, self.output_lengths, self.label_lengths];
        if !is_float(self.output) || integers.iter().any(|tensor| tensor.kind() != Kind::Int64) {
            return Err(
                self.misfit("the output must hold floats, and the others i64", "cast what differs: `.to_kind(..)`")
            );
        }
        Ok(())
    }

    /// Checks that lengths and labels are within the tensors. Labels on a GPU are not checked, because that would have to wait.
    fn check_values(&self, blank: i64) -> Result<(), Error> {
        let (moments, classes, longest) = (self.output.size()[0], self.output.size()[2], self.labels.size()[1]);
        if !(0..classes).contains(&blank) {
            let expected = "one of the output's classes";
            return Err(Error::Option { of: NAME, option: "blank", expected, found: blank.to_string() });
        }
        let within = |lengths: &Tensor, most| lengths.numel() == 0 || range(lengths).0 >= 0 && range(lengths).1 <= most;
        if !within(self.output_lengths, moments) || !within(self.label_lengths, longest) {
            let problem = format!("lengths must be at most {moments} for the output and {longest} for the labels");
            return Err(self.misfit(problem, "give the length of each sequence without its padding"));
        }
        let known = self.labels.numel() == 0 || range(self.labels).0 >= 0 && range(self.labels).1 < classes;
        if self.labels.device() == Device::Cpu && !known {
            let problem = format!("labels must be among the output's {classes} classes, 0 to {}", classes - 1);
            return Err(self.misfit(problem, "pad the labels with any class, such as the blank"));
        }
        Ok(())
    }
}

/// The least and the greatest element.
fn range(tensor: &Tensor) -> (i64, i64) {
    (tensor.min().int64_value(&[]), tensor.max().int64_value(&[]))
}
