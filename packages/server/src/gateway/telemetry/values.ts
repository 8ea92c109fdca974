/** A value as JSON or protobuf brought it; what it is shows when it is read. */
export type Loose = Readonly<Record<string, unknown>>;

/** An own field that is an object; prototypes of decoded messages hold defaults that nobody sent. */
export function objectIn(value: unknown, key: string): Loose | undefined {
  const found = own(value, key);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Loose) : undefined;
}

/** An own field that is a list; none where it is not. */
export function listIn(value: unknown, key: string): readonly unknown[] {
  const found = own(value, key);
  return Array.isArray(found) ? found : [];
}

/** An own field, whatever it is. */
export function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Loose)[key] : undefined;
}

/** Numbers come as numbers, as text, and as 64-bit objects. Undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'string' && value.trim() === '') return undefined;
  const number =
    typeof value === 'number' ? value : typeof value === 'string' || typeof value === 'object' ? Number(String(value)) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** Attributes that may be asked for, by key; the last of a key wins, and structures are left out. */
export function attributesOf(list: readonly unknown[], known: ReadonlySet<string>, into: Map<string, string | number | boolean>): void {
  for (const item of list) {
    const key = own(item, 'key');
    if (typeof key !== 'string' || !known.has(key)) continue;
    const value = scalar(objectIn(item, 'value'));
    if (value !== undefined) into.set(key, value);
  }
}

/** The text, number or truth of an AnyValue. */
export function scalar(value: Loose | undefined): string | number | boolean | undefined {
  if (!value) return undefined;
  const text = own(value, 'stringValue');
  if (typeof text === 'string') return text;
  const truth = own(value, 'boolValue');
  if (typeof truth === 'boolean') return truth;
  return numberOf(own(value, 'intValue') ?? own(value, 'doubleValue'));
}
