"""The service of one machine: portal, clock and Prefect's server, started together and stopped in the right order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from htx_workflow.domain.errors import BadInput, StoreError
from htx_workflow.host import children, prefect_link, watchman
from htx_workflow.host.children import Child
from htx_workflow.host.clock import Clock
from htx_workflow.runtime import Runtime
from htx_workflow.web.app import create_app

WATCH_SECONDS = 1.0
log = logging.getLogger(__name__)


class PortalServer(uvicorn.Server):
    """uvicorn, with the signals left to us."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bind_each(host: str, port: int, processes: int) -> list[socket.socket]:
    """A listening socket for each portal process: the kernel deals out who connects.

    On one socket together, whichever process wakes first takes everybody who is waiting, and keeps them.
    """
    alone = bind(host, port)
    if processes == 1 or not hasattr(socket, "SO_REUSEPORT"):
        return [alone] * processes
    alone.close()  # it has shown that nobody else listens here
    return [bind(host, port, shared=True) for _ in range(processes)]


def bind(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A listening socket. A taken port or a forbidden one is refused with a sentence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listening.bind((host, port))
        listening.listen(256)
    except OSError as error:
        listening.close()
        raise BadInput(
            f"Không mở được cổng {port} tại {host} ({error.strerror}). Có thể đã có một htx khác đang chạy;"
            " đề nghị dừng nó, hoặc chọn cổng khác bằng --port."
        ) from error
    return listening


def check_prefect_port(port: int) -> None:
    """Prefect's server binds by itself; a taken port is said before it is started."""
    try:
        bind("127.0.0.1", port).close()
    except BadInput as error:
        raise BadInput(
            f"Cổng {port} của Prefect đang bị chiếm. Đề nghị đặt HTX_PREFECT_PORT sang cổng khác, hoặc chạy --no-prefect."
        ) from error


def check_var_dir(runtime: Runtime) -> None:
    """Everything this machine keeps lies there: refuse to start where it cannot be written."""
    folder = runtime.settings.var_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".htx-probe"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise StoreError(
            f"Không ghi được vào thư mục {folder} ({error.strerror})."
            " Đề nghị cấp quyền ghi cho tài khoản chạy htx, hoặc đặt HTX_VAR_DIR sang thư mục khác."
        ) from error


async def serve(
    runtime: Runtime,
    *,
    host: str,
    port: int,
    web: int = 1,
    clock: bool = True,
    portal: bool = True,
    prefect: bool = True,
    listening: socket.socket | None = None,
) -> None:
    """Run until SIGTERM or SIGINT: the portal answers first, Prefect joins when it is ready."""
    check_var_dir(runtime)
    settings = runtime.settings
    embedded = clock and settings.scheduler == "embedded"
    own_prefect = prefect and clock and not settings.prefect_api_url
    if own_prefect:
        check_prefect_port(settings.prefect_port)
    prefect_link.prepare_environment(settings)
    socks = ([listening] if listening else bind_each(host, port, web)) if portal else []
    sock = socks[0] if socks else None
    _ = runtime.database
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    kept: list[Child] = []
    server, serving = _portal(runtime, sock, web)
    if sock is not None and web > 1:
        kept += [children.portal(settings, number, each.fileno()) for number, each in enumerate(socks, 1)]
    if own_prefect:
        kept.append(children.prefect_server(settings))
    beating = Clock(runtime, with_prefect=prefect) if embedded else None
    watching = asyncio.create_task(watchman.watch(runtime)) if portal and not embedded else None
    try:
        for child in kept:
            child.start()
        if beating is not None:
            beating.start()
        await _watch(kept, stop, serving)
    finally:
        if watching is not None:
            watching.cancel()
        await _stop(beating, server, serving, kept)
        for each in socks:
            each.close()


def _portal(
    runtime: Runtime, sock: socket.socket | None, web: int
) -> tuple[PortalServer | None, asyncio.Task[None] | None]:
    """The portal in this process, unless other processes serve it."""
    if sock is None or web > 1:
        return None, None
    config = uvicorn.Config(
        create_app(runtime), log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=3
    )
    server = PortalServer(config)
    return server, asyncio.create_task(server.serve(sockets=[sock]))


async def _watch(kept: list[Child], stop: asyncio.Event, serving: asyncio.Task[None] | None) -> None:
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), WATCH_SECONDS)
        for child in kept:
            if not stop.is_set():
                child.watch()
        if serving is not None and serving.done():
            serving.result()
            return


async def _stop(
    beating: Clock | None, server: PortalServer | None, serving: asyncio.Task[None] | None, kept: list[Child]
) -> None:
    """Flows first, then the portal, then Prefect's server."""
    if server is not None:
        server.should_exit = True
    if beating is not None:
        await asyncio.to_thread(beating.stop)
    if serving is not None:
        await serving
    await asyncio.gather(*(asyncio.to_thread(child.stop) for child in kept))
    log.info("the service has stopped")
