import { z } from 'zod';

/** The keys that a schema knows at a path; of a union, those of all its branches. */
export function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let here: readonly z.core.$ZodType[] = [schema];
  for (const segment of path) here = here.flatMap(bare).flatMap((type) => step(type, segment));
  return here.flatMap(bare).flatMap((type) => (type instanceof z.ZodObject ? Object.keys(type.shape) : []));
}

function step(type: z.core.$ZodType, segment: PropertyKey): readonly z.core.$ZodType[] {
  if (type instanceof z.ZodObject) {
    const child: unknown = (type.shape as Record<PropertyKey, unknown>)[segment];
    return child instanceof z.core.$ZodType ? [child] : [];
  }
  if (type instanceof z.ZodRecord) return [type.valueType];
  if (type instanceof z.ZodArray) return [type.element];
  return [];
}

function bare(type: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (type instanceof z.ZodOptional || type instanceof z.ZodDefault) return bare(type.unwrap());
  if (type instanceof z.ZodUnion) return type.options.flatMap(bare);
  return [type];
}
