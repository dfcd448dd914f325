"""Clients of a balancer.

    clients.py start PORT READINESS    waits for a balancer that starts now: its listener on PORT, the answer of an API server to a request
                                       through it, and status 200 from READINESS (port and path). Prints the moment of each, in seconds
                                       since the machine started, as /proc has it for processes.
    clients.py sessions PORT COUNT     makes so many connections through it, with a request on each, says "open" and keeps them until its
                                       input ends
"""
import http.client
import resource
import socket
import ssl
import sys
import threading
import time

EVERY = 0.01  # tries are not for nothing on two cores
PATIENCE = 60
REQUEST = b'GET /version HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'

context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE


def now():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def listens(port):
    socket.create_connection(('127.0.0.1', port), timeout=5).close()
    return True


def session(port):
    """A connection on which an API server has answered."""
    secure = context.wrap_socket(socket.create_connection(('127.0.0.1', port), timeout=20))
    secure.sendall(REQUEST)
    if not secure.recv(4096).startswith(b'HTTP/1.1 200'):
        raise OSError('no answer')
    return secure


def answers(port):
    session(port).close()
    return True


def ready(where):
    port, _, path = where.partition('/')
    connection = http.client.HTTPConnection('127.0.0.1', int(port), timeout=5)
    try:
        connection.request('GET', '/' + path)
        return connection.getresponse().status == 200
    finally:
        connection.close()


def moment(name, holds, moments):
    end = now() + PATIENCE
    while now() < end:
        try:
            if holds():
                moments[name] = now()
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(EVERY)


def start(port, readiness):
    moments = {}
    waiting = [threading.Thread(target=moment, args=each + (moments,)) for each in (
        ('listener', lambda: listens(port)), ('byte', lambda: answers(port)), ('ready', lambda: ready(readiness)))]
    print('waiting', flush=True)
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join()
    for name, at in moments.items():
        print(name, f'{at:.3f}', flush=True)


def sessions(port, count):
    resource.setrlimit(resource.RLIMIT_NOFILE, (20_000, 20_000))
    kept = [session(port) for _ in range(count)]
    print('open', flush=True)
    sys.stdin.read()
    for each in kept:
        each.close()


if sys.argv[1] == 'start':
    start(int(sys.argv[2]), sys.argv[3])
else:
    sessions(int(sys.argv[2]), int(sys.argv[3]))
