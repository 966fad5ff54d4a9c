use nn_dsl::prelude::*;
network! {
    pub Ints(x: i64[N, T]) -> i64[N, T] { x * 2 + 1 - 3 }
    pub Div(x: i64[N, T]) -> f32[N, T] { 1 - x / 2 }
    pub Half(x: i64[N, T]) -> f32[N, T] { x * 0.5 }
    pub Size(x: i64[N, T]) -> i64[N, T] { let [_n, t] = x; x * t }
    pub Own(x: [N, T]) -> [N, T] { x * 2 }
}
fn main() {
    let vs = nn::VarStore::new(Device::Cpu);
    let x = Tensor::arange(6, (Kind::Int64, Device::Cpu)).reshape([2, 3]);
    println!("{:?}", Ints::new(&vs.root()).forward(&x));
    println!("{:?}", Div::new(&vs.root()).forward(&x));
    println!("{:?}", Half::new(&vs.root()).forward(&x));
    println!("{:?}", Size::new(&vs.root()).forward(&x));
    println!("{:?}", Own::new(&vs.root()).forward(&x.to_kind(Kind::Double)));
}
