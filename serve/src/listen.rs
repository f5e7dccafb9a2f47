//! Listens, cuts off whoever is too slow, and ends in order: what was accepted is finished first.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use kms_triage::Knowledge;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::time::{interval, sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::app::{App, Config, Limits, ServeError, router};
use crate::patience::Patient;
use crate::tls;

/// How often expired cases are looked for.
const PURGE_EVERY: Duration = Duration::from_hours(1);
/// Bytes of a head, and its lines.
const HEAD_BYTES_MAX: usize = 32 << 10;
const HEAD_LINES_MAX: usize = 64;
/// After an error of the listener: most mean that the system has no more of something for a moment.
const REST: Duration = Duration::from_millis(50);

/// Runs the server until it is told to stop (Ctrl-C, SIGTERM). `ready` gets the address once requests are taken.
///
/// # Errors
/// When the store, the certificate or the address cannot be used.
pub fn serve(knowledge: &'static Knowledge, config: Config, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    let bind = config.bind;
    let acceptor = config.tls.as_ref().map(|(certificate, key)| tls::acceptor(certificate, key)).transpose()?;
    let app = Arc::new(App::new(knowledge, config)?);
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(|e| ServeError(e.to_string()))?;
    let stop_time = app.limits.stop_time;
    let done = runtime.block_on(async {
        let fail = |e: std::io::Error| ServeError(format!("cannot listen on {bind}: {e}"));
        let stop = stop_signal().map_err(fail)?;
        let listener = TcpListener::bind(bind).await.map_err(fail)?;
        ready(listener.local_addr().map_err(fail)?);
        tokio::spawn(purge(Arc::clone(&app)));
        accept(&app, listener, acceptor, stop).await;
        Ok(())
    });
    runtime.shutdown_timeout(stop_time);
    done
}

async fn accept(app: &Arc<App>, listener: TcpListener, acceptor: Option<TlsAcceptor>, stop: impl Future<Output = ()>) {
    let router = router(Arc::clone(app));
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(app.limits.connections));
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, stream) = tokio::select! {
            biased;
            () = &mut stop => break,
            (place, accepted) = next => match (place, accepted) {
                (Ok(place), Ok((stream, _))) => (place, stream),
                _ => { sleep(REST).await; continue }
            },
        };
        let (router, acceptor, watcher, limits) = (router.clone(), acceptor.clone(), graceful.watcher(), app.limits.clone());
        tokio::spawn(async move {
            let _place = place;
            let Some(stream) = handshake(stream, acceptor, &limits).await else { return };
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(limits.head_time)
                .max_buf_size(HEAD_BYTES_MAX)
                .max_headers(HEAD_LINES_MAX)
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
            // A peer that breaks off is no news.
            let _ = watcher.watch(connection).await;
        });
    }
    drop(listener);
    // Those who are still not done then had their time.
    let _ = timeout(app.limits.stop_time, graceful.shutdown()).await;
}

/// A stream, encrypted or not.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

async fn handshake(stream: TcpStream, acceptor: Option<TlsAcceptor>, limits: &Limits) -> Option<Box<dyn Stream>> {
    // Small answers leave at once; where that cannot be had they leave a little later.
    let _ = stream.set_nodelay(true);
    let stream = Patient::new(stream, limits.idle_time);
    let Some(acceptor) = acceptor else { return Some(Box::new(stream)) };
    let encrypted = timeout(limits.head_time, acceptor.accept(stream)).await.ok()?.ok()?;
    Some(Box::new(encrypted))
}

async fn purge(app: Arc<App>) {
    let mut every = interval(PURGE_EVERY);
    loop {
        every.tick().await;
        let worker = Arc::clone(&app);
        // A store that fails shows in `/health`.
        let _ = tokio::task::spawn_blocking(move || worker.purge()).await;
    }
}

/// Ends when the system asks the program to end. Registered before anything is served, so that no signal is missed.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// The same.
#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a handler Ctrl-C ends the program anyway.
        let _ = tokio::signal::ctrl_c().await;
    })
}
