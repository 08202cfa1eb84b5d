//! The program: a window without arguments, a command with them.

use bespoke::cli::{self, Next, Renderer};
use bespoke::ui;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

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
