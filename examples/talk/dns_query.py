"""Ask the DNS server on a port for the address of a name (aiodns 1.0.1)."""

import asyncio

import aiodns
import frame


@asyncio.coroutine
def lookup(resolver, name):
    answer = yield from resolver.query(name, "A")
    return [record.host for record in answer]


@asyncio.coroutine
def talk(port, times):
    resolver = aiodns.DNSResolver(["127.0.0.1"], loop=asyncio.get_event_loop(), udp_port=port, timeout=1.0, tries=1)
    print(*(yield from lookup(resolver, "talk.example")))
    yield from frame.again(lookup, resolver, "talk.example", times=times)


if __name__ == "__main__":
    frame.run(talk)
