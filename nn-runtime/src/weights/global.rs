//! The Python classes and functions that a state dict may name. None of them is run; each is recognised by what it makes.

use safetensors::Dtype;

use super::cursor::Damage;

/// The meaning of a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Global {
    OrderedDict,
    /// A class of TorchScript, whose objects are their attributes.
    Object,
    /// Makes a tensor from a storage, an offset, a shape and strides.
    Tensor,
    /// Makes a parameter from a tensor.
    Parameter,
    Dtype(Dtype),
    /// The class of a storage, with its type unless it has none of its own.
    Storage(Option<Dtype>),
    /// Makes nothing that belongs to a tensor.
    Opaque,
}

/// The meaning of a name in a module, if it is harmless.
pub fn global(module: &str, name: &str) -> Result<Global, Damage> {
    Ok(match (module, name) {
        ("collections", "OrderedDict") => Global::OrderedDict,
        ("torch._utils", "_rebuild_tensor" | "_rebuild_tensor_v2" | "_rebuild_tensor_v3") => Global::Tensor,
        ("torch._utils", "_rebuild_parameter" | "_rebuild_parameter_with_state") => Global::Parameter,
        ("torch", "Size" | "device") => Global::Opaque,
        ("torch" | "torch.storage", "UntypedStorage") => Global::Storage(None),
        ("torch", class) if class.ends_with("Storage") => Global::Storage(Some(storage(class)?)),
        ("torch", name) => Global::Dtype(dtype(name).ok_or_else(|| refused(module, name))?),
        (module, _) if module == "__torch__" || module.starts_with("__torch__.") => Global::Object,
        _ => return Err(refused(module, name)),
    })
}

fn refused(module: &str, name: &str) -> Damage {
    Damage {
        reason: format!("it asks for Python's `{module}.{name}`, but only tensors are read"),
        help: "nothing in it was executed; in Python, save only the tensors: `torch.save(model.state_dict(), path)`",
    }
}

/// The element type of a class of storages.
fn storage(class: &str) -> Result<Dtype, Damage> {
    Ok(match class {
        "FloatStorage" => Dtype::F32,
        "DoubleStorage" => Dtype::F64,
        "HalfStorage" => Dtype::F16,
        "BFloat16Storage" => Dtype::BF16,
        "LongStorage" => Dtype::I64,
        "IntStorage" => Dtype::I32,
        "ShortStorage" => Dtype::I16,
        "CharStorage" => Dtype::I8,
        "ByteStorage" => Dtype::U8,
        "BoolStorage" => Dtype::BOOL,
        "ComplexFloatStorage" => Dtype::C64,
        _ => {
            let reason = format!("it has tensors in a {class}, whose type is not supported");
            return Err(Damage { reason, help: "in PyTorch, convert them with `.float()` before saving" });
        }
    })
}

/// The type with this name in PyTorch.
fn dtype(name: &str) -> Option<Dtype> {
    Some(match name {
        "float32" => Dtype::F32,
        "float64" => Dtype::F64,
        "float16" => Dtype::F16,
        "bfloat16" => Dtype::BF16,
        "int64" => Dtype::I64,
        "int32" => Dtype::I32,
        "int16" => Dtype::I16,
        "int8" => Dtype::I8,
        "uint8" => Dtype::U8,
        "uint16" => Dtype::U16,
        "uint32" => Dtype::U32,
        "uint64" => Dtype::U64,
        "bool" => Dtype::BOOL,
        "complex64" => Dtype::C64,
        "float8_e4m3fn" => Dtype::F8_E4M3,
        "float8_e5m2" => Dtype::F8_E5M2,
        "float8_e4m3fnuz" => Dtype::F8_E4M3FNUZ,
        "float8_e5m2fnuz" => Dtype::F8_E5M2FNUZ,
        "float8_e8m0fnu" => Dtype::F8_E8M0,
        _ => return None,
    })
}
