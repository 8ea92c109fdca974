/** The slow, exact reader: a JSON grammar that keeps its place, so that an offence can be named with line, column and path. */
interface Reader {
  readonly text: string;
  readonly depthMax: number;
  at: number;
  readonly path: (string | number)[];
}

class Offence extends Error {}

const escapes = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** The first thing that makes the text no I-JSON, as a sentence with its place; undefined when it is I-JSON. */
export function locateOffence(text: string, depthMax: number): string | undefined {
  const reader: Reader = { text, depthMax, at: 0, path: [] };
  try {
    space(reader);
    readValue(reader, 0);
    space(reader);
    if (reader.at < text.length) fail(reader, 'there is text after the end');
    return undefined;
  } catch (error) {
    if (error instanceof Offence) return error.message;
    throw error;
  }
}

function fail(reader: Reader, what: string, at = reader.at): never {
  const before = reader.text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  const path = reader.path.length > 0 ? ` in /${reader.path.join('/').slice(0, 120)}` : '';
  throw new Offence(`${what} (line ${line}, column ${column}${path})`);
}

function space(reader: Reader): void {
  while (' \t\n\r'.includes(reader.text[reader.at] ?? 'x')) reader.at++;
}

function readValue(reader: Reader, depth: number): void {
  const c = reader.text[reader.at];
  if (c === '{' || c === '[') {
    if (depth >= reader.depthMax) fail(reader, `it is nested more than ${reader.depthMax} deep`);
    if (c === '{') readObject(reader, depth + 1);
    else readArray(reader, depth + 1);
    return;
  }
  if (c === '"') {
    readString(reader);
    return;
  }
  for (const word of ['true', 'false', 'null']) {
    if (reader.text.startsWith(word, reader.at)) {
      reader.at += word.length;
      return;
    }
  }
  readNumber(reader);
}

function readObject(reader: Reader, depth: number): void {
  const seen = new Set<string>();
  members(reader, '}', () => {
    const start = reader.at;
    if (reader.text[start] !== '"') fail(reader, 'a quoted key was expected');
    const key = readString(reader);
    if (seen.has(key)) fail(reader, `the key ${JSON.stringify(key.slice(0, 60))} stands twice in one object`, start);
    if (key === '__proto__') fail(reader, 'the key "__proto__" is not allowed', start);
    seen.add(key);
    space(reader);
    if (reader.text[reader.at] !== ':') fail(reader, 'a colon was expected');
    reader.at++;
    space(reader);
    reader.path.push(key);
    readValue(reader, depth);
    reader.path.pop();
  });
}

function readArray(reader: Reader, depth: number): void {
  let index = 0;
  members(reader, ']', () => {
    reader.path.push(index++);
    readValue(reader, depth);
    reader.path.pop();
  });
}

function members(reader: Reader, close: string, readOne: () => void): void {
  reader.at++;
  space(reader);
  if (reader.text[reader.at] === close) {
    reader.at++;
    return;
  }
  for (;;) {
    readOne();
    space(reader);
    const c = reader.text[reader.at];
    if (c !== ',' && c !== close) fail(reader, `a comma or ${close} was expected`);
    reader.at++;
    if (c === close) return;
    space(reader);
  }
}

function readString(reader: Reader): string {
  const start = reader.at++;
  let out = '';
  for (;;) {
    const c = reader.text[reader.at];
    if (c === undefined) fail(reader, 'a string does not end', start);
    if (c < ' ') fail(reader, 'a control character stands bare in a string');
    reader.at++;
    if (c === '"') break;
    out += c === '\\' ? readEscape(reader) : c;
  }
  if (!out.isWellFormed()) fail(reader, 'a string holds half of a surrogate pair', start);
  return out;
}

function readEscape(reader: Reader): string {
  const c = reader.text[reader.at] ?? '';
  const hex = reader.text.slice(reader.at + 1, reader.at + 5);
  if (c === 'u' && /^[0-9a-fA-F]{4}$/.test(hex)) {
    reader.at += 5;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }
  const plain = escapes.get(c);
  if (plain === undefined) fail(reader, 'a backslash does not start an escape');
  reader.at++;
  return plain;
}

function readNumber(reader: Reader): void {
  const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  number.lastIndex = reader.at;
  const literal = number.exec(reader.text)?.[0];
  if (literal === undefined) fail(reader, reader.at < reader.text.length ? 'a value was expected' : 'it ends too early');
  const value = Number(literal);
  if (!Number.isFinite(value)) fail(reader, 'a number is too large');
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) fail(reader, 'an integer is beyond ±9007199254740991; send it as a string');
  reader.at += literal.length;
}
