//! `serve`: the service, until it is told to end.

use crate::cli::ServeArgs;
use crate::commands::config;
use crate::database::private;
use crate::failure::{Failure, Verdict};
use office::Office;
use portal::demo::DemoError;
use portal::identity::Identity;
use portal::{Clock, Config, Portal};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use store::Store;
use tokio::net::TcpListener;
use values::{Lang, WorkCalendar};

/// Runs the command.
pub fn run(args: &ServeArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    private();
    let mut config = config::of(&args.place)?;
    config.listen = args.listen.unwrap_or(config.listen);
    config.demo |= args.demo;
    if config.demo && args.place.data.is_none() && args.place.config.is_none() {
        // Made-up data never lie where real ones would.
        config.data = PathBuf::from("data-demo");
    }
    let filter = tracing_subscriber::EnvFilter::try_from_env("DUIXIAN_LOG").unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::Output)?;
    runtime.block_on(serve(config, lang, out))?;
    Ok(Verdict::Clean)
}

async fn serve(config: Config, lang: Lang, out: &mut dyn Write) -> Result<(), Failure> {
    let identity = config::identity(&config)?.map(|tokens| Arc::new(tokens) as Arc<dyn Identity>);
    // Before any data are made: who comes early waits.
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        Failure::input(format!("不能监听 {}：{error}", config.listen), format!("cannot listen on {}: {error}", config.listen))
            .help("换一个端口：--listen 127.0.0.1:8081", "choose another port: --listen 127.0.0.1:8081")
    })?;
    if config.database.is_none() {
        std::fs::create_dir_all(&config.data).map_err(|error| Failure::unwritable(&config.data, &error))?;
    }
    let url = config.database_url();
    let broken = |error: store::StoreError| Failure::database_at(&url, &error);
    let store = Store::open(&url).await.map_err(broken)?;
    // For reading a database in a file is opened anew: readers then do not wait for the one who writes.
    let reading = Store::open_read_only(&url).await.map_err(broken)?;
    let office = Office::new(store, WorkCalendar::china());
    let ours = portal::demo::is_ours(office.store()).await.map_err(broken)?;
    if ours == Some(true) && !config.demo {
        return Err(Failure::input("这是演示环境的数据库，账号密码是公开的", "this database is the demonstration's; its passwords are printed")
            .help("演示加 --demo；正式使用请换一个数据文件夹：--data DIR", "add --demo, or use another folder: --data DIR"));
    }
    let clock = if config.demo { Clock::Fixed(portal::demo::now()) } else { Clock::System };
    if config.demo {
        portal::demo::seed(&office).await.map_err(|why| match why {
            DemoError::Real => {
                Failure::input("这是正式使用的数据库，不能以演示环境启动", "this database holds a real office; it does not run as a demonstration")
                    .help("演示请换一个数据文件夹：--data DIR", "use another folder: --data DIR")
            }
            why => Failure::input(format!("演示数据：{why}"), format!("the demonstration: {why}")),
        })?;
    }
    greet(&config, listener.local_addr().unwrap_or(config.listen), lang, out)?;
    out.flush()?;
    let portal = Portal::with_identity(office, reading, config, clock, identity);
    portal::serve::serve(portal, listener, ended()).await.map_err(Failure::Output)
}

fn greet(config: &Config, at: SocketAddr, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    match lang {
        Lang::Zh => writeln!(out, "兑现服务已启动：http://{at}    接口说明：http://{at}/api/v1/docs")?,
        Lang::En => writeln!(out, "Duixian is running: http://{at}    API: http://{at}/api/v1/docs")?,
    }
    if !config.demo {
        return Ok(());
    }
    match lang {
        Lang::Zh => writeln!(out, "演示环境：以下数据均为虚构，日期固定为 {}。可用这些账号登录（密码均为 {}）：", portal::demo::now(), portal::demo::PASSWORD)?,
        Lang::En => {
            writeln!(out, "A demonstration with made-up data; its clock stands at {}. Sign in as (password {}):", portal::demo::now(), portal::demo::PASSWORD)?
        }
    }
    for (id, who) in portal::demo::people() {
        writeln!(out, "  {id:<16}{who}")?;
    }
    Ok(())
}

/// Waits for whoever runs the program to end it.
pub async fn ended() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            drop(interrupt.await);
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}
