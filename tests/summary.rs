//! The table and the drawing of a network: what the compiler knows of its layers, and of the values that flow between them.

use nn_dsl::models::{self, MiniLm, Model, ResNet18};
use nn_dsl::prelude::*;
use nn_dsl::{CostError, Source};

network! {
    LeNet(image: [N, 1, 28, 28]) -> [N, 10] {
        conv 6 k=5 p=2 -> relu -> maxpool 2 -> conv 16 k=5 -> relu -> maxpool 2
        -> flatten -> linear 120 -> relu -> linear 84 -> relu -> linear 10
    }

    block gate(d, skip) { (id, skip) -> add -> linear d }

    Flow(x: [N, T, 4], y: [N, T, 4]) -> (c: [N, T, 4], b: [N, T, 4]) {
        param w: [4] init=ones;
        shared f = linear 4;
        let h = x -> residual { linear 4 -> relu };
        let a = h -> layers: repeat 3 { gate 4 skip=y };
        let b = { (1.0 - a) * w } -> f -> f;
        (a, b -> inside: Inner -> [N, T, 4])
    }

    Inner(x: [M, S, 4]) -> [M, S, 4] { repeat 2 { linear 4 } }
}

#[test]
fn table() {
    let table = "\
LeNet(image: [N, 1, 28, 28]) -> [N, 10]
─────────────────────────────────────────────────────────────────────────
 Layer            Name      Output            Parameters   Multiply-adds
═════════════════════════════════════════════════════════════════════════
 conv 6 k=5 p=2   conv1     [N, 6, 28, 28]           156         117,600
 relu                       [N, 6, 28, 28]
 maxpool 2                  [N, 6, 14, 14]
 conv 16 k=5      conv2     [N, 16, 10, 10]        2,416         240,000
 relu                       [N, 16, 10, 10]
 maxpool 2                  [N, 16, 5, 5]
 flatten                    [N, 400]
 linear 120       linear1   [N, 120]              48,120          48,000
 relu                       [N, 120]
 linear 84        linear2   [N, 84]               10,164          10,080
 relu                       [N, 84]
 linear 10        linear3   [N, 10]                  850             840
─────────────────────────────────────────────────────────────────────────
61,706 parameters, 241.0 KiB in f32
416,520 multiply-adds per sample
43.9 KiB kept for the backward pass, 36.8 KiB at once in evaluation";
    assert_eq!(LeNet::summary().to_string(), table);
}

#[test]
fn what_is_open_stays_a_symbol() {
    let open = ResNet18::<10>::summary();
    let row = &open.rows()[0];
    assert_eq!(row.outputs, ["[N, 64, (H + 1) / 2, (W + 1) / 2]"]);
    assert_eq!((row.parameters, row.multiply_adds, row.evaluation_bytes), (9408, None, None));
    assert!(open.to_string().ends_with(
        "f(H, W) multiply-adds per sample\nf(H, W) kept for the backward pass, f(H, W) at once in evaluation"
    ));
    assert!(open.to_string().contains("\n11,181,642 parameters and 9,600 in buffers, 42.7 MiB in f32\n"), "{open}");
    let batch = open.at(&[("N", 8), ("H", 64), ("W", 32)]).unwrap();
    assert_eq!(batch.rows()[0].outputs, ["[8, 64, 32, 16]"]);
    assert_eq!(batch.rows()[0].evaluation_bytes, Some(8 * 64 * 32 * 16 * 4));
    assert!(batch.to_string().contains("multiply-adds per batch of 8\n"));
    let error = open.at(&[("K", 1)]).unwrap_err();
    assert!(matches!(error, CostError::Unknown { .. }), "{error}");
}

#[test]
fn words_stay_whole_where_they_fit() {
    let table = format!("{:80}", MiniLm::summary());
    for word in ["token_type_embeddings", "intermediate.dense", "output.LayerNorm", "Multiply-adds", "11,720,448"] {
        assert!(table.contains(word), "{table}");
    }
}

