const lineCharsMax = 4_000_000;

/** Splits text chunks into lines, a group a chunk. A line longer than any the record writes is cut, and so found unreadable. */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() as string;
    if (rest.length > lineCharsMax) {
      lines.push(rest.slice(0, lineCharsMax));
      rest = '';
    }
    yield lines;
  }
  if (rest !== '') yield [rest];
}
