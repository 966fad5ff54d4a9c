//! Stages for tests.

use crate::{Body, Network, Source, Stage, Work};

/// A layer with this listing and output shape.
pub fn layer(listing: &str, shape: &str, from: Vec<Source>) -> Stage {
    let kind = listing.split(' ').next().unwrap_or_default();
    Stage {
        name: String::new(),
        kind: kind.to_string(),
        listing: listing.to_string(),
        turns: 1,
        shape: shape.to_string(),
        from,
        work: Work::Plain,
        body: Body::default(),
        declared: false,
    }
}

/// A block with this listing, whose result is that of its last stage.
pub fn block(listing: &str, from: Vec<Source>, stages: Vec<Stage>) -> Stage {
    let shape = stages.last().map(|stage| stage.shape.clone()).unwrap_or_default();
    let results = vec![Source::Stage(stages.len() - 1)];
    Stage { body: Body { stages, results }, ..layer(listing, &shape, from) }
}

/// A network of several inputs, whose output is that of its last stage.
pub fn network(inputs: usize, stages: Vec<Stage>) -> Network {
    let results = vec![Source::Stage(stages.len() - 1)];
    let (name, inputs) = ("Net".to_string(), vec!["x [N, 4]".to_string(); inputs]);
    Network { name, inputs, outputs: vec!["[N, 4]".to_string()], body: Body { stages, results } }
}
