"""Browsers that ask as fast as they are answered: `python -m benchmarks.visitors PORT SECONDS CONNECTIONS PATH TOKENS…`.

Each connection is kept open and belongs to one signed-in session. Prints JSON: answers, errors, seconds of each answer.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time


async def browse(port: int, path: str, token: str, until: float, seconds: list[float], wrong: list[int]) -> None:
    """One browser: asks, reads the whole answer, asks again."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    question = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: htx={token}\r\n\r\n".encode()
    while time.perf_counter() < until:
        began = time.perf_counter()
        writer.write(question)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(length)
        seconds.append(time.perf_counter() - began)
        status = int(head[9:12])
        if status != 200:
            wrong.append(status)
    writer.close()


async def main(port: int, span: float, connections: int, path: str, tokens: list[str]) -> None:
    seconds: list[float] = []
    wrong: list[int] = []
    began = time.perf_counter()
    await asyncio.gather(
        *(
            browse(port, path, tokens[number % len(tokens)], began + span, seconds, wrong)
            for number in range(connections)
        )
    )
    print(
        json.dumps(
            {"answers": len(seconds), "wrong": len(wrong), "seconds": seconds, "took": time.perf_counter() - began}
        )
    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5:]))
