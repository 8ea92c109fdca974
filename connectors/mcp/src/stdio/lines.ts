/** Cuts a stream of bytes into lines; a line over the limit is skipped, and its head and tail are handed over instead. */
export interface Lines {
  feed(chunk: Buffer): void;
}

const edgeBytes = 256;
const newline = 10;

/** `line` gets each whole line; `oversize` the first and last bytes of one that was too long to keep. */
export function openLines(
  bytesMax: number,
  line: (text: string, bytes: number) => void,
  oversize: (head: string, tail: string) => void,
): Lines {
  let kept: Buffer[] = [];
  let bytes = 0;
  let edges: { readonly head: string; tail: Buffer } | undefined;

  function take(part: Buffer): void {
    if (edges) {
      edges.tail = Buffer.concat([edges.tail, part]).subarray(-edgeBytes);
      return;
    }
    kept.push(part);
    bytes += part.length;
    if (bytes <= bytesMax) return;
    const whole = Buffer.concat(kept);
    edges = { head: whole.toString('utf8', 0, edgeBytes), tail: whole.subarray(-edgeBytes) };
    kept = [];
  }

  function cut(): void {
    if (edges) oversize(edges.head, edges.tail.toString('utf8'));
    else if (bytes > 0) line((kept.length === 1 ? (kept[0] as Buffer) : Buffer.concat(kept)).toString('utf8'), bytes);
    kept = [];
    bytes = 0;
    edges = undefined;
  }

  return {
    feed(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
        take(chunk.subarray(from, at));
        cut();
        from = at + 1;
      }
      if (from < chunk.length) take(Buffer.from(chunk.subarray(from)));
    },
  };
}
