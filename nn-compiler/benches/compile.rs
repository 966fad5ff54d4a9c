//! How long the macro itself takes: on LeNet, on ResNet-152, and on one that is ten times as deep.

fn main() {
    divan::main();
}

const LENET: &str = "
pub LeNet(image: [N, 1, 28, 28]) -> [N, 10] {
    conv 6 k=5 p=2 -> relu -> maxpool 2 -> conv 16 k=5 -> relu -> maxpool 2
    -> flatten -> linear 120 -> relu -> linear 84 -> relu -> linear 10
}";

/// A ResNet of bottlenecks, for images of one size or of any.
fn resnet(size: &str, turns: [usize; 4]) -> String {
    let [a, b, c, d] = turns;
    format!(
        "block bottleneck(c, s = 1) {{
            residual {{
                conv c k=1 bias=false -> bn -> relu
                -> conv c k=3 s=s p=1 bias=false -> bn -> relu
                -> conv (4 * c) k=1 bias=false -> bn
            }} shortcut downsample: {{ conv (4 * c) k=1 s=s bias=false -> bn }}
            -> relu
        }}
        pub ResNet(image: [N, 3, {size}]) -> [N, 1000] {{
            conv 64 k=7 s=2 p=3 bias=false -> bn -> relu -> maxpool 3 s=2 p=1
            -> layer1: repeat {a} {{ bottleneck 64 }}
            -> layer2: {{ bottleneck 128 s=2 -> repeat {b} {{ bottleneck 128 }} }}
            -> layer3: {{ bottleneck 256 s=2 -> repeat {c} {{ bottleneck 256 }} }}
            -> layer4: {{ bottleneck 512 s=2 -> repeat {d} {{ bottleneck 512 }} }}
            -> global_avgpool -> flatten -> fc: linear 1000
        }}"
    )
}

fn compile(bencher: divan::Bencher, listing: &str) {
    let mistakes = nn_compiler::check(listing.parse().expect("Rust tokens"));
    assert!(mistakes.is_empty(), "{}", mistakes[0].message());
    bencher
        .with_inputs(|| listing.parse::<proc_macro2::TokenStream>().expect("Rust tokens"))
        .bench_values(nn_compiler::compile);
}

#[divan::bench]
fn lenet(bencher: divan::Bencher) {
    compile(bencher, LENET);
}

#[divan::bench]
fn resnet152(bencher: divan::Bencher) {
    compile(bencher, &resnet("224, 224", [3, 7, 35, 2]));
}

#[divan::bench]
fn resnet152_optimized(bencher: divan::Bencher) {
    compile(bencher, &format!("#![optimize] {}", resnet("224, 224", [3, 7, 35, 2])));
}

#[divan::bench]
fn resnet152_of_any_size(bencher: divan::Bencher) {
    compile(bencher, &resnet("H, W", [3, 7, 35, 2]));
}

#[divan::bench]
fn resnet1000(bencher: divan::Bencher) {
    compile(bencher, &resnet("224, 224", [30, 70, 230, 20]));
}
