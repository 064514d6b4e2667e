"""Find some documents of the MongoDB server on a port (asyncio-mongo 0.2.4)."""

import asyncio

import asyncio_mongo
import frame


@asyncio.coroutine
def find(connection):
    documents = yield from connection.talks.speakers.find({"year": 2014}, limit=2)
    return [(document["name"], document["year"]) for document in documents]


@asyncio.coroutine
def talk(port, times):
    connection = yield from asyncio_mongo.Connection.create("127.0.0.1", port, auto_reconnect=False)
    print(*(yield from find(connection)))
    yield from frame.again(find, connection, times=times)
    yield from connection.disconnect()


if __name__ == "__main__":
    frame.run(talk)
