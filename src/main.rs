//! The program: a window without arguments, a command with them.

use bespoke::cli::{self, Next, Renderer};
use bespoke::ui;
use mimalloc::MiMalloc;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Asks the system for huge pages and keeps what is freed for a while: columns of millions of rows come and go here, and
/// the first touch of each small page would cost more than the work on it.
#[global_allocator]
static MEMORY: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    // Logs go to standard error; `RUST_LOG` chooses which.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match cli::run(std::env::args_os()) {
        Next::Exit(code) => code,
        Next::Window { project, renderer } => {
            let renderer = match renderer {
                Renderer::Wgpu => ui::Renderer::Wgpu,
                Renderer::Glow => ui::Renderer::Glow,
            };
            match ui::run(ui::WindowOptions { project, renderer }) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => cli::report(&error),
            }
        }
    }
}
