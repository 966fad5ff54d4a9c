//! Asks the NVIDIA driver and libtorch's CUDA library whether the GPU can be used.

use crate::doctor::Trouble;
use libloading::{Library, Symbol};
use std::ffi::{CStr, c_char, c_int, c_uint};
use std::path::Path;

/// The CUDA that libtorch 2.11.0 from PyPI is built with, as the driver counts: 1000 for a major version, 10 for a minor.
const CUDA: c_int = 13_000;

/// Whether this machine has an NVIDIA driver.
pub fn has_driver() -> bool {
    Driver::open().is_some()
}

/// The devices that libtorch can use, or why it cannot.
pub fn devices(libtorch: &Path) -> Result<String, Trouble> {
    let driver = Driver::open().ok_or_else(|| {
        Trouble::missing(
            "there is no NVIDIA driver (libcuda.so.1 does not load), so networks run on the CPU",
            "if there is an NVIDIA GPU, install its driver, version 580 or newer",
        )
    })?;
    let devices = driver.devices()?;
    // SAFETY: the initialisers of libtorch may run in any program.
    match unsafe { Library::new(libtorch.join("lib/libtorch_cuda.so")) } {
        Ok(_) => Ok(devices.join(", ")),
        Err(error) => Err(Trouble::new(
            format!(
                "the driver has {}, but this libtorch is incomplete for CUDA: {:#}",
                devices.join(", "),
                anyhow::Error::from(error)
            ),
            "cargo xtask setup --cuda (with LIBTORCH unset, if you have set it)",
        )),
    }
}

/// `libcuda.so.1`, which comes with the driver.
struct Driver(Library);

impl Driver {
    fn open() -> Option<Self> {
        // SAFETY: the driver's initialisers may run in any program.
        unsafe { Library::new("libcuda.so.1") }.ok().map(Self)
    }

    fn devices(&self) -> Result<Vec<String>, Trouble> {
        // SAFETY: the signature is the one in the driver's documentation.
        unsafe { self.call("cuInit", |init: Symbol<unsafe extern "C" fn(c_uint) -> c_int>| init(0))? };
        let version = self.number("cuDriverGetVersion")?;
        if version < CUDA {
            let (major, minor) = (version / 1000, version % 1000 / 10);
            return Err(Trouble::new(
                format!("the NVIDIA driver is too old: it runs CUDA {major}.{minor}, and libtorch is built with 13.0"),
                "install driver version 580 or newer",
            ));
        }
        (0..self.number("cuDeviceGetCount")?).map(|device| self.name(device)).collect()
    }

    /// The result of a function that returns one number.
    fn number(&self, name: &str) -> Result<c_int, Trouble> {
        let mut number = 0;
        // SAFETY: both functions asked have this signature, and the pointer is to a variable of ours.
        unsafe { self.call(name, |get: Symbol<unsafe extern "C" fn(*mut c_int) -> c_int>| get(&mut number))? };
        Ok(number)
    }

    fn name(&self, device: c_int) -> Result<String, Trouble> {
        type Get = unsafe extern "C" fn(*mut c_char, c_int, c_int) -> c_int;
        let mut name = [0; 256];
        // SAFETY: the signature is the documented one; the driver ends the name with a zero within the length given.
        unsafe {
            self.call("cuDeviceGetName", |get: Symbol<Get>| get(name.as_mut_ptr(), name.len() as c_int, device))?;
            Ok(CStr::from_ptr(name.as_ptr()).to_string_lossy().into_owned())
        }
    }

    /// Calls a function of the driver, each of which returns 0 or the number of an error.
    ///
    /// # Safety
    /// The function must have the type `F`.
    unsafe fn call<F>(&self, name: &str, call: impl FnOnce(Symbol<F>) -> c_int) -> Result<(), Trouble> {
        // SAFETY: as the caller promises.
        let code = unsafe { self.0.get(name) }.map(call);
        match code {
            Ok(0) => Ok(()),
            Ok(100) => Err(Trouble::new(
                "the NVIDIA driver sees no GPU (error 100)",
                "check that the GPU is not hidden by CUDA_VISIBLE_DEVICES or from this container",
            )),
            Ok(code) => Err(Trouble::new(
                format!("the NVIDIA driver does not work: {name} gives error {code}"),
                "check `nvidia-smi`; after a driver update, restart the machine",
            )),
            Err(error) => {
                Err(Trouble::new(format!("the NVIDIA driver is incomplete: {error}"), "install the driver again"))
            }
        }
    }
}
