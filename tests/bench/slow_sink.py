"""An SMTP sink that answers each mail after a delay. Usage: slow_sink.py PORT SECONDS"""
import asyncio, sys

port, delay = int(sys.argv[1]), float(sys.argv[2])


async def serve(reader, writer):
    writer.write(b"220 sink ESMTP\r\n")
    try:
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"EHLO":
                writer.write(b"250-sink\r\n250 PIPELINING\r\n")
            elif word == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                await asyncio.sleep(delay)
                writer.write(b"250 taken\r\n")
            elif word == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 fine\r\n")
    except (OSError, asyncio.IncompleteReadError):
        pass
    writer.close()


async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", port, limit=1 << 22) as server:
        await server.serve_forever()


asyncio.run(main())
