//! The service with the demonstration in it, on a port of its own, on the demonstration's clock. It is filled once for all that
//! ask for the same name, and ends with the process.

use casework::Act;
use casework::id::{RequestId, UserId};
use casework::people::User;
use office::{Context, Office};
use portal::{Clock, Config, Portal};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;
use store::Store;
use tokio::sync::oneshot;
use values::WorkCalendar;

/// An act that is done before anybody comes: by whom, which, with what.
pub type Done = (&'static str, &'static str, Value);

/// Starts it and says where it is. `folder`: where its data lie, which is emptied first.
pub fn start(folder: &Path) -> String {
    start_after(folder, Vec::new())
}

/// The same, with something done that the demonstration has not.
pub fn start_after(folder: &Path, done: Vec<Done>) -> String {
    let service = Service::begin(folder, done);
    let base = service.base.clone();
    // It ends with the process.
    std::mem::forget(service);
    base
}

/// One that can be killed and started again where it was.
pub struct Service {
    /// Where it is.
    pub base: String,
    folder: PathBuf,
    address: SocketAddr,
    kill: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Service {
    pub fn begin(folder: &Path, done: Vec<Done>) -> Self {
        drop(std::fs::remove_dir_all(folder));
        std::fs::create_dir_all(folder).unwrap();
        Self::run(folder.to_owned(), SocketAddr::from(([127, 0, 0, 1], 0)), Some(done))
    }

    /// Ends it in the middle of whatever it does, as a loss of power would; gives what it takes to start it again.
    pub fn kill(self) -> Killed {
        self.kill.send(()).unwrap();
        self.thread.join().unwrap();
        Killed { folder: self.folder, address: self.address }
    }

    fn run(folder: PathBuf, address: SocketAddr, done: Option<Vec<Done>>) -> Self {
        let config = Config { data: folder.clone(), demo: true, requests_a_minute: 1_000_000, ..Config::default() };
        let (tell, told) = mpsc::channel();
        let (kill, killed) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async move {
                let url = config.database_url();
                let office = Office::new(Store::open(&url).await.unwrap(), WorkCalendar::china());
                let reading = Store::open_read_only(url.split('?').next().unwrap_or(&url)).await.unwrap();
                portal::demo::seed(&office).await.unwrap_or_else(|why| panic!("{why}"));
                for (number, act) in (1..).zip(done.into_iter().flatten()) {
                    does(&office, number, act).await;
                }
                let portal = Portal::new(office, reading, config, Clock::Fixed(portal::demo::now()));
                let listener = tokio::net::TcpListener::bind(address).await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                tokio::select! {
                    ended = portal::serve::serve(portal, listener, std::future::pending()) => ended.unwrap(),
                    _ = killed => {}
                }
            });
            runtime.shutdown_background();
        });
        let address = told.recv().expect("the service starts");
        Self { base: format!("http://{address}"), folder, address, kill, thread }
    }
}

/// One that was killed.
pub struct Killed {
    folder: PathBuf,
    address: SocketAddr,
}

impl Killed {
    /// Starts it again, on what is on the disk.
    pub fn again(self) -> Service {
        Service::run(self.folder, self.address, None)
    }
}

async fn does(office: &Office, number: u32, (who, name, fields): Done) {
    let user: User = office.store().begin().await.unwrap().peek(who).await.unwrap().unwrap_or_else(|| panic!("there is no {who}"));
    let request = RequestId::parse(&format!("before-{number}")).unwrap();
    let context = Context { user: UserId::parse(who).unwrap(), role: user.roles[0], now: portal::demo::now(), request };
    let (noun, verb) = name.split_once('.').unwrap();
    let act: Act = serde_json::from_value(json!({ noun: { verb: fields } })).unwrap_or_else(|why| panic!("{name} {fields}: {why}"));
    office.perform(&context, &act).await.unwrap_or_else(|why| panic!("{who} {name} {fields}: {why}"));
}
