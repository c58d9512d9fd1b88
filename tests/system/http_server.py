"""An API on loopback that takes everything after a delay. Usage: http_server.py PORTFILE DELAY_MS

The query of each request is appended to PORTFILE.log before the answer, which names a ticket."""
import asyncio, sys

portfile, delay = sys.argv[1], float(sys.argv[2]) / 1000
log = open(portfile + ".log", "a", buffering=1)


async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            line = head.split(b"\r\n", 1)[0].decode()
            length = 0
            for header in head.lower().split(b"\r\n"):
                if header.startswith(b"content-length:"):
                    length = int(header.split(b":")[1])
            await reader.readexactly(length)
            query = line.split(" ")[1].partition("?")[2]
            log.write(query + "\n")
            await asyncio.sleep(delay)
            body = b'{"id":"T-%s"}' % query.encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1024)
    with open(portfile, "w") as file:
        file.write(str(server.sockets[0].getsockname()[1]))
    async with server:
        await server.serve_forever()


asyncio.run(main())