#[test]
fn no_line_is_wider_than_asked() {
    for width in [60, 80, 100] {
        let text = format!("{:width$}", MiniLm::summary());
        let widest = text.lines().skip(1).map(|line| line.chars().count()).max();
        assert!(widest <= Some(width), "{text}");
    }
}

#[test]
fn json_and_markdown() {
    let json: serde_json::Value = serde_json::from_str(&LeNet::summary().to_json()).unwrap();
    assert_eq!(json["signature"], "LeNet(image: [N, 1, 28, 28]) -> [N, 10]");
    assert_eq!(json["layers"][3]["name"], "conv2");
    assert_eq!(json["layers"][3]["multiply_adds"], 240_000);
    assert_eq!(json["totals"]["parameters"], 61_706);
    let markdown = LeNet::summary().to_markdown();
    assert!(markdown.contains("\n| conv 16 k=5 | `conv2` | `[N, 16, 10, 10]` | 2,416 | 240,000 |\n"), "{markdown}");
}

#[test]
fn turns_count_together_and_what_is_in_them_once() {
    let rows = Flow::summary().rows();
    let row = |layer: &str| rows.iter().find(|row| row.layer == layer).unwrap();
    assert_eq!((row("gate 4 skip=y").turns, row("gate 4 skip=y").parameters), (3, 60));
    assert_eq!((row("shared f").parameters, row("f").parameters), (20, 0));
    assert_eq!(row("Inner").parameters, 40);
    assert_eq!(rows.iter().filter(|row| row.depth == 0).map(|row| row.parameters).sum::<i64>(), Flow::PARAMETERS);
}

#[test]
fn what_flows_where() {
    let from: Vec<(&str, &[Source])> = Flow::LAYERS.iter().map(|layer| (layer.kind, layer.from)).collect();
    use Source::{Input, Layer, Previous};
    assert_eq!(
        from,
        [
            ("param", &[][..]),
            ("linear", &[Input(0)]),
            ("relu", &[Previous]),
            ("+", &[Input(0), Layer(2)]),
            ("group", &[Layer(3), Input(1)]),
            // The value that reaches the group, which is not used in it, and the values that it uses.
            ("group", &[Input(0), Input(1), Layer(4), Layer(0)]),
            ("shared", &[Previous]),
            ("f", &[Layer(5)]),
            ("f", &[Previous]),
            ("inner", &[Previous]),
        ]
    );
    assert_eq!(Flow::RESULTS, [Layer(4), Layer(9)]);
    let turns = &Flow::LAYERS[4].children[0];
    assert_eq!((turns.turns, turns.from), (3, &[Input(0), Input(1)][..]));
    assert_eq!(turns.children[0].from, [Input(0), Input(1)]);
}

#[test]
fn drawings() {
    let mermaid = LeNet::diagram().to_mermaid();
    let layers = "n_1[\"conv 6 k=5 p=2<br>relu<br>maxpool 2<br>conv 16 k=5<br>relu<br>maxpool 2<br>flatten<br>";
    assert!(mermaid.contains(layers), "{mermaid}");
    assert!(mermaid.ends_with("  n_0 --> n_1\n  n_1 -- \"[N, 10]\" --> n_2\n"), "{mermaid}");
    let dot = Flow::diagram().to_dot();
    assert!(dot.contains("label=\"layers · gate 4 skip=y × 3\""), "{dot}");
    let svg = Flow::diagram().at(&[("T", 7)]).unwrap().to_svg();
    assert!(svg.contains("[N, 7, 4]") && !svg.contains("NaN"), "{svg}");
    // The arguments of a block within a block are shown as numbers too.
    assert!(nn_dsl::models::GoogLeNet::<10>::diagram().to_svg().contains("conv_bn 128 k=3 p=1"));
}

