//! `serve`: the service, until it is told to end.

use crate::cli::ServeArgs;
use crate::commands::config;
use crate::failure::{Failure, Verdict};
use office::Office;
use portal::{Clock, Config, Portal};
use std::io::Write;
use std::path::PathBuf;
use store::Store;
use tokio::net::TcpListener;
use values::{Lang, WorkCalendar};

/// Runs the command.
pub fn run(args: &ServeArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
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
    if config.database.is_none() {
        std::fs::create_dir_all(&config.data).map_err(|error| Failure::unwritable(&config.data, &error))?;
    }
    let url = config.database_url();
    let broken = |error: store::StoreError| Failure::database(&error);
    let store = Store::open(&url).await.map_err(broken)?;
    // For reading a database in a file is opened anew: readers then do not wait for the one who writes.
    let reading = Store::open_read_only(&url).await.map_err(broken)?;
    let office = Office::new(store, WorkCalendar::china());
    let clock = if config.demo { Clock::Fixed(portal::demo::now()) } else { Clock::System };
    if config.demo {
        portal::demo::seed(&office).await.map_err(|why| Failure::input(format!("演示数据：{why}"), format!("the demonstration: {why}")))?;
    }
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        Failure::input(format!("不能监听 {}：{error}", config.listen), format!("cannot listen on {}: {error}", config.listen))
            .help("换一个端口：--listen 127.0.0.1:8081", "choose another port: --listen 127.0.0.1:8081")
    })?;
    greet(&config, lang, out)?;
    out.flush()?;
    let portal = Portal::new(office, reading, config, clock);
    portal::serve::serve(portal, listener, ended()).await.map_err(Failure::Output)
}

fn greet(config: &Config, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let at = config.listen;
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

/// Waits for whoever runs the service to end it.
async fn ended() {
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
