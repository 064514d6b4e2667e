"""Which names of asyncio came with which version (names.json, measured; micro releases from the documentation)."""

from __future__ import annotations

Version = tuple[int, int]


def versions(text: str) -> dict[str, Version]:
    """The version of each name in rows of a version and names."""
    rows = (line.split() for line in text.strip().splitlines())
    return {
        name: (int(major), int(minor))
        for since, *names in rows
        for major, minor in [since.split(".")]
        for name in names
    }


FIRST = frozenset(
    "ALL_COMPLETED AbstractChildWatcher AbstractEventLoop AbstractEventLoopPolicy AbstractServer BaseEventLoop "
    "BaseProtocol BaseTransport BoundedSemaphore CancelledError Condition DatagramProtocol DatagramTransport "
    "DefaultEventLoopPolicy Event FIRST_COMPLETED FIRST_EXCEPTION FastChildWatcher Future Handle IncompleteReadError "
    "InvalidStateError IocpProactor JoinableQueue LifoQueue Lock PriorityQueue ProactorEventLoop Protocol Queue "
    "QueueEmpty QueueFull ReadTransport SafeChildWatcher SelectorEventLoop Semaphore StreamReader "
    "StreamReaderProtocol StreamWriter SubprocessProtocol SubprocessTransport Task TimeoutError TimerHandle Transport "
    "WriteTransport as_completed async coroutine create_subprocess_exec create_subprocess_shell gather "
    "get_child_watcher get_event_loop get_event_loop_policy iscoroutine iscoroutinefunction new_event_loop "
    "open_connection open_unix_connection set_child_watcher set_event_loop set_event_loop_policy shield sleep "
    "start_server start_unix_server wait wait_for wrap_future".split()
)
"""Public names of the package in its first version, PyPI's asyncio 3.4.3 for Python 3.3, submodules aside."""

ADDED = versions(
    """
    3.4 ensure_future run_coroutine_threadsafe
    3.5 LimitOverrunError isfuture
    3.6 base_futures base_tasks
    3.7 BufferedProtocol SendfileNotAvailableError WindowsProactorEventLoopPolicy WindowsSelectorEventLoopPolicy
    3.7 all_tasks create_task current_task format_helpers get_running_loop run runners
    3.8 MultiLoopChildWatcher ThreadedChildWatcher exceptions staggered trsock
    3.9 PidfdChildWatcher Server threads to_thread
    3.10 mixins
    3.11 Barrier BrokenBarrierError Runner TaskGroup Timeout taskgroups timeout timeout_at timeouts
    3.12 create_eager_task_factory eager_task_factory
    3.13 EventLoop QueueShutDown
    3.14 FrameCallGraphEntry FutureCallGraph capture_call_graph format_call_graph future_add_to_awaited_by
    3.14 future_discard_from_awaited_by graph print_call_graph tools
    """
)
"""Names of the package that came later, submodules among them.

A name that came with a micro release (``ensure_future`` with 3.4.4, ``isfuture`` with 3.5.3) counts for its minor one.
"""

ADDED_METHODS = versions(
    """
    3.4 task_done
    3.5 connect_accepted_socket create_future readuntil
    3.6 shutdown_asyncgens
    3.7 serve_forever sock_recv_into sock_sendfile start_serving
    3.9 shutdown_default_executor
    3.11 sock_recvfrom sock_recvfrom_into sock_sendto uncancel
    3.13 abort_clients close_clients
    """
)
"""Methods of asyncio's objects, the same, as far as nothing else is likely to have a method of that name."""

ADDED_METHODS_OF = versions(
    """
    3.7 Future.get_loop
    3.8 Task.get_coro Task.get_name Task.set_name
    3.11 Task.cancelling
    3.12 Task.get_context
    3.13 Queue.shutdown
    """
)
"""Methods whose names other objects may have as well, by the class."""

ADDED_PARAMETERS = versions(
    """
    3.5 create_datagram_endpoint.allow_broadcast create_datagram_endpoint.reuse_address
    3.5 create_datagram_endpoint.reuse_port create_datagram_endpoint.sock create_server.reuse_port
    3.7 add_done_callback.context call_at.context call_later.context call_soon.context call_soon_threadsafe.context
    3.7 connect_accepted_socket.ssl_handshake_timeout
    3.7 create_connection.ssl_handshake_timeout create_server.ssl_handshake_timeout
    3.7 create_server.start_serving create_unix_connection.ssl_handshake_timeout
    3.7 create_unix_server.ssl_handshake_timeout create_unix_server.start_serving
    3.8 Task.name create_connection.happy_eyeballs_delay create_connection.interleave create_task.name
    3.9 cancel.msg
    3.11 Task.context connect_accepted_socket.ssl_shutdown_timeout create_connection.ssl_shutdown_timeout
    3.11 create_server.ssl_shutdown_timeout create_task.context create_unix_connection.ssl_shutdown_timeout
    3.11 create_unix_server.ssl_shutdown_timeout start_tls.ssl_shutdown_timeout
    3.12 Task.eager_start create_connection.all_errors run.loop_factory shutdown_default_executor.timeout
    3.13 create_server.keep_alive
    3.14 eager_task_factory.eager_start
    """
)
"""Parameters that asyncio's functions, and the methods of loops, Future and Task, have got since."""

OLDER = {
    "create_task": "ensure_future",
    "current_task": "Task.current_task",
    "get_running_loop": "get_event_loop",
}
"""What does the same in a coroutine where a name is not there yet; outside of one it uses the loop that is set."""
