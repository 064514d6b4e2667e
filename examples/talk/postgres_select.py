"""SELECT a row of the PostgreSQL server on a port, with a pool and a cursor (aiopg 0.3.2)."""

import asyncio

import frame
from aiopg.pool import create_pool


@asyncio.coroutine
def select(pool, number):
    with (yield from pool) as connection:
        cursor = yield from connection.cursor()
        yield from cursor.execute("SELECT %s + 1, 'a value'", (number,))
        return (yield from cursor.fetchone())


@asyncio.coroutine
def talk(port, times):
    dsn = "host=127.0.0.1 port=%d user=talk dbname=postgres" % port
    pool = yield from create_pool(dsn, minsize=2, maxsize=4)
    print(*(yield from select(pool, 41)))
    yield from frame.again(select, pool, 1, times=times)
    yield from pool.clear()


if __name__ == "__main__":
    frame.run(talk)
