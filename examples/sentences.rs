//! Embeds sentences with MiniLM, as it was published, and tells which are close to which.
//!
//! ```text
//! cargo xtask run sentences "How do I get to the station?" "Where is the train stop?" "I like soup."
//! ```

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use nn_dsl::models::MiniLm;
use nn_dsl::prelude::*;
use tokenizers::{Encoding, PaddingParams, Tokenizer, TruncationParams};

/// Embeds sentences, and prints for each which others are close to it.
#[derive(Parser)]
struct Arguments {
    /// The sentences, at least two
    sentences: Vec<String>,
    /// The folder of MiniLM's model.safetensors and tokenizer.json, as `cargo xtask fetch minilm` prints it
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// How many others to print for each
    #[arg(long, default_value_t = 2)]
    nearest: i64,
}

const SENTENCES: [&str; 9] = [
    "A man is eating a piece of bread.",
    "Someone is having a sandwich.",
    "A girl is playing the violin.",
    "A woman plays an instrument.",
    "The stock market fell sharply today.",
    "Shares lost a tenth of their value.",
    "How do I get to the station?",
    "Where is the train stop?",
    "The cat sleeps in the sun.",
];

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let sentences =
        if arguments.sentences.is_empty() { SENTENCES.map(str::to_owned).to_vec() } else { arguments.sentences };
    ensure!(sentences.len() > 1, "there is nothing to compare; give at least two sentences");
    let embedder = Embedder::open(&arguments.model, Device::cuda_if_available())?;
    let embeddings = embedder.embed(&sentences)?;
    print_nearest(&sentences, &embeddings, arguments.nearest);
    Ok(())
}

/// Prints after each sentence those whose vectors point where its own does: the cosine is 1 for the same direction.
fn print_nearest(sentences: &[String], embeddings: &Tensor, nearest: i64) {
    // The vectors have length 1.
    let mut cosines = embeddings.matmul(&embeddings.tr());
    let _ = cosines.fill_diagonal_(-2.0, false);
    for (index, sentence) in sentences.iter().enumerate() {
        println!("{sentence}");
        let (cosines, others) = cosines.get(index as i64).topk(nearest.min(sentences.len() as i64 - 1), 0, true, true);
        for place in 0..cosines.size()[0] {
            let (cosine, other) = (cosines.double_value(&[place]), others.int64_value(&[place]));
            let bar = "█".repeat((20.0 * cosine.max(0.0)).round() as usize);
            println!("  {cosine:5.2} {bar:20} {}", sentences[other as usize]);
        }
    }
}

/// MiniLM with its tokenizer.
pub struct Embedder {
    tokenizer: Tokenizer,
    net: MiniLm,
    device: Device,
}

impl Embedder {
    /// Loads the published files of a folder.
    pub fn open(folder: &Path, device: Device) -> Result<Self> {
        let file = folder.join("tokenizer.json");
        let tokenizer = Tokenizer::from_file(&file).map_err(anyhow::Error::from_boxed);
        let mut tokenizer = tokenizer.with_context(|| format!("cannot read `{}`", file.display()))?;
        // Not to the 128 tokens that the file says, but to the longest sentence, and to what the model was trained with.
        tokenizer.with_padding(Some(PaddingParams::default()));
        let truncation = TruncationParams { max_length: 256, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(truncation)).map_err(anyhow::Error::from_boxed)?;
        let vs = nn::VarStore::new(device);
        let net = MiniLm::new(&vs.root());
        // What BERT was pretrained with besides, and sentences are embedded without.
        let weights =
            Weights::open(folder.join("model.safetensors"))?.ignore("pooler.*").ignore("embeddings.position_ids");
        weights.load(&vs)?;
        Ok(Self { tokenizer, net, device })
    }

    /// A vector of length 1 for each sentence: `[N, 384]`.
    pub fn embed(&self, sentences: &[String]) -> Result<Tensor> {
        let (tokens, mask) = self.tokens(sentences)?;
        Ok(no_grad(|| self.net.try_forward(&tokens, &mask))?)
    }

    /// The tokens of all sentences, padded to the longest, and a mask that is 1 where they are no padding.
    pub fn tokens(&self, sentences: &[String]) -> Result<(Tensor, Tensor)> {
        let encoded = self.tokenizer.encode_batch(sentences.to_vec(), true).map_err(anyhow::Error::from_boxed)?;
        let rows = |row: fn(&Encoding) -> &[u32]| {
            let numbers: Vec<i64> = encoded.iter().flat_map(row).map(|&id| id.into()).collect();
            Tensor::from_slice(&numbers).view([sentences.len() as i64, -1]).to_device(self.device)
        };
        Ok((rows(Encoding::get_ids), rows(Encoding::get_attention_mask)))
    }
}
