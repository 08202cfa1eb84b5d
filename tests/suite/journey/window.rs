//! The built program in a window of its own, driven over the inspection port.
//!
//! The port is that of eframe's `inspection` feature, which does nothing unless `EGUI_INSPECTION` is set. Where
//! there is no screen the program is shown on one that only exists in memory.

use super::driver::{Seen, UiDriver, seen_in};
use egui::Event;
use egui_inspection::{Request, Response, protocol, read_message, write_message};
use egui_kittest::kittest::State;
use std::io::{self, BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Drives the program in a process of its own.
pub(super) struct Window {
    program: Child,
    port: TcpStream,
    /// From the start of the process to the end of its first frame.
    pub first_frame: Duration,
    is_closed: bool,
    _screen: Option<Screen>,
}

/// The start page of the program, whose home is `folder`; why not, where no window can be shown.
pub(super) fn start(folder: &Path) -> Result<Window, String> {
    if !cfg!(target_os = "linux") {
        return Err(
            "the program opens the system's own file dialogs here, which nothing can drive".to_owned()
        );
    }
    let screen = match std::env::var_os("DISPLAY") {
        Some(_) => None,
        None => Some(Screen::start()?),
    };
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_bespoke"));
    command.current_dir(folder).stdin(Stdio::null());
    command.env("EGUI_INSPECTION", address.to_string()).env("WINIT_X11_SCALE_FACTOR", "1");
    // Settings of its own, and neither a desktop portal nor zenity: paths are typed.
    command.env("HOME", folder).env("XDG_CONFIG_HOME", folder).env("PATH", folder);
    for name in ["DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "XDG_RUNTIME_DIR"] {
        command.env_remove(name);
    }
    if let Some(screen) = &screen {
        command.env("DISPLAY", &screen.display);
    }
    let began = Instant::now();
    let program = command.spawn().unwrap();
    let mut window = Window {
        port: connect(&address, began),
        program,
        first_frame: Duration::ZERO,
        is_closed: false,
        _screen: screen,
    };
    protocol::read_handshake(&window.port).unwrap();
    window.seen();
    window.first_frame = began.elapsed();
    Ok(window)
}

fn connect(address: &std::net::SocketAddr, began: Instant) -> TcpStream {
    loop {
        match TcpStream::connect(address) {
            Ok(port) => {
                port.set_nodelay(true).unwrap();
                port.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
                return port;
            }
            Err(error) => {
                assert!(began.elapsed() < Duration::from_secs(30), "no window in 30 s: {error}");
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    }
}

impl Window {
    fn ask(&mut self, request: &Request) -> io::Result<Response> {
        write_message(&self.port, request)?;
        read_message(&self.port)
    }

    /// What the window answers; `None` once it has been closed.
    fn answer(&mut self, request: &Request) -> Option<Response> {
        if self.is_closed {
            return None;
        }
        match self.ask(request) {
            Ok(Response::Error { message }) => panic!("the window refused {request:?}: {message}"),
            Ok(response) => Some(response),
            Err(error) => {
                let status = self.ended().unwrap_or_else(|| panic!("the window does not answer: {error}"));
                assert!(status.success(), "the program ended with {status}");
                self.is_closed = true;
                None
            }
        }
    }

    /// Waits a little for the program to end.
    fn ended(&mut self) -> Option<std::process::ExitStatus> {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(10) {
            if let Some(status) = self.program.try_wait().unwrap() {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }

    /// The processor time used so far, of all threads.
    pub(super) fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.program.id())).unwrap();
        // proc(5): after the name, which may hold anything, utime and stime are the 12th and 13th field.
        let after_name = stat.rsplit_once(')').unwrap().1;
        let ticks = after_name.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap());
        // Linux counts in hundredths of a second wherever it speaks to a program.
        Duration::from_millis(10 * ticks.sum::<u64>())
    }
}

impl UiDriver for Window {
    fn seen(&mut self) -> Vec<Seen> {
        match self.answer(&Request::GetTree) {
            Some(Response::Tree { accesskit: Some(tree), pixels_per_point, .. }) => {
                seen_in(State::new(tree).root(), pixels_per_point)
            }
            _ => Vec::new(),
        }
    }

    fn send(&mut self, events: Vec<Event>) {
        self.answer(&Request::ApplyEvents { events });
    }

    fn bring(&mut self, path: &Path) {
        self.press("Choose data files");
        self.answer_path(path);
    }

    fn screenshot(&mut self) -> Option<Vec<u8>> {
        match self.answer(&Request::GetScreenshot { pixels_per_point: None })? {
            Response::Screenshot(image) => Some(image.bytes),
            _ => None,
        }
    }

    fn is_closed(&mut self) -> bool {
        self.answer(&Request::GetInfo);
        self.is_closed
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        end(&mut self.program);
    }
}

/// A screen that only exists in memory.
struct Screen {
    server: Child,
    display: String,
}

impl Screen {
    fn start() -> Result<Self, String> {
        let server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1400x900x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut server =
            server.map_err(|error| format!("DISPLAY is not set, and Xvfb can't start: {error}"))?;
        let mut number = String::new();
        let told = server.stdout.take().map(|told| BufReader::new(told).read_line(&mut number));
        if !matches!(told, Some(Ok(length)) if length > 0) {
            end(&mut server);
            return Err("DISPLAY is not set, and Xvfb found no free display".to_owned());
        }
        Ok(Self { server, display: format!(":{}", number.trim()) })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        end(&mut self.server);
    }
}

/// Ends a process that may have ended by itself.
fn end(process: &mut Child) {
    if matches!(process.try_wait(), Ok(None)) {
        process.kill().unwrap();
        process.wait().unwrap();
    }
}
