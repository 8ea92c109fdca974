const lineBytesMax = 4_000_000;
const newline = 10;

/** Splits chunks into lines, a group a chunk. A line longer than any that the record writes is cut, and so found unreadable. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<readonly string[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const next = typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const bytes = rest.length > 0 ? Buffer.concat([rest, next]) : next;
    const lines: string[] = [];
    let from = 0;
    // Decoding line by line costs half of decoding the chunk and splitting the text.
    for (let to = bytes.indexOf(newline); to >= 0; to = bytes.indexOf(newline, from)) {
      lines.push(bytes.toString('utf8', from, to));
      from = to + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length > lineBytesMax) {
      lines.push(rest.toString('utf8', 0, lineBytesMax));
      rest = Buffer.alloc(0);
    }
    yield lines;
  }
  if (rest.length > 0) yield [rest.toString('utf8')];
}