/// The elements of a drawing, without the surrounding ones.
fn marks(drawing: &str) -> Vec<&str> {
    drawing
        .lines()
        .map(str::trim_start)
        .skip_while(|line| !line.starts_with("<defs>"))
        .take_while(|line| *line != "</svg>")
        .collect()
}

#[test]
fn the_documentation_shows_the_drawing() {
    macro_rules! both {
        ($($listing:tt)*) => {
            network! { $($listing)* }
            const DOCUMENTATION: &str = nn_dsl::drawing!(Shown $($listing)*);
        };
    }
    both! {
        block gate(d, skip) { (id, skip) -> add -> linear d }

        pub Shown(x: [N, H, 4], y: [N, H, 4], image: [N, 3, H, W]) -> (c: [N, H, 4], scores: [N, 2]) where H >= 8, W >= 8 {
            param w: [4] init=ones;
            shared f = linear 4;
            let a = x -> residual { linear 4 -> relu } -> layers: repeat 3 { gate 4 skip=y };
            let scores = image -> conv 8 k=5 s=2 -> bn -> maxpool 3 s=2 p=1 -> global_avgpool -> flatten -> linear 2;
            ({ (1.0 - a) * w } -> f -> f, scores)
        }

        Other(x: [N, 4]) -> [N, 4] { linear 4 }
    }
    let svg = Shown::diagram().to_svg();
    assert!(svg.contains("[N, 8, (H - 3) / 2, (W - 3) / 2]"), "{svg}");
    assert_eq!(marks(DOCUMENTATION), marks(&svg));
    assert!(DOCUMENTATION.lines().all(|line| !line.trim().is_empty()), "{DOCUMENTATION:?}");
    // `network!` reports the mistakes.
    assert_eq!(nn_dsl::drawing!(Wrong Wrong(x: [N, 4]) -> [N, 5] { linear 4 }), "");
}

#[test]
fn a_drawing_is_what_its_name_says() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("a.svg", LeNet::diagram().to_svg()),
        ("a.DOT", LeNet::diagram().to_dot()),
        ("a.mmd", LeNet::diagram().to_mermaid()),
    ] {
        LeNet::diagram().save(folder.path().join(name)).unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join(name)).unwrap(), text);
    }
    let error = LeNet::diagram().save(folder.path().join("a.png")).unwrap_err();
    assert!(
        matches!(&error, nn_dsl::Error::Misnamed { instead, .. } if *instead == folder.path().join("a.svg")),
        "{error}"
    );
    assert!(!folder.path().join("a.png").exists());
    let error = LeNet::diagram().save("net.png").unwrap_err().to_string();
    assert_eq!(
        error,
        "\
`net.png` has the wrong extension: a diagram is SVG, or Graphviz in `.dot`, or Mermaid in `.mmd`
help: name it `net.svg`"
    );
}

/// The table of the models in their documentation, which `UPDATE_SNAPSHOTS=1` writes anew.
#[test]
fn the_table_of_the_models_is_true() {
    let grouped = |count: i64| {
        let digits = count.to_string().into_bytes();
        let groups = digits.rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned());
        groups.collect::<Vec<_>>().join(",")
    };
    let row = |model: &Model| {
        let sizes: &[(&str, i64)] = match model.name {
            "MiniLm" => &[("T", 128)],
            "VitB16" => &[],
            _ => &[("H", 224), ("W", 224)],
        };
        let macs = (model.cost)(sizes).unwrap().multiply_adds;
        format!("//! | [`{}`] | {} | {} |\n", model.name, grouped(model.parameters), grouped(macs))
    };
    let rows: String = models::ALL.iter().map(row).collect();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/models/mod.rs");
    let text = std::fs::read_to_string(file).unwrap();
    let (before, after) = text.split_once("//! |---|---:|---:|\n").unwrap();
    let rest = after.find("//!\n").unwrap();
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(file, format!("{before}//! |---|---:|---:|\n{rows}{}", &after[rest..])).unwrap();
    } else {
        assert_eq!(&after[..rest], rows);
    }
}
