import { encodePeaks, hashBytes } from '../../kernel/merkle.ts';
import type { Batch, LedgerRow } from './group.ts';

/**
 * All rows of a group in one round trip. Columns travel as one text each, joined by newlines (canonical JSON has none bare,
 * and the other columns had theirs taken out): building arrays of parameters costs more than the rest of the append.
 */
export const appendText = `WITH
  entries AS (
    INSERT INTO ledger (entry, at_ms, kind, call, plugin, connector, verdict, tool, reach, bytes, leaf)
    SELECT $1::bigint + r.i - 1, r.at_ms::bigint, r.kind, r.call, r.plugin, r.connector, r.verdict, r.tool, r.reach::bigint, r.bytes,
           substring($9::bytea FROM ((r.i - 1) * ${hashBytes} + 1)::int FOR ${hashBytes})
    FROM unnest(string_to_array($2, E'\\n'), string_to_array($3, E'\\n'), string_to_array($4, E'\\n', ''), string_to_array($5, E'\\n', ''),
                string_to_array($6, E'\\n', ''), string_to_array($7, E'\\n', ''), string_to_array($8, E'\\n'), string_to_array($23, E'\\n', ''), string_to_array($24, E'\\n', ''))
         WITH ORDINALITY AS r (at_ms, kind, call, plugin, connector, verdict, bytes, tool, reach, i)),
  people AS (
    INSERT INTO names (pseudonym, kind, name, salt)
    SELECT DISTINCT ON (pseudonym) pseudonym, kind, name, decode(salt, 'hex')
    FROM unnest(string_to_array($10, E'\\n'), string_to_array($11, E'\\n'), string_to_array($12, E'\\n'), string_to_array($13, E'\\n')) AS r (pseudonym, kind, name, salt)
    ORDER BY pseudonym
    ON CONFLICT DO NOTHING),
  data_keys AS (
    INSERT INTO vault_keys (id, run, wrapped)
    SELECT DISTINCT ON (id) id, run, decode(wrapped, 'hex')
    FROM unnest(string_to_array($14, E'\\n'), string_to_array($15, E'\\n'), string_to_array($16, E'\\n')) AS r (id, run, wrapped)
    ORDER BY id
    ON CONFLICT DO NOTHING),
  payloads AS (
    INSERT INTO vault (digest, key_id, iv, bytes)
    SELECT digest, key_id, decode(iv, 'hex'), decode(bytes, 'hex')
    FROM unnest(string_to_array($17, E'\\n'), string_to_array($18, E'\\n'), string_to_array($19, E'\\n'), string_to_array($20, E'\\n')) AS r (digest, key_id, iv, bytes))
  UPDATE tree SET size = $21::bigint, peaks = $22::bytea WHERE id = 1`;

/** What was seen, in a round trip of its own: most groups have none. */
export const seenText = `INSERT INTO seen_values (id, person, at_ms, origin, source, sensitive, words, seq)
  SELECT id, person, at_ms, origin, source, sensitive, words, $8::bigint
  FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::text[]) AS r (id, person, at_ms, origin, source, sensitive, words)
  ON CONFLICT DO NOTHING`;

/** The parameters of `seenText`. */
export function seenValues({ seen, head }: Batch): readonly unknown[] {
  return [
    seen.map(({ id }) => id),
    seen.map(({ person }) => person),
    seen.map(({ atMs }) => atMs),
    seen.map(({ origin }) => origin),
    seen.map(({ source }) => source),
    seen.map(({ sensitive }) => (sensitive ? 1 : 0)),
    seen.map(({ words }) => words),
    head.size,
  ];
}

/** The parameters of `appendText`. */
export function appendValues({ rows, names, sealed, head }: Batch): readonly unknown[] {
  const column = (pick: (row: LedgerRow) => string | number | null) => rows.map((row) => pick(row) ?? '').join('\n');
  // An array that is null costs nothing; most groups hold nothing that acted.
  const acted = rows.some(({ line }) => line.tool !== null);
  const keys = sealed.flatMap(({ newKey }) => newKey ?? []);
  const lines = (values: readonly string[]) => values.join('\n');
  const hex = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
  return [
    rows[0]?.entry ?? 0,
    column(({ line }) => line.atMs),
    column(({ line }) => line.kind),
    column(({ line }) => line.call),
    column(({ line }) => line.plugin),
    column(({ line }) => line.connector),
    column(({ line }) => line.verdict),
    column(({ bytes }) => bytes),
    Buffer.concat(rows.map(({ leaf }) => leaf)),
    lines(names.map(({ pseudonym }) => pseudonym)),
    lines(names.map(({ kind }) => kind)),
    lines(names.map(({ name }) => name)),
    lines(names.map(({ salt }) => hex(salt))),
    lines(keys.map(({ id }) => id)),
    lines(keys.map(({ run }) => run)),
    lines(keys.map(({ wrapped }) => hex(wrapped))),
    lines(sealed.map(({ digest }) => digest)),
    lines(sealed.map(({ keyId }) => keyId)),
    lines(sealed.map(({ iv }) => hex(iv))),
    lines(sealed.map(({ bytes }) => hex(bytes))),
    head.size,
    encodePeaks(head),
    acted ? column(({ line }) => line.tool) : null,
    acted ? column(({ line }) => line.reach) : null,
  ];
}
