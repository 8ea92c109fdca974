/** One line of a comparison; `at` is its number where it stands. */
export interface DiffLine {
  readonly kind: 'same' | 'gone' | 'new' | 'skipped';
  readonly text: string;
  readonly was?: number;
  readonly now?: number;
}

/** Past this many pairs of lines, what differs is shown as gone and new as a whole. */
const pairsMax = 4_000_000;
const contextLines = 3;

/** Two texts line by line; long stretches that are alike are left out. */
export function linesBetween(before: string, after: string): readonly DiffLine[] {
  const [was, now] = [split(before), split(after)];
  let head = 0;
  while (head < was.length && head < now.length && was[head] === now[head]) head++;
  let tail = 0;
  while (tail < was.length - head && tail < now.length - head && was[was.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  const same = (from: number, to: number, shift: number): DiffLine[] =>
    was.slice(from, to).map((text, at) => ({ kind: 'same', text, was: from + at + 1, now: from + at + 1 + shift }));
  const middle = between(was.slice(head, was.length - tail), now.slice(head, now.length - tail), head);
  return shortened([...same(0, head, 0), ...middle, ...same(was.length - tail, was.length, now.length - was.length)]);
}

function split(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** The longest common lines stay; everything else is gone or new. */
function between(was: readonly string[], now: readonly string[], start: number): readonly DiffLine[] {
  const gone = (at: number): DiffLine => ({ kind: 'gone', text: was[at] ?? '', was: start + at + 1 });
  const fresh = (at: number): DiffLine => ({ kind: 'new', text: now[at] ?? '', now: start + at + 1 });
  if (was.length * now.length > pairsMax) return [...was.map((_, at) => gone(at)), ...now.map((_, at) => fresh(at))];
  const width = now.length + 1;
  const common = new Uint32Array((was.length + 1) * width);
  for (let i = was.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      common[i * width + j] =
        was[i] === now[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < was.length && j < now.length) {
    if (was[i] === now[j]) lines.push({ kind: 'same', text: was[i] ?? '', was: start + ++i, now: start + ++j });
    else if ((common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0)) lines.push(gone(i++));
    else lines.push(fresh(j++));
  }
  while (i < was.length) lines.push(gone(i++));
  while (j < now.length) lines.push(fresh(j++));
  return lines;
}

function shortened(lines: readonly DiffLine[]): readonly DiffLine[] {
  const near = new Set<number>();
  lines.forEach(({ kind }, at) => {
    if (kind !== 'same') for (let by = -contextLines; by <= contextLines; by++) near.add(at + by);
  });
  const kept: DiffLine[] = [];
  lines.forEach((line, at) => {
    if (near.has(at)) kept.push(line);
    else if (kept.at(-1)?.kind !== 'skipped') kept.push({ ...line, kind: 'skipped', text: '' });
  });
  return kept;
}
